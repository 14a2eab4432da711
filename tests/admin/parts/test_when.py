"""Moments and spans as people read them, at both sides of each boundary."""

from datetime import datetime, timedelta

import pytest

from admin.parts.when import exactly, how_late, lasted, when

NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=59), "刚刚"),
        (timedelta(minutes=1), "1 分钟前"),
        (timedelta(minutes=59, seconds=59), "59 分钟前"),
        (timedelta(hours=1), "09:00"),
        (timedelta(hours=10), "00:00"),
        (timedelta(hours=10, seconds=1), "昨天 23:59"),
        (timedelta(days=1, hours=10, minutes=1), "11-20 23:59"),
        (timedelta(days=330), "2025-12-27"),
        (timedelta(minutes=-5), "10:05"),
    ],
)
def test_a_moment_is_said_shortly(ago: timedelta, said: str) -> None:
    assert when(NOW - ago, now=NOW) == said


def test_never_is_a_dash() -> None:
    assert when(None, now=NOW) == exactly(None) == lasted(None) == "—"


def test_exactly_is_to_the_second_in_shanghai() -> None:
    assert exactly(datetime.fromisoformat("2026-11-22T02:00:01+00:00")) == "2026-11-22 10:00:01"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.84, "0.8 秒"), (12, "12 秒"), (60, "1 分 0 秒"), (3599, "59 分 59 秒"), (3600, "1 小时 0 分"), (90000, "1 天")],
)
def test_a_span_is_said_shortly(seconds: float, said: str) -> None:
    assert lasted(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("late", "said"),
    [
        (timedelta(seconds=4.1), "刚到期"),
        (timedelta(seconds=59), "刚到期"),
        (timedelta(minutes=1), "逾期 1 分钟"),
        (timedelta(minutes=59, seconds=59), "逾期 59 分钟"),
        (timedelta(hours=1), "逾期 1 小时"),
        (timedelta(hours=23, minutes=59), "逾期 23 小时"),
        (timedelta(days=3, hours=1), "逾期 3 天"),
    ],
)
def test_what_is_late_is_said_as_people_say_it(late: timedelta, said: str) -> None:
    assert how_late(late) == said
