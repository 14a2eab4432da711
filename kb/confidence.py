"""How sure we may be that a script answers, learnt from questions whose answer is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kb.ranking import Ranking
from kb.weigh import Part

Floats = NDArray[np.float64]

# The lead over the next best script, the closeness to the middle of the script's questions, and the intent. More features (the nearest
# question, words) fit the examples better and then mistrust a message that is almost word for word one of ours.
FEATURES: Final = ("lead", "centre", "intent")
# An answer goes out alone when so many of those that are as sure are right. An example counts as wrong when another script than its own
# comes first; of the 60 surest misses, read one by one, over half were as good an answer. So 0.93 here is about 0.97 for a customer.
ANSWER_PRECISION: Final = 0.93
# A menu goes out when it holds the right script so often, among the messages that get one. The examples have lost a third of their
# scripts' questions: what is 0.80 among them was 0.88 among the must_hit questions, which face the whole library.
CLARIFY_RECALL: Final = 0.80
# The very words of a published question, for example a click in a menu, are no matter of statistics.
SURE: Final = 0.99
MENU: Final = 3
FOLDS: Final = 5
# Fewer known questions than this, or only right or only wrong ones, teach nothing.
ENOUGH: Final = 50


@dataclass(frozen=True)
class Example:
    """A question that was ranked, and what is known about its answer."""

    features: tuple[float, ...]  # of the best script
    is_right: bool  # the best script is the right one
    is_in_menu: bool  # the right one is among the best MENU
    group: int  # examples of one group are never on both sides of a cross-validation


@dataclass(frozen=True)
class Thresholds:
    """Measured on cross-validated folds; settings may override them."""

    answer_at: float
    clarify_at: float


@dataclass(frozen=True)
class Calibrator:
    """Features → probability, by logistic regression; and the thresholds measured with it."""

    weights: tuple[float, ...]
    intercept: float
    thresholds: Thresholds

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


def learn(examples: Sequence[Example]) -> Calibrator:
    """The calibrator that these examples teach; the untaught one when they are too few."""
    right = np.array([example.is_right for example in examples], bool)
    groups = np.array([example.group for example in examples])
    if len(examples) < ENOUGH or min(len(np.unique(groups[right])), len(np.unique(groups[~right]))) < FOLDS:
        return UNTAUGHT
    table = np.array([example.features for example in examples])
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    unseen = cross_val_predict(model, table, right, groups=groups, cv=StratifiedGroupKFold(FOLDS), method="predict_proba")[:, 1]
    in_menu = np.array([example.is_in_menu for example in examples], bool)
    model.fit(table, right)
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] - weights @ scaler.mean_)
    return Calibrator(tuple(map(float, weights)), intercept, _thresholds(unseen, right, in_menu))


def _thresholds(confidences: Floats, right: NDArray[np.bool_], in_menu: NDArray[np.bool_]) -> Thresholds:
    answer_at = lowest(confidences, right, ANSWER_PRECISION)
    below = confidences < answer_at
    return Thresholds(answer_at, min(lowest(confidences[below], in_menu[below], CLARIFY_RECALL), answer_at))


def lowest(confidences: Floats, good: NDArray[np.bool_], share: float) -> float:
    """The lowest confidence such that, of all that are at least as sure, this share is good; 1 when there is none."""
    order = np.argsort(-confidences, kind="stable")
    enough = np.cumsum(good[order]) >= share * np.arange(1, len(order) + 1)
    return float(confidences[order][enough][-1]) if enough.any() else 1.0
