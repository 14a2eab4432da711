"""Pure: turns of one meaning, by their vectors: joined to groups that are there, else made into new ones."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.arrays import Vectors

# From here on two questions mean the same, in vectors that the library has taught apart (kb/projection.py); measured on paraphrases of
# scripts that it had not seen, by `python -m run.evaluate.gaps`.
SAME_FROM = 0.45
# Without a library, by the plain cosine of the encoder.
SAME_FROM_UNTAUGHT = 0.94


@dataclass(frozen=True)
class Grouping:
    """`joined`: (vector, centre) by number; `made`: new groups, biggest first, each led by the vector in its middle."""

    joined: tuple[tuple[int, int], ...]
    made: tuple[tuple[int, ...], ...]


def grouped(vectors: Vectors, centres: Vectors, *, same_from: float = SAME_FROM) -> Grouping:
    """Every vector (n, dim) is either joined to the centre (m, dim) nearest to it or part of one new group; who is like nobody is a group
    of one. All have length 1."""
    nearest, likeness = _nearest(vectors, centres)
    joins = likeness >= same_from
    rest = np.flatnonzero(~joins)
    made = tuple(tuple(int(rest[at]) for at in group) for group in communities(vectors[rest], same_from=same_from))
    return Grouping(tuple((int(at), int(nearest[at])) for at in np.flatnonzero(joins)), made)


def communities(vectors: Vectors, *, same_from: float = SAME_FROM) -> list[tuple[int, ...]]:
    """Everybody within `same_from` of one vector is a community: the biggest first, nobody in two. Each is led by that vector."""
    alike = vectors @ vectors.T >= same_from
    np.fill_diagonal(alike, True)
    free = np.ones(len(vectors), bool)
    found: list[tuple[int, ...]] = []
    while free.any():
        # Counted anew each time, because what a bigger community took is gone for the others; ties go to the earlier vector.
        sizes = np.where(free, alike[:, free].sum(axis=1), 0)
        middle = int(sizes.argmax())
        members = np.flatnonzero(alike[middle] & free)
        found.append((middle, *(int(at) for at in members if at != middle)))
        free[members] = False
    return found


def added(centre: Vectors, count: int, vectors: Vectors) -> Vectors:
    """The mean of `count` vectors, whose mean was `centre`, and these (n, dim)."""
    return np.asarray((centre * count + vectors.sum(axis=0)) / (count + len(vectors)), np.float32)


def without(centre: Vectors, count: int, vector: Vectors) -> Vectors:
    """The mean of `count` vectors, at least two, after this one has left."""
    return np.asarray((centre * count - vector) / (count - 1), np.float32)


def as_bytes(vector: Vectors) -> bytes:
    """How a centre is kept."""
    return np.asarray(vector, np.float32).tobytes()


def from_bytes(kept: Iterable[bytes], dim: int) -> Vectors:
    """The centres that were kept, float32, shape (n, dim). Those of an encoder with another dimension become zero: nothing is like them."""
    rows: list[NDArray[np.float32]] = [np.frombuffer(one, np.float32) for one in kept]
    fitting = [row if len(row) == dim else np.zeros(dim, np.float32) for row in rows]
    return np.stack(fitting) if fitting else np.zeros((0, dim), np.float32)


def _nearest(vectors: Vectors, centres: Vectors) -> tuple[NDArray[np.int64], Vectors]:
    if not len(centres):
        return np.zeros(len(vectors), np.int64), np.full(len(vectors), -1, np.float32)
    likeness = vectors @ centres.T
    nearest = likeness.argmax(axis=1)
    return nearest, likeness[np.arange(len(vectors)), nearest]
