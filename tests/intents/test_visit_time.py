"""Times as customers name them, read on Monday 2 March 2026 at 10:00."""

from datetime import UTC, datetime, timedelta

import pytest

from intents.visit_time import moments
from tests.intents.builders import NOW


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("明天下午3点", "2026-03-03T15:00"),
        ("今晚7点", "2026-03-02T19:00"),
        ("后天上午十点半", "2026-03-04T10:30"),
        ("明早九点一刻", "2026-03-03T09:15"),
        ("周六上午", "2026-03-07T09:00/12:00"),
        ("下周六下午", "2026-03-14T13:00/18:00"),
        ("下下周二", "2026-03-17"),
        ("这周末", "2026-03-07/2026-03-08"),
        ("礼拜天", "2026-03-08"),
        ("15号上午10点", "2026-03-15T10:00"),
        ("3月5号下午两点半", "2026-03-05T14:30"),
        ("1月3日", "2027-01-03"),
        ("下午4点", "2026-03-02T16:00"),
        ("周三 3点", "2026-03-04T15:00"),
        ("明天15:30", "2026-03-03T15:30"),
        ("大后天", "2026-03-05"),
        ("明天下班后", "2026-03-03T18:00/21:00"),
        ("下班后", "2026-03-02T18:00/21:00"),
        ("明天午休", "2026-03-03T12:00/14:00"),
        ("国庆后", "2026-10-08/2026-10-14"),
        ("这个月底", "2026-03-25/2026-03-31"),
    ],
)
def test_a_time_is_read_as_seen_from_now(text: str, iso: str) -> None:
    assert [moment.iso for moment in moments(text, now=NOW)] == [iso]


def test_a_weekday_that_is_over_means_the_next_one() -> None:
    friday = NOW + timedelta(4)

    assert [moment.iso for moment in moments("周一", now=friday)] == ["2026-03-09"]
    assert [moment.iso for moment in moments("周一上午9点", now=NOW)] == ["2026-03-09T09:00"]


def test_an_hour_that_is_over_means_tomorrow() -> None:
    assert [moment.iso for moment in moments("下午3点", now=NOW.replace(hour=16))] == ["2026-03-03T15:00"]


def test_the_day_is_that_of_shanghai() -> None:
    still_sunday_in_london = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)

    assert [moment.iso for moment in moments("明天", now=still_sunday_in_london)] == ["2026-03-03"]


@pytest.mark.parametrize("text", ["2月30号", "明天25点", "1号店", "今天晚上12点", "周期长", "三点建议"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert moments(text, now=NOW) == []


def test_two_times_in_one_message() -> None:
    text = "周六上午或者周日下午2点"

    assert [text[moment.start : moment.end] for moment in moments(text, now=NOW)] == ["周六上午", "周日下午2点"]
