"""Pure: windows of time in which touches are counted, rolling or by the calendar of Asia/Shanghai, and when they are free again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from core.zone import SHANGHAI

DAY = timedelta(days=1)
# Touches of so long ago are looked at (sop/standing.py) and kept (sop/pruning.py): no cap may count further back.
LONGEST = 35 * DAY


class Span(StrEnum):
    """A calendar window: it begins at midnight of a day, a Monday or a first of the month."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Window:
    """Either `rolling` or by the calendar (`span`). A rolling window holds its far end out: what was exactly so long ago counts no more."""

    rolling: timedelta | None = None
    span: Span | None = None

    def __post_init__(self) -> None:
        if (self.rolling is None) == (self.span is None) or (self.rolling is not None and self.rolling <= timedelta(0)):
            raise ValueError("a window is either rolling, of positive length, or a calendar span")

    def count(self, moments: Sequence[datetime], *, now: datetime) -> int:
        """How many of the moments up to now lie in the window that ends now."""
        return sum(self._is_in(moment, now) for moment in moments if moment <= now)

    def free_at(self, moments: Sequence[datetime], at_most: int, *, now: datetime) -> datetime | None:
        """The first moment, now or later, with fewer than `at_most` of them in its window; None when there is none (nothing is allowed)."""
        if at_most <= 0:
            return None
        if self.count(moments, now=now) < at_most:
            return now
        if self.span is not None:
            return _start(self.span, now, ahead=1)
        assert self.rolling is not None
        inside = sorted(moment for moment in moments if moment <= now and self._is_in(moment, now))
        return inside[len(inside) - at_most] + self.rolling

    def _is_in(self, moment: datetime, now: datetime) -> bool:
        if self.rolling is not None:
            return now - moment < self.rolling
        assert self.span is not None
        return moment >= _start(self.span, now)


def days_in_month(moment: datetime) -> int:
    """Of the month in Shanghai: as many mass messages may reach a customer in it (reference §7.3)."""
    here = moment.astimezone(SHANGHAI).date().replace(day=1)
    return (_next_month(here) - here).days


def _start(span: Span, moment: datetime, *, ahead: int = 0) -> datetime:
    """Midnight at which the moment's span begins, or the one after it."""
    day = moment.astimezone(SHANGHAI).date()
    match span:
        case Span.DAY:
            first = day + ahead * DAY
        case Span.WEEK:
            first = day - day.weekday() * DAY + 7 * ahead * DAY
        case Span.MONTH:
            first = day.replace(day=1)
            first = _next_month(first) if ahead else first
    return datetime.combine(first, time(), SHANGHAI)


def _next_month(first: date) -> date:
    return (first + 32 * DAY).replace(day=1)
