"""The intent head."""

from pathlib import Path

import numpy as np
import pytest

from core.embedding import LetterEmbedder
from intents.clauses import ClauseReader
from intents.head import INTENTS, IntentHead, teach, train_head
from intents.terms import Intent
from tests.intents.builders import LEXICON, PACK

READER = ClauseReader(LEXICON.question_words)


def scores(head: IntentHead, *texts: str) -> np.ndarray:
    return head.scores(LetterEmbedder().encode(texts), [READER.read(text) for text in texts])


@pytest.fixture(scope="module")
def head() -> IntentHead:
    texts = [example.text for example in PACK.examples]
    return train_head(PACK.examples, LetterEmbedder().encode(texts), [READER.read(text) for text in texts])


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("e7落地要多少钱", Intent.ASK_PRICE),
        ("冬天能跑多远", Intent.ASK_RANGE),
        ("我想预约试驾", Intent.BOOK_TEST_DRIVE),
        ("帮我写一首诗", Intent.OUT_OF_SCOPE),
        ("你会讲笑话吗", Intent.CHITCHAT),
    ],
)
def test_the_likeliest_intent_is_what_was_taught(head: IntentHead, text: str, intent: Intent) -> None:
    assert INTENTS[int(scores(head, text)[0].argmax())] is intent


def test_every_intent_has_a_probability(head: IntentHead) -> None:
    found = scores(head, "多少钱", "你好")

    assert found.dtype == np.float32
    assert found.shape == (2, 40)
    assert ((found >= 0) & (found <= 1)).all()


def test_a_message_may_carry_two_intents(head: IntentHead) -> None:
    both = scores(head, "落地多少钱,有现车吗")[0]

    assert {INTENTS[column] for column in np.argsort(-both)[:2]} == {Intent.ASK_PRICE, Intent.ASK_DELIVERY}


def test_what_is_asked_outweighs_what_is_told(head: IntentHead) -> None:
    found = scores(head, "昨天看了车,多久能提车")[0]

    assert INTENTS[int(found.argmax())] is Intent.ASK_DELIVERY


def test_a_kept_head_scores_alike(head: IntentHead, tmp_path: Path) -> None:
    head.save(tmp_path / "head")
    kept = IntentHead.load(tmp_path / "head")

    assert kept is not None
    assert np.array_equal(scores(kept, "多少钱"), scores(head, "多少钱"))
    assert IntentHead.load(tmp_path / "other") is None


def test_the_best_of_a_message_is_ahead_of_every_other(head: IntentHead) -> None:
    found = np.sort(scores(head, *[example.text for example in PACK.examples]), axis=1)

    assert (found[:, -1] > found[:, -2]).all()


def test_a_single_label_can_be_taught() -> None:
    texts = ["价格多少", "多少钱"]
    head = teach(np.array([[True], [True]]), LetterEmbedder().encode(texts), [READER.read(text) for text in texts])

    assert scores(head, "价格")[0, 0] > 0.9


def test_no_messages_have_no_scores(head: IntentHead) -> None:
    assert head.scores(np.zeros((0, 256), np.float32), []).shape == (0, 40)


def test_probabilities_are_learnt_from_what_was_not_seen() -> None:
    # Labels given by chance teach nothing: whoever has learnt them by heart is sure of them, and half of the rest is wrong.
    texts = [f"第{number}句话说的是{number * 7919 % 1000}" for number in range(60)]
    targets = np.random.default_rng(0).random(60)[:, None] < [0.5, 1.0]
    targets[:, 1] = ~targets[:, 0]
    head = teach(targets, LetterEmbedder().encode(texts), [READER.read(text) for text in texts])

    assert scores(head, *texts).max(axis=1).mean() < 0.8
