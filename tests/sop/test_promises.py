"""What an advisor promised, in his own words."""

from datetime import datetime, timedelta

import pytest

from run.reminder_ports import read_times
from sop.promises import Promise, promises

MONDAY = datetime.fromisoformat("2026-11-23T10:00:00+08:00")


@pytest.mark.parametrize(
    ("words", "by", "whole_day"),
    [
        ("周五给您回价", "2026-11-27T00:00:00+08:00", True),
        ("我明天下午3点联系您", "2026-11-24T15:00:00+08:00", False),
        ("好的，稍后发您", "2026-11-23T12:00:00+08:00", False),
    ],
)
def test_a_promise_is_read_with_its_time(words: str, by: str, whole_day: bool) -> None:
    assert promises(words, MONDAY, read_times) == [Promise(words, datetime.fromisoformat(by), whole_day)]


@pytest.mark.parametrize("words", ["昨天已经发给您了", "周五给您回价可以吗", "周五不能给您回价", "您周五来店里看看吧", "我给您回价"])
def test_what_is_done_asked_denied_or_without_a_time_is_none(words: str) -> None:
    assert promises(words, MONDAY, read_times) == []


def test_each_sentence_may_hold_one() -> None:
    found = promises("周五给您回价。周六帮您约试驾。", MONDAY, read_times)
    assert [one.by - MONDAY < timedelta(days=5) for one in found] == [True, True]
