"""Heads by least squares."""

from pathlib import Path

import numpy as np
import pytest

from core.arrays import Vectors
from core.embedding import LetterEmbedder
from intents.linear import LinearHead, Rows
from intents.ridge import train_ridge

TEXTS = [f"{word}{end}" for word in ("价格", "续航", "空间") for end in ("怎么样", "多少", "太差了", "真不错", "我不懂", "想了解")]
LABELS = np.repeat(np.eye(3, dtype=bool), 6, axis=0)


def rows(texts: list[str], marks: Vectors | None = None) -> Rows:
    return Rows(LetterEmbedder().encode(texts), (texts,), np.zeros((len(texts), 0), np.float32) if marks is None else marks)


@pytest.mark.parametrize("telling", [True, False])
def test_a_label_that_is_there_scores_near_one_and_others_near_nothing(telling: bool) -> None:
    head = train_ridge(rows(TEXTS), LABELS, scale=1.0, doubt=0.1, telling=telling)

    scores = head.logits(rows(["说说续航", "空间呢"]))

    assert scores.argmax(axis=1).tolist() == [1, 2]
    assert scores.max(axis=1).min() > 0.5 > np.sort(scores, axis=1)[:, 1].max()


def test_an_n_gram_that_tells_labels_apart_weighs_more_than_one_that_all_have() -> None:
    head = train_ridge(rows(TEXTS), LABELS, scale=1.0, doubt=0.1)
    weight = dict(zip(head.grams[0].names, head.grams[0].rarity, strict=True))

    assert weight["续航"] > 2 * weight["多少"]
    assert "续航怎么样" in weight


def test_the_same_mark_may_mean_another_label_in_another_group() -> None:
    marks = np.array([[1.0], [-1.0]] * 6, np.float32)
    groups = np.array([0, 0, 1, 1] * 3)
    lean = (marks[:, 0] > 0) == (groups == 0)
    head = train_ridge(rows(["好"] * 12, marks), np.stack([lean, ~lean], axis=1), scale=1.0, doubt=0.1, groups=groups)

    high = head.logits(rows(["好"], np.ones((1, 1), np.float32))).reshape(2, 2)

    assert high.argmax(axis=1).tolist() == [0, 1]


def test_a_kept_head_scores_alike(tmp_path: Path) -> None:
    head = train_ridge(rows(TEXTS), LABELS, scale=1.0, doubt=0.1)
    head.save(tmp_path / "head")
    kept = LinearHead.load(tmp_path / "head")

    assert kept is not None
    np.testing.assert_array_equal(head.logits(rows(TEXTS)), kept.logits(rows(TEXTS)))
