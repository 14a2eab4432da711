"""日历: what was said and what will be said, day by day: the past from the ledger, what is to come from the plans."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin.looks.forecast import Coming, forecast
from admin.looks.plans import titles
from admin.sight import sees_all, subjects_in_sight
from admin.terms import Who
from core.zone import SHANGHAI
from sop import store
from sop.calendar import IsWorkday
from sop.models import Plan, Touch
from sop.preview import UNITS
from sop.terms import TouchKind

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """A step at a moment. Before now: how many were made, wait and were skipped; after it: how many are planned, and how many clash."""

    plan: str
    step: str
    title: str
    plan_title: str
    moment: datetime
    unit: str
    planned: int = 0
    clashes: int = 0
    made: int = 0
    waiting: int = 0
    skipped: int = 0
    held: bool = False

    @property
    def is_past(self) -> bool:
        """Whether it has been decided."""
        return not self.planned


@dataclass(frozen=True)
class Span:
    """The days that are shown, the last included; a week or whole weeks around a month."""

    view: str
    at: date
    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """Each of them."""
        return [self.first + number * DAY for number in range((self.last - self.first).days + 1)]

    def moved(self, by: int) -> date:
        """A day in the span so many spans later."""
        if self.view == "week":
            return self.at + 7 * by * DAY
        month = self.at.year * 12 + self.at.month - 1 + by
        return date(month // 12, month % 12 + 1, 1)


def span_of(view: str, at: date) -> Span:
    """The week of that day from Monday on, or its month, filled up to whole weeks."""
    if view == "week":
        first = at - at.weekday() * DAY
        return Span("week", at, first, first + 6 * DAY)
    begin = at.replace(day=1)
    end = (begin + 32 * DAY).replace(day=1) - DAY
    return Span("month", at, begin - begin.weekday() * DAY, end + (6 - end.weekday()) * DAY)


def entries(session: Session, who: Who, span: Span, plan: str, *, is_workday: IsWorkday, now: datetime) -> dict[date, list[Entry]]:
    """Everything in the span, of one plan or of all, by day and in order."""
    start, end = (datetime.combine(day, time(), SHANGHAI) for day in (span.first, span.last + DAY))
    named, kinds = titles(session), dict(session.execute(select(Plan.key, Plan.kind)).all())
    found = _past(session, who, start, min(end, now), named, kinds) if start < now else []
    if end > now:
        ahead = forecast(session, who, start=max(start, now), end=end, is_workday=is_workday, now=now)
        found += [_entry(one, named, kinds) for one in ahead]
    by_day: dict[date, list[Entry]] = {}
    for one in sorted(found, key=lambda each: (each.moment, each.plan, each.step)):
        if not plan or one.plan == plan:
            by_day.setdefault(one.moment.astimezone(SHANGHAI).date(), []).append(one)
    return by_day


def _past(session: Session, who: Who, start: datetime, end: datetime, named: Mapping[str, str], kinds: Mapping[str, str]) -> list[Entry]:
    # What was planned for a moment is decided at it or later, so that the index on the decision narrows it.
    query = select(Touch.plan, Touch.step, Touch.planned, Touch.verdict, func.count()).where(
        Touch.decided_at >= start, Touch.planned >= start, Touch.planned < end, Touch.plan.in_(list(kinds))
    )
    if not sees_all(who):
        query = query.where(subjects_in_sight(who, Touch.subject_kind, Touch.subject_id))
    counts: dict[tuple[str, str, datetime], dict[str, int]] = {}
    for plan, step, planned, verdict, count in session.execute(query.group_by(Touch.plan, Touch.step, Touch.planned, Touch.verdict)):
        counts.setdefault((plan, step, planned), {})[verdict] = int(count)
    units = {plan: UNITS[TouchKind(kind)] for plan, kind in kinds.items()}
    return [
        Entry(
            *(plan, step, named.get(f"{plan}/{step}", step), named[plan], planned, units[plan]),
            made=some.get(store.GO, 0),
            waiting=some.get(store.WAIT, 0),
            skipped=some.get(store.SKIP, 0),
        )
        for (plan, step, planned), some in counts.items()
    ]


def _entry(one: Coming, named: Mapping[str, str], kinds: Mapping[str, str]) -> Entry:
    title = named.get(f"{one.plan}/{one.step}", one.step)
    unit = UNITS[TouchKind(kinds[one.plan])]
    return Entry(one.plan, one.step, title, named[one.plan], one.moment, unit, planned=one.count, clashes=one.clashes, held=one.held)
