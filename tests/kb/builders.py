"""Scripts, readers and libraries for the tests of this package, small enough to be read at a glance."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from core.embedding import Embedder, KeptVectors, LetterEmbedder
from core.text import Normaliser, Tokeniser
from kb.content import content_hash
from kb.read import Reader
from kb.store import Published
from kb.terms import Answer, Question, Scope, ScriptContent

NOW = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
TODAY = date(2026, 5, 1)


def script(
    key: str = "range",
    standard: str = "续航有多少公里",
    similar: Sequence[str] = ("能跑多远", "续航多少"),
    *,
    negative: Sequence[str] = (),
    must_hit: Sequence[str] = (),
    intent: str = "ask_range",
    answer: str = "看版本，您平时一天开多少公里？",
    models: Sequence[str] = (),
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> ScriptContent:
    """A script about the range unless told otherwise."""
    return ScriptContent(
        key=key,
        intent=intent,
        title=key,
        standard=standard,
        similar=tuple(similar),
        negative=tuple(negative),
        must_hit=tuple(must_hit),
        answers=(Answer(answer),),
        scope=Scope(models=frozenset(models)),
        valid_from=valid_from,
        valid_until=valid_until,
    )


def showroom() -> list[ScriptContent]:
    """Four subjects that share few letters."""
    return [
        script("charging", "充电要多久", ["快充多长时间", "充满电几个小时"], intent="ask_charging", negative=["充电桩送不送"]),
        script("colour", "有哪些颜色", ["有红色吗", "车身颜色怎么选"], intent="ask_appearance"),
        script(),
        script("store", "你们的店在哪里", ["门店地址", "怎么过去看车"], intent="ask_store"),
    ]


class FewLetters(LetterEmbedder):
    """Short vectors, for tests that make many libraries."""

    model_id = "few-letters-1"
    dim = 48


@cache
def tokeniser() -> Tokeniser:
    """One for all tests: its dictionary takes a second to load, and it never changes."""
    return Tokeniser()


def reader(folder: Path, embedder: Embedder | None = None) -> Reader:
    """A reader that needs no model."""
    return Reader(Normaliser(), tokeniser(), KeptVectors(embedder or LetterEmbedder(), folder / "vectors"))


def ask(
    reader: Reader, text: str, *, today: date = TODAY, models: Sequence[str] = (), intents: Mapping[str, float] | None = None
) -> Question:
    """A customer's question."""
    return replace(reader.read([text], today)[0], models=frozenset(models), intents=intents or {})


def published(contents: Sequence[ScriptContent]) -> list[Published]:
    """The contents as the database would give them: in the order of their keys."""
    return [Published(1, content_hash(content), content) for content in sorted(contents, key=lambda content: content.key)]
