"""FAISS answers what a plain scan answers, and keeps it on disk."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrays import Vectors
from core.vectors import ExactIndex, FaissIndex


def unit_vectors(count: int, dim: int, seed: int) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((count, dim)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


@given(count=st.integers(1, 60), dim=st.integers(1, 24), wanted=st.integers(1, 70), seed=st.integers(0, 2**32 - 1))
def test_faiss_agrees_with_a_plain_scan(count: int, dim: int, wanted: int, seed: int) -> None:
    library, asked = unit_vectors(count, dim, seed), unit_vectors(3, dim, seed + 1)
    exact, _ = ExactIndex(library).nearest(asked, wanted)
    scores, rows = FaissIndex.build(library).nearest(asked, wanted)
    assert scores.shape == rows.shape == exact.shape == (3, min(count, wanted))
    np.testing.assert_allclose(scores, exact, atol=1e-3)
    # Rows may differ among ties, but each row has the score that it is given.
    np.testing.assert_allclose(np.einsum("qd,qnd->qn", asked, library[rows]), scores, atol=1e-3)
    assert all(len(set(row)) == len(row) for row in rows.tolist())


@pytest.mark.parametrize("index", [ExactIndex(unit_vectors(5, 8, 1)), FaissIndex.build(unit_vectors(5, 8, 1))])
def test_a_vector_is_its_own_nearest(index: ExactIndex | FaissIndex) -> None:
    scores, rows = index.nearest(unit_vectors(5, 8, 1), 1)
    assert rows[:, 0].tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(scores[:, 0], 1.0, atol=1e-3)


def test_a_plain_scan_gives_ties_to_the_lower_row() -> None:
    same = np.array([[1, 0], [0, 1], [1, 0]], np.float32)
    _, rows = ExactIndex(same).nearest(same[:1], 3)
    assert rows.tolist() == [[0, 2, 1]]


@pytest.mark.parametrize("kind", [ExactIndex, FaissIndex.build])
def test_an_empty_library_finds_nothing(kind: type[ExactIndex]) -> None:
    index = kind(np.empty((0, 8), np.float32))
    scores, rows = index.nearest(unit_vectors(2, 8, 1), 5)
    assert len(index) == 0
    assert scores.shape == rows.shape == (2, 0)


def test_an_index_comes_back_from_disk_the_same(tmp_path: Path) -> None:
    library, asked = unit_vectors(40, 16, 1), unit_vectors(4, 16, 2)
    index = FaissIndex.build(library)
    path = tmp_path / "indexes" / "scripts.faiss"
    index.save(path)
    back = FaissIndex.load(path)
    assert len(back) == len(index) == 40
    for ours, theirs in zip(index.nearest(asked, 7), back.nearest(asked, 7), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert [file.name for file in path.parent.iterdir()] == ["scripts.faiss"], "nothing half written is left"


def test_saving_again_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "scripts.faiss"
    FaissIndex.build(unit_vectors(3, 4, 1)).save(path)
    FaissIndex.build(unit_vectors(9, 4, 1)).save(path)
    assert len(FaissIndex.load(path)) == 9


def test_half_precision_finds_nearly_all_of_a_large_library() -> None:
    library, asked = unit_vectors(3000, 32, 1), unit_vectors(100, 32, 2)
    _, exact = ExactIndex(library).nearest(asked, 10)
    _, found = FaissIndex.build(library).nearest(asked, 10)
    recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(exact.tolist(), found.tolist(), strict=True)])
    assert recall >= 0.98
