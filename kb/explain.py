"""命中测试: why the scripts came in this order for a question, and why a certain one did not come."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from core.arrays import Vectors
from kb.library import Library
from kb.ranking import Ranker, Rows
from kb.terms import Question, ScriptContent, ScriptMatch
from kb.weigh import WEIGHTS

PART_NAMES: Final[Mapping[str, str]] = {
    "nearest": "最相近的问法",
    "centre": "整体含义",
    "words": "字词",
    "intent": "意图",
    "scope": "适用范围",
    "exact": "原话一致",
    "negative": "更像反例",
}
_SCOPES: Final = {"models": "车型", "trims": "版本", "cities": "城市", "stores": "门店"}


@dataclass(frozen=True)
class Part:
    """One part of a score: `worth` = `value` × `weight`, and all worths together are the score. `label` is Chinese."""

    name: str
    label: str
    value: float
    weight: float
    worth: float


@dataclass(frozen=True)
class Placed:
    """A script in the ranking, 1 for the best; `near` is its question nearest to the one asked, `against` its nearest negative one."""

    place: int
    match: ScriptMatch
    parts: tuple[Part, ...]
    near: str
    against: str | None


class Absence(StrEnum):
    """Why a script is not in the ranking at all."""

    NOT_PUBLISHED = "没有发布"
    OUT_OF_SCOPE = "适用范围不符"
    NOT_YET_VALID = "还没到生效日"
    NO_LONGER_VALID = "已过失效日"
    LOWER = "分数更低"


@dataclass(frozen=True)
class Reason:
    """Why, with what stands against each other in Chinese words: 「车型：问的是 e5，话术只用于 e7」; keys as the pack has them."""

    absence: Absence
    detail: str = ""


@dataclass(frozen=True)
class Lost:
    """Why a script is not among the best. `placed` and `first`, to be held side by side, are there when it was only lower."""

    key: str
    reasons: tuple[Reason, ...]
    placed: Placed | None = None
    first: Placed | None = None


def explain(library: Library, question: Question, *, top: int = 10) -> list[Placed]:
    """The best `top` as the assistant finds them, with everything that made their scores."""
    return _placed(library, question, library.find(question, top))


def why_lost(library: Library, question: Question, key: str, *, top: int = 10) -> Lost | None:
    """Why the script of this key is not among the best `top`; None when it is."""
    if any(match.key == key for match in library.find(question, top)):
        return None
    content = library.content(key)
    if content is None:
        return Lost(key, (Reason(Absence.NOT_PUBLISHED),))
    if reasons := tuple(_excluded(content, question)):
        return Lost(key, reasons)
    ranking = library.find(question, len(library))
    place = next(at for at, match in enumerate(ranking) if match.key == key)
    placed, first = (_placed(library, question, [ranking[at]], first=at + 1)[0] for at in (place, 0))
    lead = first.match.score - placed.match.score
    return Lost(key, (Reason(Absence.LOWER, f"排第 {placed.place}，比第 1 名低 {lead:.2f} 分"),), placed, first)


def _excluded(content: ScriptContent, question: Question) -> Iterator[Reason]:
    """What kb/rules.py holds against it, in words."""
    for name, label in _SCOPES.items():
        ours, asked = getattr(content.scope, name), getattr(question, name)
        if ours and asked and not ours & asked:
            yield Reason(Absence.OUT_OF_SCOPE, f"{label}：问的是 {'、'.join(sorted(asked))}，话术只用于 {'、'.join(sorted(ours))}")
    if content.valid_from and question.today < content.valid_from:
        yield Reason(Absence.NOT_YET_VALID, f"{content.valid_from} 起生效")
    if content.valid_until and content.valid_until < question.today:
        yield Reason(Absence.NO_LONGER_VALID, f"{content.valid_until} 已到期")


def _placed(library: Library, question: Question, matches: Sequence[ScriptMatch], *, first: int = 1) -> list[Placed]:
    ranker = library.ranker
    if ranker is None:
        return []
    numbers = {script.content.key: number for number, script in enumerate(library.published)}
    vector = ranker.projection.apply(question.vector)
    return [_place(place, match, library, ranker, numbers[match.key], vector) for place, match in enumerate(matches, start=first)]


def _place(place: int, match: ScriptMatch, library: Library, ranker: Ranker, number: int, vector: Vectors) -> Placed:
    content = library.published[number].content
    near, against = _nearest(ranker.positives, number, vector), _nearest(ranker.negatives, number, vector)
    parts = tuple(Part(name, PART_NAMES[name], value, WEIGHTS[name], WEIGHTS[name] * value) for name, value in match.parts.items())
    return Placed(place, match, parts, content.questions[near or 0], None if against is None else content.negative[against])


def _nearest(rows: Rows, script: int, vector: Vectors) -> int | None:
    """Which of a script's rows is nearest; None when it has none."""
    own = rows.vectors[rows.starts[script] : rows.starts[script + 1]]
    return int(np.argmax(own @ vector)) if len(own) else None
