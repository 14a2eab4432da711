"""Vectors of one meaning find together, whatever the order; a centre is the mean of its members."""

import numpy as np
import pytest

from admin.gap_groups import added, as_bytes, communities, from_bytes, grouped, without
from core.arrays import Vectors


def turned(*degrees: float) -> Vectors:
    """Unit vectors in a plane."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_the_biggest_community_comes_first_and_is_led_by_its_middle() -> None:
    found = communities(turned(0, 10, 20, 90, 95, 200), same_from=0.98)
    assert [set(group) for group in found] == [{0, 1, 2}, {3, 4}, {5}]
    assert found[0][0] == 1


def test_nobody_is_in_two_communities() -> None:
    found = communities(turned(0, 10, 20, 30, 40), same_from=0.98)
    assert sorted(at for group in found for at in group) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("degrees", "joins"), [(59.0, True), (61.0, False)])
def test_likeness_to_a_centre_decides_on_both_sides_of_the_threshold(degrees: float, joins: bool) -> None:
    found = grouped(turned(degrees), turned(0), same_from=0.5)
    assert bool(found.joined) is joins
    assert found.made == (() if joins else ((0,),))


def test_a_vector_joins_the_nearest_of_several_centres() -> None:
    assert grouped(turned(50), turned(0, 60), same_from=0.5).joined == ((0, 1),)


def test_without_vectors_and_without_centres_there_is_nothing() -> None:
    assert grouped(turned(), turned()).made == ()
    assert communities(turned()) == []


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
