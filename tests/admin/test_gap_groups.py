"""Vectors of one meaning find together, whatever the order; groups that are alike become one, unless somebody has touched them."""

import numpy as np
import pytest

from admin.gap_groups import Grouping, added, as_bytes, from_bytes, grouped, linked, without
from core.arrays import Vectors

ALIKE = 0.9


def turned(*degrees: float) -> Vectors:
    """Unit vectors in a plane."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def put(
    turns: Vectors, groups: Vectors, *, counts: tuple[int, ...] = (), free: tuple[bool, ...] = (), same_from: float = ALIKE
) -> Grouping:
    """Grouped; groups of one turn that nobody has touched, unless it is said otherwise."""
    sizes = np.array(counts or [1] * len(groups), np.int64)
    return grouped(turns, groups, sizes, np.array(free or [True] * len(groups), bool), same_from=same_from)


def test_new_groups_come_biggest_first_and_each_is_led_by_its_middle() -> None:
    found = put(turned(200, 90, 95, 0, 10, 20), turned())
    assert [set(group) for group in found.made] == [{3, 4, 5}, {1, 2}, {0}]
    assert found.made[0][0] == 4


def test_a_chain_of_neighbours_is_no_group() -> None:
    found = put(turned(*range(0, 180, 10)), turned(), same_from=0.98)
    assert sorted(turn for group in found.made for turn in group) == list(range(18))
    assert max(map(len, found.made)) <= 3


@pytest.mark.parametrize(("degrees", "joins"), [(59.0, True), (61.0, False)])
def test_likeness_to_a_group_decides_on_both_sides_of_the_threshold(degrees: float, joins: bool) -> None:
    found = put(turned(degrees), turned(0), free=(False,), same_from=0.5)
    assert bool(found.joined) is joins
    assert found.made == (() if joins else ((0,),))


def test_a_turn_joins_the_likest_of_several_groups() -> None:
    assert put(turned(50), turned(0, 60), free=(False, False), same_from=0.5).joined == ((0, 1),)


def test_without_turns_and_without_groups_there_is_nothing() -> None:
    assert put(turned(), turned()) == Grouping((), (), ())
    assert linked(turned(), np.zeros(0, np.int64), same_from=ALIKE) == []


def test_a_turn_between_two_groups_makes_them_one_and_the_bigger_stays() -> None:
    apart = put(turned(), turned(0, 30), counts=(1, 3))
    bridged = put(turned(10, 12), turned(0, 30), counts=(1, 3), same_from=0.9)
    assert apart.merged == ()
    assert (bridged.joined, bridged.merged) == (((0, 0), (1, 0)), ((1, 0),))


@pytest.mark.parametrize(("counts", "merged"), [((1, 2), ((0, 1),)), ((2, 2), ((1, 0),))])
def test_of_two_groups_that_are_one_the_bigger_stays_or_the_older(counts: tuple[int, ...], merged: tuple[tuple[int, int], ...]) -> None:
    assert put(turned(), turned(0, 5), counts=counts).merged == merged


@pytest.mark.parametrize("free", [(True, False), (False, True), (False, False)])
def test_what_somebody_has_touched_goes_into_nothing_and_takes_nothing_but_turns(free: tuple[bool, ...]) -> None:
    found = put(turned(4), turned(0, 5), free=free)
    assert (found.joined, found.made, found.merged) == (((0, 1),), (), ())


def test_how_alike_two_groups_are_is_the_mean_of_all_pairs() -> None:
    points = turned(0, 4, 20, 40)
    # 0 and 4 first; then 20, by the mean of both; the three are less like 40 than 20 alone.
    pair = float((points[:2] @ points[2]).mean())
    assert sorted(map(sorted, linked(points, np.ones(4, np.int64), same_from=pair - 1e-4))) == [[0, 1, 2], [3]]
    assert sorted(map(sorted, linked(points, np.ones(4, np.int64), same_from=pair + 1e-4))) == [[0, 1], [2], [3]]


def test_a_group_of_many_counts_as_many() -> None:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(40, 6)).astype(np.float32)
    mean, rest = points[:5].mean(axis=0, keepdims=True), points[5:]
    counts = np.array([5, *[1] * 35], np.int64)
    by_mean = linked(np.vstack([mean, rest]), counts, same_from=1.0)
    pairs = {tuple(sorted(cluster)) for cluster in by_mean}
    assert pairs == _slowly(np.vstack([mean, rest]), counts, 1.0)


def _slowly(points: Vectors, counts: np.ndarray[tuple[int], np.dtype[np.int64]], same_from: float) -> set[tuple[int, ...]]:
    """The definition, without cleverness."""
    groups = [([at], point, int(count)) for at, (point, count) in enumerate(zip(points, counts, strict=True))]
    while True:
        likest = max((float(a[1] @ b[1]), i, j) for i, a in enumerate(groups) for j, b in enumerate(groups[:i]))
        if likest[0] < same_from:
            return {tuple(sorted(members)) for members, _, _ in groups}
        (one, x, n), (other, y, m) = groups[likest[1]], groups[likest[2]]
        groups = [group for at, group in enumerate(groups) if at not in likest[1:]] + [(one + other, (x * n + y * m) / (n + m), n + m)]


def test_a_centre_is_the_mean_of_its_members_after_any_coming_and_going() -> None:
    vectors = turned(0, 20, 70)
    centre = added(added(np.zeros(2, np.float32), 0, vectors[:2]), 2, vectors[2:])
    assert centre == pytest.approx(vectors.mean(axis=0))
    assert without(centre, 3, vectors[0]) == pytest.approx(vectors[1:].mean(axis=0))


def test_a_centre_is_kept_to_the_bit_and_one_of_another_encoder_is_like_nobody() -> None:
    centre = turned(33)[0]
    kept = from_bytes([as_bytes(centre), as_bytes(np.ones(5, np.float32))], 2)
    assert (kept[0] == centre).all()
    assert (kept[1] == 0).all()
