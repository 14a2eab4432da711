"""Stretches of days, read on Monday 2 March 2026."""

from datetime import date

import pytest

from intents.dates import feast
from intents.periods import periods

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "first", "last", "words"),
    [
        ("国庆后去看车", "2026-10-08", "2026-10-14", "国庆后"),
        ("国庆去", "2026-10-01", "2026-10-07", "国庆"),
        ("中秋节前", "2026-09-18", "2026-09-24", "中秋节前"),
        ("过完年", "2027-02-13", "2027-02-19", "过完年"),
        ("这个月底", "2026-03-25", "2026-03-31", "这个月底"),
        ("下个月初", "2026-04-01", "2026-04-07", "下个月初"),
        ("11月", "2026-11-01", "2026-11-30", "11月"),
        ("2月", "2027-02-01", "2027-02-28", "2月"),
        ("年底", "2026-12-01", "2026-12-31", "年底"),
        ("下周", "2026-03-09", "2026-03-15", "下周"),
        ("这周", "2026-03-02", "2026-03-08", "这周"),
        ("过两天", "2026-03-04", "2026-03-06", "过两天"),
        ("半个月后", "2026-03-17", "2026-03-17", "半个月后"),
        ("三天后", "2026-03-05", "2026-03-05", "三天后"),
        ("一周内", "2026-03-02", "2026-03-09", "一周内"),
    ],
)
def test_days_to_come(text: str, first: str, last: str, words: str) -> None:
    [found] = periods(text, TODAY)
    assert (found.first.isoformat(), found.last.isoformat(), text[found.start : found.end]) == (first, last, words)


@pytest.mark.parametrize("text", ["今年后备箱", "十一点", "跑了十一万", "两年后", "三个月亮", "周期", "13月"])
def test_what_names_no_days(text: str) -> None:
    assert list(periods(text, TODAY)) == []


def test_a_feast_that_goes_on_is_meant_itself_and_beyond_the_tables_there_is_none() -> None:
    assert feast("国庆", date(2026, 10, 3)) == (date(2026, 10, 1), date(2026, 10, 7))
    assert feast("国庆", date(2026, 10, 8)) == (date(2027, 10, 1), date(2027, 10, 7))
    assert feast("春节", date(2040, 1, 1)) is None
