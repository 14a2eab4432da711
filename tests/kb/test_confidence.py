"""Confidence falls with the rank and rises with the lead; the very words are sure."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.confidence import SURE, UNTAUGHT, Calibrator, Thresholds, lowest
from kb.ranking import Ranking


def ranking(scores: list[float], *, exact: int | None = None, intent: float = 0.0) -> Ranking:
    values = np.array(scores, np.float32)
    said = np.array([1.0 if at == exact else 0.0 for at in range(len(scores))], np.float32)
    return Ranking(np.arange(len(scores)), values, {"centre": values, "intent": np.full_like(values, intent), "exact": said})


def test_the_very_words_are_sure() -> None:
    assert UNTAUGHT.confidences(ranking([0.3, 0.2], exact=0))[0] >= SURE


def test_the_very_words_of_two_scripts_are_not() -> None:
    both = ranking([0.3, 0.3], exact=0)
    assert UNTAUGHT.confidences(both)[0] < SURE


def test_a_single_script_has_no_lead() -> None:
    alone, ahead = UNTAUGHT.confidences(ranking([0.5])), UNTAUGHT.confidences(ranking([0.5, 0.1]))
    assert alone[0] < ahead[0]


@given(st.lists(st.floats(-1, 2), min_size=1, max_size=6), st.floats(0, 1))
def test_confidence_falls_with_the_rank(scores: list[float], intent: float) -> None:
    confidences = Calibrator((7.0, 2.0, 1.0), -2.0, Thresholds(1, 1)).confidences(ranking(sorted(scores, reverse=True), intent=intent))
    assert (np.diff(confidences) <= 0).all()
    assert ((confidences >= 0) & (confidences <= 1)).all()


def test_the_lowest_confidence_that_is_still_good_enough() -> None:
    sure, good = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, True, False, True])
    assert lowest(sure, good, 0.7) == 0.6
    assert lowest(sure, good, 0.8) == 0.8
    assert lowest(sure, ~good, 0.5) == 1.0
