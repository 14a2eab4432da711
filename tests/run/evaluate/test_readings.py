"""Three readings and their judge: what they see, and that they say how sure they are."""

import numpy as np
import pytest

from core.embedding import LetterEmbedder
from run.evaluate.readings import Seen, SignReader, learn_readings

WANTED = ("播放", "打开", "查询")
THINGS = ("天气", "音乐", "电影", "地图", "电台", "新闻")
TEXTS = [f"{wanted}{thing}" for wanted in WANTED for thing in THINGS]
LABELS = np.repeat(np.eye(3, dtype=bool), len(THINGS), axis=0)
READER = SignReader()


def seen(*texts: str) -> Seen:
    vectors = LetterEmbedder().encode(texts)
    return Seen((vectors, vectors), tuple(zip(*map(READER.read, texts), strict=True)))


def words(text: str) -> set[str]:
    return {sign for sign in READER.read(text)[2] if "\x01" not in sign}


def test_what_is_named_stands_for_its_class_and_what_is_done_for_itself() -> None:
    assert words("播放音乐") == {"\x02", "播放", "#n", "\x03"}


def test_a_name_that_no_dictionary_has_is_a_name_all_the_same() -> None:
    assert "#" in words("打开蓝悦堂")


def test_pairs_leap_over_what_stands_between() -> None:
    pairs = READER.read("把灯关掉")[1]
    assert "把关" in pairs
    assert "把灯" not in pairs


def test_which_number_it_is_changes_no_pair() -> None:
    assert READER.read("调到25度")[1] == READER.read("调到7度")[1]


def test_the_wanted_is_found_in_messages_never_seen() -> None:
    scores = learn_readings(seen(*TEXTS), LABELS).scores(seen("播放小说", "打开小说", "查询小说"))
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_shares_of_all_intents_add_up_to_one(count: int) -> None:
    some = count * len(THINGS)
    scores = learn_readings(seen(*TEXTS[:some]), LABELS[:some, :count]).scores(seen("播放小说", "你好", ""))
    assert scores.shape == (3, count)
    assert scores.sum(axis=1) == pytest.approx(1)
    assert (scores >= 0).all()


def test_strange_words_make_it_less_sure() -> None:
    known, strange = learn_readings(seen(*TEXTS), LABELS).scores(seen("播放音乐", "谢谢大家")).max(axis=1)
    assert known > strange


def test_what_is_asked_beside_a_message_changes_nothing_for_it() -> None:
    head = learn_readings(seen(*TEXTS), LABELS)
    assert head.scores(seen("播放小说"))[0] == pytest.approx(head.scores(seen("你好", "播放小说"))[1], abs=1e-5)
