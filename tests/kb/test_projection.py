"""The projection tells scripts apart better than the encoder alone, and never breaks a vector."""

import numpy as np
import pytest

from core.arrays import Vectors
from kb.projection import Projection, unit


def manners(seed: int = 1) -> tuple[Vectors, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Twelve scripts of eight questions. What a script is about is small, how it is asked is large, and all share one direction."""
    random = np.random.default_rng(seed)
    dim, owners = 32, np.repeat(np.arange(12), 8)
    subjects = random.normal(size=(12, dim)) * 0.3
    habits = random.normal(size=(3, dim))
    vectors = 5 + subjects[owners] + random.normal(size=(len(owners), 3)) @ habits + random.normal(size=(len(owners), dim)) * 0.05
    return unit(vectors), owners


def own_first(vectors: Vectors, owners: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -2)
    return float(np.mean(owners[likeness.argmax(axis=1)] == owners))


def test_manners_of_speaking_count_less_than_subjects() -> None:
    vectors, owners = manners()
    projected = Projection.learn(vectors, owners, 12).apply(vectors)
    assert own_first(projected, owners) > own_first(vectors, owners) + 0.1


def test_questions_that_all_looked_alike_are_spread_out() -> None:
    vectors, owners = manners()
    projected = Projection.learn(vectors, owners, 12).apply(vectors)
    assert (vectors @ vectors.T).mean() > 0.9
    assert abs((projected @ projected.T).mean()) < 0.4


@pytest.mark.parametrize("count", [1, 2, 5])
def test_few_scripts_with_one_question_each_keep_their_vectors_apart(count: int) -> None:
    vectors = unit(np.eye(8)[:count])
    projected = Projection.learn(vectors, np.arange(count), count).apply(vectors)
    assert np.allclose(np.linalg.norm(projected, axis=1), 1, atol=1e-5)
    assert (projected @ projected.T).argmax(axis=1).tolist() == list(range(count))


def test_one_vector_is_projected_as_many_are() -> None:
    vectors, owners = manners()
    projection = Projection.learn(vectors, owners, 12)
    assert np.allclose(projection.apply(vectors[3]), projection.apply(vectors)[3], atol=1e-6)


def test_a_vector_of_no_length_stays_nothing() -> None:
    assert unit(np.zeros(4)).tolist() == [0, 0, 0, 0]
