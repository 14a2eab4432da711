"""The likeness head: what it learns, what it says of an example it has not seen, and that it is kept as it was."""

from pathlib import Path

import numpy as np
import pytest

from core.embedding import LetterEmbedder
from intents.likeness import LikenessHead, train_likeness

PRICE = ["价格多少", "多少钱", "报个价", "价格高吗", "裸车价多少", "什么价格"]
RANGE = ["续航多远", "能跑多远", "续航多少", "跑得远吗", "满电跑多远", "续航怎样"]
TEXTS = PRICE + RANGE
TARGETS = np.array([[text in PRICE, text in RANGE, False] for text in TEXTS])


def encode(texts: list[str]) -> np.ndarray:
    return LetterEmbedder().encode(texts)


def kinds(texts: list[str]) -> tuple[list[str], list[str]]:
    return texts, [text[::-1] for text in texts]


@pytest.fixture(scope="module")
def head() -> LikenessHead:
    return train_likeness(encode(TEXTS), kinds(TEXTS), TARGETS)[0]


def test_a_head_learns_what_it_is_taught(head: LikenessHead) -> None:
    scores = head.scores(encode(["价格怎样", "续航远吗"]), kinds(["价格怎样", "续航远吗"]))

    assert scores.dtype == np.float32
    assert scores.shape == (2, 3)
    assert scores.argmax(axis=1).tolist() == [0, 1]


def test_a_label_without_examples_is_never_likely(head: LikenessHead) -> None:
    assert np.allclose(head.scores(encode(TEXTS), kinds(TEXTS))[:, 2], 0, atol=1e-6)


def test_messages_do_not_depend_on_their_neighbours(head: LikenessHead) -> None:
    together = head.scores(encode(["价格", "续航", "价格"]), kinds(["价格", "续航", "价格"]))

    assert together[1] == pytest.approx(head.scores(encode(["续航"]), kinds(["续航"]))[0], abs=1e-5)
    assert together[0] == pytest.approx(together[2], abs=1e-6)


@pytest.mark.parametrize("left_out", [0, 7])
def test_unseen_is_what_a_head_without_that_example_says(left_out: int) -> None:
    # The vocabulary, the centre and the shares of the labels are those of all examples; only what the example teaches is taken away.
    _, unseen = train_likeness(encode(TEXTS), kinds(TEXTS), TARGETS)
    others = [at for at in range(len(TEXTS)) if at != left_out]
    alone, _ = train_likeness(encode(TEXTS)[others], kinds([TEXTS[at] for at in others]), TARGETS[others])

    said = alone.scores(encode([TEXTS[left_out]]), kinds([TEXTS[left_out]]))[0]
    seen = train_likeness(encode(TEXTS), kinds(TEXTS), TARGETS)[0].scores(encode([TEXTS[left_out]]), kinds([TEXTS[left_out]]))[0]
    assert np.abs(unseen[left_out] - said).max() < np.abs(seen - said).max() / 2


def test_a_kept_head_is_loaded_as_it_was_with_what_lies_beside_it(head: LikenessHead, tmp_path: Path) -> None:
    head.save(tmp_path / "deep" / "head", calibration=np.array([2, 1], np.float32))

    kept = LikenessHead.load(tmp_path / "deep" / "head")

    assert kept is not None
    assert np.array_equal(kept[0].scores(encode(TEXTS), kinds(TEXTS)), head.scores(encode(TEXTS), kinds(TEXTS)))
    assert kept[1]["calibration"].tolist() == [2, 1]
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["head.json", "head.npz"]
    assert LikenessHead.load(tmp_path / "other") is None


def test_training_twice_gives_the_same_head(head: LikenessHead) -> None:
    again = train_likeness(encode(TEXTS), kinds(TEXTS), TARGETS)[0]

    assert np.array_equal(again.pulls, head.pulls)
    assert np.array_equal(again.weights, head.weights)


def test_vectors_that_are_no_numbers_are_refused() -> None:
    broken = np.full((len(TEXTS), 4), np.nan, np.float32)

    with pytest.raises(ArithmeticError, match="not a number"):
        train_likeness(broken, kinds(TEXTS), TARGETS)
