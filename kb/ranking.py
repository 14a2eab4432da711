"""Question → the likeliest scripts among those allowed, with the parts of their scores.

What a library teaches about its encoder and about rare words comes from all its scripts together, so one more script moves all scores a
little. Scripts that were further apart than `TIE` keep their order when a script is added that has nothing to do with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.arrays import Vectors
from core.vectors import VectorIndex
from kb.bm25 import Bm25
from kb.projection import Projection
from kb.terms import Question
from kb.weigh import AT_ONCE, Part, trust_in_words, weighted

Scripts = NDArray[np.int64]
Mask = NDArray[np.bool_]

# How many scripts are looked at closely, and for how many questions near in meaning their scripts are looked at too.
CLOSELY: Final = 40
NEIGHBOURS: Final = 40
# Scores lie between about 0 and 2. From five scripts on no lead above 0.055 was seen lost to an irrelevant script.
TIE: Final = 0.1


@dataclass(frozen=True)
class Rows:
    """Vectors in the order of their scripts: those of script s are rows starts[s] to starts[s + 1]; there may be none."""

    vectors: Vectors
    starts: NDArray[np.int64]

    def best(self, vector: Vectors, scripts: Scripts) -> Part:
        """The highest cosine with `vector` among each script's rows; -1 where it has none."""
        counts = self.starts[scripts + 1] - self.starts[scripts]
        ends = np.cumsum(counts)
        rows = np.arange(ends[-1] if len(ends) else 0) + np.repeat(self.starts[scripts] - (ends - counts), counts)
        best = np.full(len(scripts), -1.0, np.float32)
        np.maximum.at(best, np.repeat(np.arange(len(scripts)), counts), self.vectors[rows] @ vector)
        return best


@dataclass(frozen=True)
class Ranking:
    """Scripts, best first, their scores, and the parts of the scores by name; all of one length."""

    scripts: Scripts
    scores: Part
    parts: dict[str, Part]


@dataclass(frozen=True)
class Ranker:
    """Everything that a ranking looks at. Scripts are numbers, 0 to n - 1; vectors are projected."""

    projection: Projection
    index: VectorIndex  # over the rows of `positives`
    positives: Rows
    negatives: Rows
    centres: Vectors
    words: Bm25
    exact: dict[str, list[int]]  # plain words of a question → its scripts

    def rank(self, question: Question, allowed: Mask, intent: Part, scope: Part, top: int) -> Ranking:
        """The best `top` of the allowed scripts, or all of them if they are fewer. `intent` and `scope` are parts, one value a script."""
        vector = self.projection.apply(question.vector)
        words = self.words.scores(terms_of(question)) * trust_in_words(len(self.positives.vectors) / len(self.centres))
        parts = {"centre": self.centres @ vector, "words": words, "intent": intent, "scope": scope, "exact": self._exact(question)}
        chosen = self._candidates(vector, weighted(parts), allowed, top)
        close = {name: parts[name][chosen] for name in AT_ONCE}
        close["nearest"] = self.positives.best(vector, chosen)
        close["negative"] = np.maximum(0, self.negatives.best(vector, chosen) - close["nearest"])
        scores = weighted(close)
        # Equal scores keep the order of the scripts, so that an answer does not depend on how the candidates were found.
        order = np.argsort(-scores, kind="stable")[:top]
        return Ranking(chosen[order], scores[order], {name: part[order] for name, part in close.items()})

    def _candidates(self, vector: Vectors, at_once: Part, allowed: Mask, top: int) -> Scripts:
        """The allowed scripts that are best by what is known at once, and those that own a near question."""
        wanted = max(CLOSELY, top)
        inside = np.flatnonzero(allowed)
        if len(inside) <= wanted:
            return inside
        likely = inside[np.argpartition(-at_once[inside], wanted)[:wanted]]
        _, rows = self.index.nearest(vector[None], NEIGHBOURS)
        near = np.searchsorted(self.positives.starts, rows[0], side="right") - 1
        return np.union1d(likely, near[allowed[near]])

    def _exact(self, question: Question) -> Part:
        part = np.zeros(len(self.centres), np.float32)
        part[self.exact.get(plain(question.text), [])] = 1
        return part


def terms_of(question: Question) -> list[str]:
    """What BM25 compares: the tokens, and the letters for what is misspelt or cut otherwise."""
    return [*question.tokens, *plain(question.text)]


def plain(text: str) -> str:
    """A normalised text without punctuation and white space."""
    return "".join(character for character in text if character.isalnum())


def starts_of(counts: Sequence[int]) -> NDArray[np.int64]:
    """Where each script's rows begin, and where the last one's end."""
    return np.concatenate([[0], np.cumsum(np.asarray(counts, np.int64))]).astype(np.int64)
