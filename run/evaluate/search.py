"""`evaluate search`: BM25, dense and the product's own ranking side by side, on anybody's entries and the questions to them.

Every entry of the corpus is a script with that one question; nothing is learnt from the questions that are asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.embedding import KeptVectors
from core.errors import Misconfigured
from core.text import Normaliser, Tokeniser
from core.vectors import FaissIndex
from kb.bm25 import Bm25
from kb.indexing import ReadScript, build_ranker
from kb.read import Reader
from run.compose import Say
from run.evaluate.rows import read_rows, text_of
from run.evaluate.terms import Mistake, Outcome

DEEPEST: Final = 10
METHODS: Final = ("bm25", "dense", "fused")
WORST: Final = 20
_ANY_DAY: Final = date(2000, 1, 1)

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Entry:
    """Something that can be found."""

    id: str
    text: str


@dataclass(frozen=True)
class Asked:
    """A question, the entries that answer it, and the entry that is the question itself (never counted), if there is one."""

    text: str
    gold: frozenset[str]
    own: str | None


@dataclass(frozen=True)
class Found:
    """The entries that a method found for a question, best first, at most DEEPEST, and the score of the first."""

    ids: tuple[str, ...]
    score: float


def evaluate_search(corpus: Path, queries: Path, vectors: KeptVectors, *, say: Say) -> Outcome:
    """recall@1, recall@5 and mrr@10 of each of METHODS. `bm25`: over jieba tokens; `dense`: the encoder's cosine, query form on both
    sides; `fused`: kb.ranking. Misconfigured names the file and line that does not fit."""
    entries = read_rows(corpus, '{"id": …, "text": …}', lambda row: Entry(str(row["id"]), text_of(row["text"])))
    _refuse_twins(corpus, entries)
    known = {entry.id for entry in entries}
    asked = read_rows(queries, '{"query": …, "gold": [id, …], "self": id}', lambda row: _asked(row, known))
    found = rank_all(entries, asked, vectors, say=say)
    return outcome_of(f"{corpus.name} · {queries.name}", entries, asked, found)


def rank_all(entries: Sequence[Entry], asked: Sequence[Asked], vectors: KeptVectors, *, say: Say) -> Mapping[str, list[Found]]:
    """What each method finds for each question."""
    reader = Reader(Normaliser(), Tokeniser(), vectors)
    read = reader.read([entry.text for entry in entries], _ANY_DAY, progress=_progress(say, "条目"))
    ranker = build_ranker([ReadScript((question,), ()) for question in read], FaissIndex.build)
    words = Bm25.build([question.tokens for question in read])
    raw = np.stack([question.vector for question in read])
    ids = [entry.id for entry in entries]
    number_of = {id_: number for number, id_ in enumerate(ids)}
    nothing = np.zeros(len(ids), np.float32)
    found: dict[str, list[Found]] = {method: [] for method in METHODS}
    for count, (one, question) in enumerate(zip(asked, reader.read([one.text for one in asked], _ANY_DAY), strict=True), 1):
        allowed = np.ones(len(ids), bool)
        if one.own in number_of:
            allowed[number_of[one.own]] = False
        found["bm25"].append(_best(ids, words.scores(question.tokens), allowed))
        found["dense"].append(_best(ids, raw @ question.vector, allowed))
        ranking = ranker.rank(question, allowed, nothing, nothing, DEEPEST)
        found["fused"].append(Found(tuple(ids[script] for script in ranking.scripts), float(ranking.scores[0]) if len(ids) > 1 else 0.0))
        if count % 1000 == 0 or count == len(asked):
            say(f"  {count}/{len(asked)}")
    return found


def outcome_of(data: str, entries: Sequence[Entry], asked: Sequence[Asked], found: Mapping[str, Sequence[Found]]) -> Outcome:
    """The figures of each method, and the surest misses of the fused ranking."""
    figures = {method: _figures([_place(one, some) for one, some in zip(asked, found[method], strict=True)]) for method in METHODS}
    texts = {entry.id: entry.text for entry in entries}
    misses = [
        Mistake(one.text, " / ".join(sorted(texts[id_] for id_ in one.gold)[:3]), texts[some.ids[0]], round(some.score, 4))
        for one, some in zip(asked, found["fused"], strict=True)
        if some.ids and some.ids[0] not in one.gold
    ]
    gains = figures["fused"]["recall@1"] - max(figures[method]["recall@1"] for method in METHODS[:2])
    notes = (f"混合检索比单独较好的一种，第一条命中率高 {gains * 100:+.1f} 个百分点",)
    worst = sorted(misses, key=lambda miss: -miss.score)[:WORST]
    return Outcome("search", data, {**figures, "queries": len(asked), "entries": len(entries)}, worst=worst, notes=notes)


def _asked(row: Mapping[str, Any], known: set[str]) -> Asked:
    gold = row["gold"]
    if not isinstance(gold, list) or not gold:
        raise ValueError("gold needs at least one id")
    own = None if row.get("self") is None else str(row["self"])
    answers = frozenset(map(str, gold)) - {own}
    unknown = sorted(answers - known)
    if unknown or not answers:
        raise ValueError(f"gold names «{unknown[0]}», which is not in the corpus" if unknown else "gold is only the query itself")
    return Asked(text_of(row["query"]), answers, own)


def _refuse_twins(corpus: Path, entries: Sequence[Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            raise Misconfigured(f"{corpus}: the id «{entry.id}» is there twice")
        seen.add(entry.id)


def _best(ids: Sequence[str], scores: Scores, allowed: NDArray[np.bool_]) -> Found:
    """Equal scores in the order of the corpus."""
    order = np.argsort(-np.where(allowed, scores, -np.inf), kind="stable")[: min(DEEPEST, int(allowed.sum()))]
    return Found(tuple(ids[number] for number in order), float(scores[order[0]]) if len(order) else 0.0)


def _place(one: Asked, found: Found) -> int | None:
    """Where the first right entry stands, 0 for the first; None when there is none among the found."""
    return next((place for place, id_ in enumerate(found.ids) if id_ in one.gold), None)


def _figures(places: Sequence[int | None]) -> dict[str, float]:
    def recall(depth: int) -> float:
        return round(sum(place is not None and place < depth for place in places) / len(places), 4)

    reciprocal = sum(1 / (place + 1) for place in places if place is not None)
    return {"recall@1": recall(1), "recall@5": recall(5), "mrr@10": round(reciprocal / len(places), 4)}


def _progress(say: Say, what: str) -> Callable[[int, int], None]:
    def tell(done: int, of: int) -> None:
        if done == of or done % 2048 == 0:
            say(f"  编码{what} {done}/{of}")

    return tell
