"""The linear head: trained, kept, and loaded as it was."""

from pathlib import Path

import numpy as np
import pytest

from core.embedding import LetterEmbedder
from intents.linear import LinearHead, Rows, calibrate, probability, train_linear

TEXTS = ["价格多少", "多少钱", "报个价", "价格高吗", "续航多远", "能跑多远", "续航多少", "跑得远吗"] * 2
TARGETS = np.array([[at % 8 < 4, at % 8 >= 4, False] for at in range(16)])


def rows(texts: list[str]) -> Rows:
    marks = np.array([[len(text)] for text in texts], np.float32)
    return Rows(LetterEmbedder().encode(texts), (texts, [text[::-1] for text in texts]), marks)


def test_a_head_learns_what_it_is_taught() -> None:
    head = train_linear(rows(TEXTS), TARGETS, scale=2.0)

    logits = head.logits(rows(["价格", "续航远"]))

    assert logits.dtype == np.float32
    assert logits.shape == (2, 3)
    assert logits[:, :2].argmax(axis=1).tolist() == [0, 1]


def test_a_label_without_examples_is_never_likely() -> None:
    assert (probability(train_linear(rows(TEXTS), TARGETS, scale=2.0).logits(rows(TEXTS)))[:, 2] < 0.001).all()


def test_rows_do_not_depend_on_their_neighbours() -> None:
    head = train_linear(rows(TEXTS), TARGETS, scale=2.0)

    together = head.logits(rows(["价格", "续航", "价格"]))

    assert together[1] == pytest.approx(head.logits(rows(["续航"]))[0], abs=1e-5)
    assert together[0] == pytest.approx(together[2])


def test_no_rows_give_no_logits() -> None:
    head = train_linear(rows(TEXTS), TARGETS, scale=2.0)

    assert head.logits(rows(TEXTS).some(np.array([], np.int64))).shape == (0, 3)


def test_a_kept_head_is_loaded_as_it_was(tmp_path: Path) -> None:
    head = train_linear(rows(TEXTS), TARGETS, scale=2.0)
    head.calibration = np.array([2.0, -1.0], np.float32)
    head.save(tmp_path / "deep" / "head")

    loaded = LinearHead.load(tmp_path / "deep" / "head")

    assert loaded is not None
    assert np.array_equal(loaded.logits(rows(TEXTS)), head.logits(rows(TEXTS)))
    assert loaded.calibration.tolist() == [2.0, -1.0]
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["head.json", "head.npz"]


def test_nothing_kept_loads_as_none(tmp_path: Path) -> None:
    assert LinearHead.load(tmp_path / "head") is None


def test_training_twice_gives_the_same_head() -> None:
    first, second = (train_linear(rows(TEXTS), TARGETS, scale=2.0) for _ in range(2))

    assert np.array_equal(first.weights, second.weights)


def test_calibration_brings_boasting_down() -> None:
    boasting = np.array([[9.0], [9.0], [9.0], [9.0], [-9.0], [-9.0], [-9.0], [-9.0]], np.float32)
    truth = np.array([True, True, True, False, False, False, False, True])

    slope, shift = calibrate(boasting, truth)

    assert probability(np.array([9 * slope + shift], np.float32))[0] == pytest.approx(0.75, abs=0.01)


def test_calibration_without_contrast_believes_what_it_saw() -> None:
    assert probability(calibrate(np.ones((3, 1), np.float32), np.array([False] * 3)))[-1] < 0.001
