"""What is known of some questions → how sure we may be of the answers to all: a logistic regression, and thresholds measured with it.

Imported when a library is made: scikit-learn takes a second to import, and a kept library learns nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kb.confidence import UNTAUGHT, Calibrator, Floats, Thresholds, curve, lowest

# An answer goes out alone when so many of those that are as sure are right. An example counts as wrong when another script than its own
# comes first, and has lost a third of its script's questions: both make this stricter than it sounds. `python main.py evaluate answers`
# tells which threshold gives 0.97 on the must_hit questions, that face the whole library; the one learnt here must not be below it.
ANSWER_PRECISION: Final = 0.93
# A menu goes out when it holds the right script so often, among the messages that get one. The examples have lost a third of their
# scripts' questions: what is 0.80 among them was 0.88 among the must_hit questions, which face the whole library.
CLARIFY_RECALL: Final = 0.80
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
    return Calibrator(tuple(map(float, weights)), intercept, _thresholds(unseen, right, in_menu), curve(unseen, right))


def _thresholds(confidences: Floats, right: NDArray[np.bool_], in_menu: NDArray[np.bool_]) -> Thresholds:
    answer_at = lowest(confidences, right, ANSWER_PRECISION)
    below = confidences < answer_at
    return Thresholds(answer_at, min(lowest(confidences[below], in_menu[below], CLARIFY_RECALL), answer_at))
