"""Figures, worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from run.evaluate import measure


def sets(*labels: str) -> list[frozenset[str]]:
    return [frozenset(some.split()) for some in labels]


def test_share_of_nothing_is_nothing() -> None:
    assert measure.share([]) == 0
    assert measure.share([True, False, True, True]) == 0.75


def test_micro_f1_counts_labels_over_all_messages() -> None:
    # Two hits, three true, three said.
    assert measure.micro_f1(sets("a b", "c", ""), sets("a", "c", "d")) == pytest.approx(2 * 2 / 6, abs=1e-4)


def test_macro_f1_gives_every_label_the_same_weight() -> None:
    # a: one hit, one true, two said; b: none of one.
    assert measure.macro_f1(sets("a", "b"), sets("a", "a")) == pytest.approx((2 / 3 + 0) / 2, abs=1e-4)


def test_macro_f1_of_one_label_each_is_scikit_learns() -> None:
    from sklearn.metrics import f1_score

    truth, said = list("aabbbcd"), list("aabccde")
    assert measure.macro_f1(sets(*truth), sets(*said)) == pytest.approx(f1_score(truth, said, average="macro", zero_division=0), abs=1e-4)


def test_eight_of_ten_at_point_eight_is_no_error() -> None:
    assert measure.calibration_error([0.8] * 10, [True] * 8 + [False] * 2) == pytest.approx(0, abs=1e-9)
    assert measure.calibration_error([0.8] * 10, [True] * 5 + [False] * 5) == pytest.approx(0.3)


def test_calibration_error_is_by_bar() -> None:
    # Too sure in one bar does not make up for too modest in another.
    assert measure.calibration_error([0.95, 0.15], [False, True]) == pytest.approx((0.95 + 0.85) / 2)


def test_reliability_has_no_point_for_an_empty_bar() -> None:
    assert measure.reliability([1.0, 0.92, 0.31], [True, False, False]) == [(0.31, 0.0), (pytest.approx(0.96), 0.5)]


def test_coverage_answers_the_surest_first() -> None:
    assert measure.coverage([0.2, 0.9, 0.5, 0.8], [False, True, False, True]) == [(0.25, 1), (0.5, 1), (0.75, 2 / 3), (1, 0.5)]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=400))
def test_coverage_ends_with_everybody(pairs: list[tuple[float, bool]]) -> None:
    points = measure.coverage([score for score, _ in pairs], [hit for _, hit in pairs])
    assert len(points) <= 200
    assert all(0 < x <= 1 and 0 <= y <= 1 for x, y in points)


def test_confusion_has_the_frequent_first() -> None:
    found = measure.confusion(["b", "a", "a"], ["b", "b", "c"])
    assert found.labels == ["a", "b", "c"]
    assert found.counts == [[0, 1, 1], [0, 1, 0], [0, 0, 0]]
