"""The intent head: what the message tells ⊕ what it asks ⊕ its vector → a calibrated probability for every intent."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.arrays import Vectors
from intents.clauses import Clause, told_and_asked
from intents.linear import LinearHead, Rows, calibrate, probability, train_linear, unseen_logits
from intents.teaching import Example
from intents.terms import Intent

# Part of the fingerprint under which a head is kept: raise it when the method changes.
METHOD = "intents-1"
INTENTS = tuple(Intent)
_SCALE = 2.0


class IntentHead:
    """A linear head whose calibration is a slope and a shift, the same for all intents."""

    def __init__(self, linear: LinearHead) -> None:
        self._linear = linear

    def scores(self, vectors: Vectors, clauses: Sequence[Sequence[Clause]]) -> Vectors:
        """The probability that each message carries each intent, float32, shape (n, 40), columns in the order of `Intent`."""
        slope, shift = self._linear.calibration
        return probability(self._linear.logits(_rows(vectors, clauses)) * slope + shift)

    def save(self, path: Path) -> None:
        """Keep it; see LinearHead.save."""
        self._linear.save(path)

    @classmethod
    def load(cls, path: Path) -> "IntentHead | None":
        """The head kept there; None when there is none."""
        linear = LinearHead.load(path)
        return cls(linear) if linear else None


def train_head(examples: Sequence[Example], vectors: Vectors, clauses: Sequence[Sequence[Clause]]) -> IntentHead:
    """Learn from the pack's utterances, vectors (n, dim) and clauses of their normalised texts; an utterance may carry several intents."""
    rows = _rows(vectors, clauses)
    targets = np.array([[intent in example.intents for intent in INTENTS] for example in examples])
    unseen = unseen_logits(rows, targets, scale=_SCALE)
    linear = train_linear(rows, targets, scale=_SCALE)
    linear.calibration = calibrate(unseen.reshape(-1, 1), targets.reshape(-1))
    return IntentHead(linear)


def _rows(vectors: Vectors, clauses: Sequence[Sequence[Clause]]) -> Rows:
    pairs = [told_and_asked(one) for one in clauses]
    return Rows(vectors, ([told for told, _ in pairs], [asked for _, asked in pairs]), np.zeros((len(pairs), 0), np.float32))
