"""Least squares and logistic regression as the heads need them."""

import numpy as np
import pytest

from intents.grams import Grams, grams_of
from intents.solving import logistic, logistic_of_many, logistic_of_signs, ridge, ridge_inverse, signs_counted, sparse, sparse_rows, thirds


def likeness_of(count: int) -> np.ndarray:
    points = np.random.default_rng(3).standard_normal((count, 4))
    return points @ points.T


def test_least_squares_are_solved() -> None:
    wanted = np.random.default_rng(4).standard_normal((6, 2))

    pulls = ridge(likeness_of(6).astype(np.float32), wanted, 0.5)

    assert (likeness_of(6) + 0.5 * np.eye(6)) @ pulls == pytest.approx(wanted, abs=1e-4)


def test_the_inverse_gives_the_same_answer() -> None:
    wanted = np.random.default_rng(4).standard_normal((6, 2))

    assert ridge_inverse(likeness_of(6), 0.5) @ wanted == pytest.approx(ridge(likeness_of(6), wanted, 0.5), abs=1e-5)


def test_what_is_no_number_is_noticed() -> None:
    likeness = likeness_of(3)
    likeness[0, 0] = np.nan

    with pytest.raises(ArithmeticError):
        ridge_inverse(likeness, 0.5)


def test_kinds_of_text_stand_beside_each_other() -> None:
    grams = [Grams.of(["价格"]), Grams.of(["续航"])]
    dense = np.array([[7.0], [8.0]], np.float32)

    rows = sparse_rows(grams, (["价格", "无"], ["无", "续航"]), dense).toarray()

    assert rows[:, 0].tolist() == [7, 8]
    assert rows[:, 1:4] == pytest.approx(sparse(grams[0], ["价格", "无"]).toarray())
    assert rows[:, 4:] == pytest.approx(sparse(grams[1], ["无", "续航"]).toarray())


def test_regressions_learn_the_side_of_a_sign() -> None:
    signs = np.array([[-2.0], [-1.0], [1.0], [2.0]], np.float32)
    truth = np.array([False, False, True, True])

    for weights, bias in (logistic_of_signs(signs, truth), logistic(signs, truth, 1.0)):
        assert ((signs @ weights + bias > 0) == truth).all()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_one_regression_learns_all_labels(count: int) -> None:
    label = np.repeat(np.arange(count), 4)
    signs = np.eye(count, dtype=np.float32)[label]

    weights, bias = logistic_of_many(signs, label, 1.0)

    assert (signs @ weights + bias).argmax(axis=1).tolist() == label.tolist()


def test_signs_are_weighed_as_grams_are() -> None:
    texts = ["价格", "续航", "价格价"]

    taught, count = signs_counted([grams_of(text) for text in texts])

    alike = sparse(Grams.of(texts), texts).toarray()
    assert (taught @ taught.T).toarray() == pytest.approx(alike @ alike.T, abs=1e-5)
    assert count([["没见过"]]).nnz == 0


def test_thirds_hold_out_everything_once() -> None:
    parts = list(thirds(10))

    assert sorted(number for _, third in parts for number in third) == list(range(10))
    assert all(not set(others) & set(third) for others, third in parts)
