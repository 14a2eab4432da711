"""How sure we may be that a script answers."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.ranking import Ranking
from kb.weigh import Part

Floats = NDArray[np.float64]

# The lead over the next best script, the closeness to the middle of the script's questions, and the intent. More features (the nearest
# question, words) fit the examples better and then mistrust a message that is almost word for word one of ours.
FEATURES: Final = ("lead", "centre", "intent")
# The very words of a published question, for example a click in a menu, are no matter of statistics.
SURE: Final = 0.99
MENU: Final = 3


@dataclass(frozen=True)
class Thresholds:
    """Measured on cross-validated folds; settings may override them."""

    answer_at: float
    clarify_at: float


@dataclass(frozen=True)
class CurvePoint:
    """Had one answered from `at` on: the share of questions answered, and the share of those that were answered rightly."""

    at: float
    coverage: float
    precision: float


@dataclass(frozen=True)
class Calibrator:
    """Features → probability, by logistic regression; the thresholds measured with it, and the curve on which they lie (none untaught)."""

    weights: tuple[float, ...]
    intercept: float
    thresholds: Thresholds
    curve: tuple[CurvePoint, ...] = ()

    def confidences(self, ranking: Ranking) -> Floats:
        """For each script of a ranking the probability that it answers; never more than the one before it has."""
        odds = features(ranking) @ np.array(self.weights) + self.intercept
        confidences = 1 / (1 + np.exp(-odds))
        said_so = (ranking.parts["exact"] > 0) & (lead(ranking) > 0)
        return np.minimum.accumulate(np.where(said_so, np.maximum(confidences, SURE), confidences))


# For libraries too small to learn from; rounded from what the shipped pack teaches.
UNTAUGHT: Final = Calibrator((7.0, 2.5, 1.0), -2.3, Thresholds(0.85, 0.45))


def features(ranking: Ranking) -> Floats:
    """Shape (scripts, FEATURES)."""
    return np.stack([lead(ranking), ranking.parts["centre"], ranking.parts["intent"]], axis=1).astype(np.float64)


def lead(ranking: Ranking) -> Part:
    """By how much each script is ahead of the best of the others; below 0 but for the first, 0 when there is no other."""
    scores = ranking.scores
    return scores - np.where(np.arange(len(scores)) == 0, *scores[[1, 0]]) if len(scores) > 1 else np.zeros_like(scores)


def lowest(confidences: Floats, good: NDArray[np.bool_], share: float) -> float:
    """The lowest confidence such that, of all that are at least as sure, this share is good; 1 when there is none."""
    order = np.argsort(-confidences, kind="stable")
    enough = np.cumsum(good[order]) >= share * np.arange(1, len(order) + 1)
    return float(confidences[order][enough][-1]) if enough.any() else 1.0


def curve(confidences: Floats, good: NDArray[np.bool_]) -> tuple[CurvePoint, ...]:
    """Precision against coverage, every hundredth of confidence at which somebody is still answered."""
    steps = [at / 100 for at in range(100)]
    answered = [(at, confidences >= at) for at in steps]
    return tuple(CurvePoint(at, float(some.mean()), float(good[some].mean())) for at, some in answered if some.any())
