"""Nearest neighbours among unit vectors: FAISS, and a plain exact index that tests hold it to."""

from pathlib import Path
from typing import Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from core.arrays import Vectors

Rows = NDArray[np.int64]


class VectorIndex(Protocol):
    """Inner product over unit vectors = cosine."""

    def __len__(self) -> int: ...

    def nearest(self, vectors: Vectors, count: int) -> tuple[Vectors, Rows]:
        """(scores, rows), both of shape (len(vectors), min(count, len(self))), best first."""
        ...


class ExactIndex:
    """numpy, no cleverness: what the others must agree with."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._vectors)

    def nearest(self, vectors: Vectors, count: int) -> tuple[Vectors, Rows]:
        """See VectorIndex; ties go to the lower row."""
        scores = vectors @ self._vectors.T
        rows = np.argsort(-scores, axis=1, kind="stable")[:, :count].astype(np.int64)
        return np.take_along_axis(scores, rows, axis=1), rows


class FaissIndex:
    """A flat scan over half-precision copies of the vectors: it misses next to nothing (scores are off by less than 0.001).

    Time grows with the number of vectors; `python main.py bench` measures 100,000. Why no graph and no cells: decision 0008.
    """

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> "FaissIndex":
        """An index over these rows; float32, shape (n, dim)."""
        index = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        index.add(np.ascontiguousarray(vectors))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> "FaissIndex":
        """The index that `save` wrote."""
        return cls(faiss.read_index(str(path)))

    def save(self, path: Path) -> None:
        """Write it beside and move it into place, so that a reader never sees half an index."""
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".writing")
        faiss.write_index(self._index, str(beside))
        beside.replace(path)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def nearest(self, vectors: Vectors, count: int) -> tuple[Vectors, Rows]:
        """See VectorIndex."""
        wanted = min(count, len(self))
        if wanted == 0:
            return np.empty((len(vectors), 0), np.float32), np.empty((len(vectors), 0), np.int64)
        scores, rows = self._index.search(np.ascontiguousarray(vectors), wanted)
        return scores, rows
