"""When is a turn over? A whole question is answered at once, fragments wait for each other."""

from datetime import timedelta

import pytest

from bot.burst import BurstRule, is_whole, says_nothing, turn_over_at
from tests.bot.builders import NOW, later

RULE = BurstRule(quick=timedelta(seconds=0.3), quiet=timedelta(seconds=2), longest=timedelta(seconds=8))
QUESTION, FRAGMENT = "E7多少钱", "你好"


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("多少钱", False),  # three characters: something may still come
        ("多少钱啊", True),
        (" 多少钱 ", False),  # white space does not count
        ("你好", False),
        ("你好你好", False),  # long enough, but asks nothing
        ("E7续航多少", True),
        ("转人工客服", True),
        ("想约周六试驾", True),
        ("能便宜点？", True),
        ("我想问一下", False),  # trails off
        ("E7多少钱，", False),
        ("E7多少钱还有", False),
        ("我上周在你们店里看过那台白色的", False),  # 15 characters without a question
        ("我上周在你们店里看过那台白色的车", True),  # 16: nobody types more as a mere beginning
        ("第二排能翘二郎腿不", True),  # a particle at the end asks
        ("E5的动力够不够用", True),  # so does 够不够
        ("周六过去能领点东西", True),  # a clause of its own
        ("我周六过去看看那台红色的", False),  # ends open
        ("", False),
    ],
)
def test_a_whole_question_is_known_by_its_words(text: str, whole: bool) -> None:
    assert is_whole(text) is whole


@pytest.mark.parametrize(
    ("messages", "over_after"),
    [
        ([(0, QUESTION)], 0.3),
        ([(0, FRAGMENT)], 2),
        ([(0, FRAGMENT), (1, QUESTION)], 3),  # he is typing on: the longer wait
        ([(0, QUESTION), (0.2, QUESTION)], 2.2),
        ([(0, FRAGMENT), (6, FRAGMENT)], 8),  # both rules meet
        ([(0, FRAGMENT), (5.9, FRAGMENT)], 7.9),
        ([(0, FRAGMENT), (6.1, FRAGMENT)], 8),  # never longer than `longest` after the first
        ([(0, FRAGMENT), (20, FRAGMENT)], 8),
    ],
)
def test_a_turn_is_over_when_its_last_message_has_settled(messages: list[tuple[float, str]], over_after: float) -> None:
    arrived = [(later(seconds), text) for seconds, text in messages]
    assert turn_over_at(arrived, RULE, spoke_before=None) == later(over_after)


@pytest.mark.parametrize(
    ("spoke_before", "over_after"),
    [(-1.0, 2), (-2.0, 2), (-2.1, 0.3), (-3600.0, 0.3)],
)
def test_who_wrote_just_before_is_still_typing(spoke_before: float, over_after: float) -> None:
    assert turn_over_at([(NOW, QUESTION)], RULE, spoke_before=later(spoke_before)) == later(over_after)


@pytest.mark.parametrize("text", ["你好", "您好呀", "在吗？", "想问一下", "请问", "我想咨询下", "嗯嗯", "那个…", "Hi"])
def test_a_greeting_or_a_lead_in_says_nothing_by_itself(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["你好，E7多少钱", "E7", "想问一下续航", "在吗在哪", "多少钱"])
def test_whatever_names_something_is_kept(text: str) -> None:
    assert not says_nothing(text)
