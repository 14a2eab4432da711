"""The intent head: what the message tells ⊕ what it asks ⊕ its vector → a calibrated probability for every intent."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.arrays import Vectors
from intents.clauses import Clause, told_and_asked
from intents.likeness import LikenessHead, Texts, train_likeness
from intents.linear import Targets, calibrate, probability
from intents.teaching import Example
from intents.terms import Intent

# Part of the fingerprint under which a head is kept: raise it when the method changes.
METHOD = "intents-2"
INTENTS = tuple(Intent)
# Further labels of a message are calibrated on the four after the best; the others are never shown.
_FURTHER = 4
_AT_MOST = np.float32(0.999)


class IntentHead:
    """Likeness to the examples, and how often that was right: `calibration` (2, 3) for the best label of a message and for the others;
    each row weighs a label's score, its lead over the best other label, and one."""

    def __init__(self, likeness: LikenessHead, calibration: Vectors) -> None:
        self._likeness = likeness
        self._calibration = calibration

    def scores(self, vectors: Vectors, clauses: Sequence[Sequence[Clause]]) -> Vectors:
        """The probability that each message carries each label, float32, shape (n, labels); the pack's labels: `INTENTS`."""
        if not len(vectors):
            return np.zeros((0, len(self._likeness.common)), np.float32)
        signs = _signs(self._likeness.scores(vectors, _texts(clauses)))
        best = np.arange(len(vectors)), signs[:, :, 0].argmax(axis=1)
        first, further = (probability(signs @ weights[:2] + weights[2]) for weights in self._calibration)
        # No other label is as likely as the best one.
        scores: Vectors = np.minimum(further, _AT_MOST * first[best][:, None])
        scores[best] = first[best]
        return scores

    def save(self, path: Path) -> None:
        """Keep it; see LikenessHead.save."""
        self._likeness.save(path, calibration=self._calibration)

    @classmethod
    def load(cls, path: Path) -> "IntentHead | None":
        """The head kept there; None when there is none."""
        kept = LikenessHead.load(path)
        return cls(kept[0], kept[1]["calibration"]) if kept else None


def train_head(examples: Sequence[Example], vectors: Vectors, clauses: Sequence[Sequence[Clause]]) -> IntentHead:
    """Learn from the pack's utterances, vectors (n, dim) and clauses of their normalised texts; an utterance may carry several intents."""
    return teach(np.array([[intent in example.intents for intent in INTENTS] for example in examples]), vectors, clauses)


def teach(targets: Targets, vectors: Vectors, clauses: Sequence[Sequence[Clause]]) -> IntentHead:
    """The method alone, for anybody's labels: targets (n, labels), a column a label. The probabilities are learnt from what the head
    says of each example when it has not been taught that one."""
    likeness, unseen = train_likeness(vectors, _texts(clauses), targets)
    signs = _signs(unseen)
    ranked = np.argsort(-unseen, axis=1, kind="stable")
    rows = [_calibrated(signs, targets, some) for some in (ranked[:, :1], ranked[:, 1 : 1 + _FURTHER])]
    return IntentHead(likeness, np.stack(rows))


def _calibrated(signs: Vectors, targets: Targets, columns: NDArray[np.int64]) -> Vectors:
    rows = np.arange(len(targets))[:, None]
    return calibrate(signs[rows, columns].reshape(-1, 2), targets[rows, columns].reshape(-1))


def _signs(scores: Vectors) -> Vectors:
    """(n, labels) → (n, labels, 2): each score, and its lead over the best other one; no label at all counts as one that scores 0."""
    rivals = np.partition(np.hstack([scores, np.zeros((len(scores), 1), np.float32)]), -2, axis=1)[:, -2:]
    best = scores == rivals[:, 1:]
    return np.stack([scores, scores - np.where(best, rivals[:, :1], rivals[:, 1:])], axis=2)


def _texts(clauses: Sequence[Sequence[Clause]]) -> Texts:
    pairs = [told_and_asked(one) for one in clauses]
    return [told for told, _ in pairs], [asked for _, asked in pairs]
