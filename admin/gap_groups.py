"""Pure: turns of one meaning, by their points: joined to groups that are there or made into new ones; and groups that are one after all.

How alike two groups are is the mean likeness of all pairs of their turns («average linkage»). Of points compared by their dot product that
is the dot product of the groups' means, so a group is its mean and its count, however many turns it has."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.arrays import Vectors

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]

_NEVER = np.float32(-np.inf)


@dataclass(frozen=True)
class Grouping:
    """By number. `joined`: (turn, group); `made`: new groups of turns, biggest first, each led by the turn in its middle; `merged`:
    (group, group that it goes into with all that joined it)."""

    joined: tuple[tuple[int, int], ...]
    made: tuple[tuple[int, ...], ...]
    merged: tuple[tuple[int, int], ...]


def grouped(turns: Vectors, groups: Vectors, counts: Numbers, free: Mask, *, same_from: float) -> Grouping:
    """Each turn (n, dim) joins the group (m, dim) most like it, if that is like enough; then the rest and the `free` groups are put
    together as long as two of them are alike. Who is like nobody is a group of one. Of merged groups the biggest stays, or the oldest."""
    nearest, likeness = _nearest(turns, groups)
    joins = likeness >= same_from
    joined = [(int(at), int(nearest[at])) for at in np.flatnonzero(joins)]
    grown, sizes = groups.copy(), counts.copy()
    for number in {group for _, group in joined}:
        some = turns[joins & (nearest == number)]
        grown[number], sizes[number] = added(grown[number], int(sizes[number]), some), sizes[number] + len(some)
    known, rest = np.flatnonzero(free), np.flatnonzero(~joins)
    points, weights = np.vstack([grown[known], turns[rest]]), np.concatenate([sizes[known], np.ones(len(rest), np.int64)])
    made: list[tuple[int, ...]] = []
    merged: list[tuple[int, int]] = []
    for cluster in linked(points, weights, same_from=same_from):
        old = sorted((int(known[at]) for at in cluster if at < len(known)), key=lambda number: (-sizes[number], number))
        new = [int(rest[at - len(known)]) for at in cluster if at >= len(known)]
        if old:
            joined += [(turn, old[0]) for turn in new]
            merged += [(number, old[0]) for number in old[1:]]
        else:
            made.append(_led(new, turns))
    return Grouping(tuple(joined), tuple(sorted(made, key=len, reverse=True)), tuple(merged))


def linked(points: Vectors, counts: Numbers, *, same_from: float) -> list[list[int]]:
    """The two that are most alike are put together until no two are alike by `same_from`: who is with whom, by number."""
    likeness = points @ points.T
    np.fill_diagonal(likeness, _NEVER)
    weights, clusters = counts.astype(np.float32), [[at] for at in range(len(points))]
    best = likeness.argmax(axis=1) if len(points) else np.zeros(0, np.int64)
    likest = likeness[np.arange(len(points)), best]
    while len(points) and likest.max() >= same_from:
        one = int(likest.argmax())
        other = int(best[one])
        both = (likeness[one] * weights[one] + likeness[other] * weights[other]) / (weights[one] + weights[other])
        both[[one, other]] = _NEVER
        likeness[one] = likeness[:, one] = both
        likeness[other] = likeness[:, other] = _NEVER
        weights[one] += weights[other]
        clusters[one] += clusters[other]
        clusters[other] = []
        # A mean exceeds neither of the two, so only who was likest to one of them has to look for another.
        looks = np.flatnonzero((best == one) | (best == other))
        best[looks] = likeness[looks].argmax(axis=1)
        likest[looks] = likeness[looks, best[looks]]
    return [cluster for cluster in clusters if cluster]


def added(mean: Vectors, count: int, vectors: Vectors) -> Vectors:
    """The mean of `count` vectors, whose mean was `mean`, and these (n, dim)."""
    return np.asarray((mean * count + vectors.sum(axis=0)) / (count + len(vectors)), np.float32)


def without(mean: Vectors, count: int, vector: Vectors) -> Vectors:
    """The mean of `count` vectors, at least two, after this one has left."""
    return np.asarray((mean * count - vector) / (count - 1), np.float32)


def as_bytes(vector: Vectors) -> bytes:
    """How a centre is kept."""
    return np.asarray(vector, np.float32).tobytes()


def from_bytes(kept: Iterable[bytes], dim: int) -> Vectors:
    """The centres that were kept, float32, shape (n, dim). Those of an encoder with another dimension become zero: nothing is like them."""
    rows: list[NDArray[np.float32]] = [np.frombuffer(one, np.float32) for one in kept]
    fitting = [row if len(row) == dim else np.zeros(dim, np.float32) for row in rows]
    return np.stack(fitting) if fitting else np.zeros((0, dim), np.float32)


def _nearest(turns: Vectors, groups: Vectors) -> tuple[Numbers, Vectors]:
    if not len(groups):
        return np.zeros(len(turns), np.int64), np.full(len(turns), _NEVER)
    likeness = turns @ groups.T
    nearest = likeness.argmax(axis=1)
    return nearest, likeness[np.arange(len(turns)), nearest]


def _led(turns: Sequence[int], points: Vectors) -> tuple[int, ...]:
    """The turn most like all of them first."""
    middle = int((points[turns] @ points[turns].sum(axis=0)).argmax())
    return (turns[middle], *turns[:middle], *turns[middle + 1 :])
