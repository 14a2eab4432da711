"""When steps fall due: days after joining, weekly cycles, workdays and holidays."""

from datetime import date, datetime, time, timedelta

import pytest

from sop.calendar import DayAfter, Days, OnDate, Weekly, When, age_in_weeks, occurrences
from sop.workdays import KNOWN_UNTIL, is_workday

JOINED = datetime.fromisoformat("2026-09-25T15:30:00+08:00")  # a Friday; the National Day holiday follows
TEN = time(10)


def due(when: When, *, begun: datetime = JOINED, days: int = 60) -> list[str]:
    end = begun + timedelta(days=days)
    return [f"{one:%m-%d %H:%M}" for one in occurrences(when, begun=begun, start=begun, end=end, is_workday=is_workday)]


def test_a_step_on_the_day_itself_is_only_made_if_its_hour_is_still_to_come() -> None:
    assert due(DayAfter(0, TEN)) == []
    assert due(DayAfter(0, time(15, 30))) == ["09-25 15:30"]
    assert due(DayAfter(1, TEN)) == ["09-26 10:00"]


def test_a_step_for_workdays_moves_over_the_holiday() -> None:
    assert due(DayAfter(6, TEN, Days.WORKDAYS)) == ["10-08 10:00"]
    assert due(DayAfter(6, TEN, Days.HOLIDAYS)) == ["10-01 10:00"]
    assert due(DayAfter(6, TEN)) == ["10-01 10:00"]


def test_a_weekend_that_is_worked_is_a_workday() -> None:
    saturday = datetime.fromisoformat("2026-10-10T08:00:00+08:00")
    assert due(DayAfter(0, TEN, Days.WORKDAYS), begun=saturday) == ["10-10 10:00"]


def test_a_weekly_step_keeps_to_its_weeks_and_leaves_out_what_it_may_not_fall_on() -> None:
    assert due(Weekly({2}, TEN, first_week=1, last_week=3)) == ["09-30 10:00", "10-07 10:00", "10-14 10:00"]
    assert due(Weekly({2}, TEN, first_week=1, last_week=3, on=Days.WORKDAYS)) == ["09-30 10:00", "10-14 10:00"]
    assert due(Weekly({0, 4}, TEN, first_week=2), days=16) == ["10-02 10:00", "10-05 10:00", "10-09 10:00"]


def test_a_fixed_date_before_the_beginning_is_past() -> None:
    assert due(OnDate(date(2026, 9, 24), TEN)) == []
    assert due(OnDate(date(2026, 10, 1), TEN)) == ["10-01 10:00"]


def test_the_window_asked_for_holds_its_start_and_not_its_end() -> None:
    ten = datetime.fromisoformat("2026-09-26T10:00:00+08:00")
    asked = {"begun": JOINED, "is_workday": is_workday}
    assert list(occurrences(DayAfter(1, TEN), start=ten, end=ten + timedelta(minutes=1), **asked)) == [ten]  # type: ignore[arg-type]
    assert list(occurrences(DayAfter(1, TEN), start=ten - timedelta(minutes=1), end=ten, **asked)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(("days", "week"), [(0, 1), (6, 1), (7, 2), (28, 5)])
def test_the_first_week_has_the_number_one(days: int, week: int) -> None:
    assert age_in_weeks(JOINED, now=JOINED + timedelta(days=days)) == week


def test_until_a_day_that_is_told_the_holidays_that_follow_the_moon_are_known() -> None:
    spring_festivals = [date(2026, 2, 17), date(2027, 2, 8), date(2028, 1, 26)]
    assert date(2026, 12, 31) <= KNOWN_UNTIL
    assert not [day for day in spring_festivals if day <= KNOWN_UNTIL and is_workday(day)]


def test_beyond_the_announced_years_monday_to_friday_are_workdays_but_for_the_days_that_are_holidays_every_year() -> None:
    assert not is_workday(date(2035, 1, 1))
    assert is_workday(date(2035, 1, 2))
    assert not is_workday(date(2035, 1, 6))
