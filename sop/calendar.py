"""Pure: when the steps of a plan fall due, in Asia/Shanghai."""

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from core.zone import SHANGHAI
from sop.windows import DAY

IsWorkday = Callable[[date], bool]
# No run of holidays in China is longer; a search beyond it would be a mistake in the calendar.
_LONGEST_HOLIDAY_DAYS = 31


class Days(StrEnum):
    """Which days a step may fall on."""

    ANY = "any"
    WORKDAYS = "workdays"
    HOLIDAYS = "holidays"


@dataclass(frozen=True)
class OnDate:
    """Once, on this day."""

    day: date
    at: time


@dataclass(frozen=True)
class DayAfter:
    """Once, `days` after the beginning: 0 is the day itself. On a day that it may not fall on it moves to the next that it may."""

    days: int
    at: time
    on: Days = Days.ANY


@dataclass(frozen=True)
class Weekly:
    """On these weekdays (0 is Monday), in the weeks `first_week` to `last_week` after the beginning (1 is the week of days 0 to 6; no last:
    for ever). Days that it may not fall on are left out."""

    weekdays: Set[int]
    at: time
    first_week: int = 1
    last_week: int | None = None
    on: Days = Days.ANY


When = OnDate | DayAfter | Weekly


def occurrences(when: When, *, begun: datetime, start: datetime, end: datetime, is_workday: IsWorkday) -> Iterator[datetime]:
    """The moments of this step in start ≤ moment < end, in order, for what began at `begun`; none lies before the beginning."""
    for moment in _moments(when, begun=begun, end=end, is_workday=is_workday):
        if moment >= end:
            return
        if moment >= start and moment >= begun:
            yield moment


def _moments(when: When, *, begun: datetime, end: datetime, is_workday: IsWorkday) -> Iterator[datetime]:
    first = begun.astimezone(SHANGHAI).date()
    match when:
        case OnDate(day, at):
            yield _at(day, at)
        case DayAfter(days, at, on):
            day = first + days * DAY
            for later in range(_LONGEST_HOLIDAY_DAYS):
                if _may_be(day + later * DAY, on, is_workday):
                    yield _at(day + later * DAY, at)
                    return
        case Weekly(weekdays, at, first_week, last_week, on):
            day = first + 7 * (first_week - 1) * DAY
            while (last_week is None or day < first + 7 * last_week * DAY) and _at(day, at) < end:
                if day.weekday() in weekdays and _may_be(day, on, is_workday):
                    yield _at(day, at)
                day += DAY


def _may_be(day: date, on: Days, is_workday: IsWorkday) -> bool:
    match on:
        case Days.ANY:
            return True
        case Days.WORKDAYS:
            return is_workday(day)
        case Days.HOLIDAYS:
            return not is_workday(day)


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, SHANGHAI)


def age_in_weeks(begun: datetime, *, now: datetime) -> int:
    """Week 1 is days 0 to 6 after the beginning."""
    days = now.astimezone(SHANGHAI).date() - begun.astimezone(SHANGHAI).date()
    return max(0, days // timedelta(days=7)) + 1
