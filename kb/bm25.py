"""BM25 in numpy: how well the terms of a question are covered by each document."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

# The usual values; on our own questions nothing around them was better.
K1: Final = 1.2
B: Final = 0.75


class Bm25:
    """Postings by term: for every term the documents that hold it and what it is worth there."""

    def __init__(
        self, vocabulary: Sequence[str], starts: NDArray[np.int64], documents: NDArray[np.int32], worths: Scores, rarity: Scores, size: int
    ) -> None:
        self._vocabulary = vocabulary
        self._columns = {term: column for column, term in enumerate(vocabulary)}
        self._starts, self._documents, self._worths, self._rarity = starts, documents, worths, rarity
        self._size = size
        self._unknown = float(_rarity(np.zeros(1), size)[0])

    @classmethod
    def build(cls, documents: Sequence[Sequence[str]]) -> "Bm25":
        """An index over these documents; each is its terms, repeated as often as they occur."""
        size = len(documents)
        columns: dict[str, int] = {}
        cells = [
            (columns.setdefault(term, len(columns)), row, count)
            for row, terms in enumerate(documents)
            for term, count in Counter(terms).items()
        ]
        column, row, count = np.array(cells, np.int64).reshape(-1, 3).T
        order = np.argsort(column, kind="stable")
        column, row, count = column[order], row[order], count[order]
        lengths = np.array([len(terms) for terms in documents], np.float64)
        held_by = np.bincount(column, minlength=len(columns))
        rarity = _rarity(held_by, size)
        long = 1 - B + B * lengths[row] / max(lengths.mean() if size else 1.0, 1.0)
        worths = rarity[column] * count * (K1 + 1) / (count + K1 * long)
        starts = np.concatenate([[0], np.cumsum(held_by)])
        return cls(list(columns), starts, row.astype(np.int32), worths.astype(np.float32), rarity.astype(np.float32), size)

    def scores(self, terms: Sequence[str]) -> Scores:
        """One score a document: the share, 0 to 1, of the question's rarity that it covers. Terms nobody knows count as uncovered."""
        asked = set(terms)
        known = [self._columns[term] for term in asked if term in self._columns]
        mass = float(self._rarity[known].sum()) + self._unknown * (len(asked) - len(known))
        if not known:
            return np.zeros(self._size, np.float32)
        spans = [slice(self._starts[column], self._starts[column + 1]) for column in known]
        documents = np.concatenate([self._documents[span] for span in spans])
        worths = np.concatenate([self._worths[span] for span in spans])
        total = np.bincount(documents, worths, minlength=self._size)
        return (total / (mass * (K1 + 1))).astype(np.float32)

    def save(self, path: Path) -> None:
        """Write the index as one .npz file."""
        vocabulary = np.frombuffer("\n".join(self._vocabulary).encode(), np.uint8)
        size = np.array(self._size)
        np.savez(
            path,
            vocabulary=vocabulary,
            starts=self._starts,
            documents=self._documents,
            worths=self._worths,
            rarity=self._rarity,
            size=size,
        )

    @classmethod
    def load(cls, path: Path) -> "Bm25":
        """The index that `save` wrote."""
        with np.load(path) as kept:
            text = kept["vocabulary"].tobytes().decode()
            vocabulary = text.split("\n") if text else []
            return cls(vocabulary, kept["starts"], kept["documents"], kept["worths"], kept["rarity"], int(kept["size"]))


def _rarity(held_by: NDArray[np.int64] | NDArray[np.float64], size: int) -> NDArray[np.float64]:
    return np.asarray(np.log(1 + (size - held_by + 0.5) / (held_by + 0.5)), np.float64)
