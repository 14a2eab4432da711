"""What a turn is taken for and the cars it names count beside where the library puts it, and stay means of means."""

import numpy as np
import pytest

from admin.gap_signs import WEIGHT, mean, points, signs_of
from core.embedding import LetterEmbedder
from kb.projection import Projection
from tests.admin.gap_talk import NOW, understander
from tests.intents.builders import PACK

NOWHERE = Projection(np.zeros(2, np.float32), np.eye(2, dtype=np.float32))


def test_a_turn_has_its_intents_and_the_car_it_names() -> None:
    known = understander()
    car, names = next(iter(PACK.names.models.items()))
    texts = [f"{next(iter(names))}能跑多远", "能跑多远"]
    named, unnamed = signs_of(known, texts, LetterEmbedder().encode(texts), now=NOW)
    assert named[f"model:{car}"] == 1
    assert [name for name in unnamed if name.startswith("model:")] == []
    assert max(unnamed, key=lambda name: unnamed[name]) == "ask_range"


def test_signs_of_a_group_are_the_mean_of_its_turns_and_what_is_hardly_there_is_dropped() -> None:
    pair = mean(({"ask_range": 0.9, "greet": 0.004}, 1), ({"ask_range": 0.5, "ask_price": 0.6}, 1))
    assert pair == {"ask_range": pytest.approx(0.7), "ask_price": pytest.approx(0.3)}
    assert mean((pair, 2), ({"ask_range": 0.1}, 2))["ask_range"] == pytest.approx(0.4)


def test_the_same_words_with_other_signs_are_less_alike() -> None:
    vector = np.array([[0.6, 0.8]] * 3, np.float32)
    found = points(vector, [{"ask_range": 1.0}, {"ask_range": 1.0}, {"model:x": 1.0}], NOWHERE)
    assert found[0] @ found[1] == pytest.approx(1 + WEIGHT)
    assert found[0] @ found[2] == pytest.approx(1)


def test_the_point_of_a_mean_is_the_mean_of_the_points() -> None:
    vectors, signs = np.array([[1, 0], [0, 1]], np.float32), [{"ask_range": 1.0}, {"ask_price": 0.5}]
    shifted = Projection(np.array([0.2, 0.1], np.float32), np.array([[2, 0.5], [0.5, 1]], np.float32))
    found = points(np.vstack([vectors, vectors.mean(axis=0)]), [*signs, mean((signs[0], 1), (signs[1], 1))], shifted)
    assert found[2] == pytest.approx(found[:2].mean(axis=0), abs=1e-4)


def test_without_a_library_the_plain_vectors_decide() -> None:
    vectors = np.array([[0.6, 0.8]], np.float32)
    assert (points(vectors, [{"ask_range": 1.0}], None) == vectors).all()
