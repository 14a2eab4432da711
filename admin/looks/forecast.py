"""What the plans that are out will say in a stretch of time, counted by step and moment, and where it would meet something else.

Subjects that began on one day on one track have one future; it is computed once and counted as often as there are such subjects.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, String, and_, func, select
from sqlalchemy.orm import Session

from admin.sight import sees_all, subjects_in_sight
from admin.terms import Who
from core.zone import SHANGHAI
from customers.models import GroupChat
from sop.calendar import IsWorkday, Weekly, age_in_weeks, occurrences
from sop.enrol import Speaking, speaking, track_of
from sop.models import Enrolment
from sop.plan_terms import PlanContent, Step

DAY = timedelta(days=1)
_AHEAD_OF_UTC = timedelta(hours=8)


@dataclass(frozen=True)
class Coming:
    """A step at a moment: for how many subjects, and how many of them hear something else on the same day."""

    plan: str
    step: str
    moment: datetime
    count: int
    clashes: int
    held: bool


@dataclass(frozen=True)
class Alike:
    """What decides the future of an enrolment: day 0, the track, its day 0, whether an operator keeps it there, and the group's stage."""

    plan: str
    begun: date
    track: str
    track_begun: date | None
    kept: bool
    stage: str


@dataclass
class Forecast:
    """Looks ahead from `start` to `end`, the end excluded, at what follows from how it is `now`."""

    plans: Mapping[str, Speaking]
    now: datetime
    start: datetime
    end: datetime
    is_workday: IsWorkday
    _known: dict[Any, list[datetime]] = field(default_factory=dict)

    def of(self, combinations: Mapping[tuple[Alike, ...], int]) -> list[Coming]:
        """All that is said, by moment; a combination is all that one subject is in, with the number of such subjects."""
        counts: Counter[tuple[str, str, datetime]] = Counter()
        clashes: Counter[tuple[str, str, datetime]] = Counter()
        for combination, number in combinations.items():
            said = [one for alike in combination for one in self._said(alike)]
            days = Counter(_day(moment) for _, _, moment in said)
            for one in said:
                counts[one] += number
                if days[_day(one[2])] > 1:
                    clashes[one] += number
        found = [Coming(*one, number, clashes[one], self.plans[one[0]].is_held) for one, number in counts.items()]
        return sorted(found, key=lambda one: (one.moment, one.plan, one.step))

    def _said(self, alike: Alike) -> list[tuple[str, str, datetime]]:
        content = self.plans[alike.plan].content
        return [
            (content.key, step.key, moment)
            for start, end, track, track_begun in self._stretches(content, alike)
            if end > self.start
            for step in content.steps
            if not step.is_off and (not step.track or step.track == track)
            for moment in self._moments(content.key, step, _day0(alike, step, track_begun), max(start, self.start), end)
        ]

    def _stretches(self, content: PlanContent, alike: Alike) -> Iterator[tuple[datetime, datetime, str, date | None]]:
        """(from, until, track, day 0 of the track): a group changes its track with its weeks, unless an operator keeps it. It is followed
        from now on, whatever is looked at: changes before that decide what is heard in it."""
        track, track_begun, at = alike.track, alike.track_begun, self.now
        if content.tracks and not alike.kept:
            begun = _midnight(alike.begun)
            for turn in self._turns(begun):
                on, since = track_of(content, begun, alike.stage, now=turn)
                if on.key != track:
                    yield at, turn, track, track_begun
                    at, track, track_begun = turn, on.key, _day(since) if since else None
        yield at, self.end, track, track_begun

    def _turns(self, begun: datetime) -> Iterator[datetime]:
        """The midnights at which a new week of its age begins, from the last one on."""
        turn = begun + 7 * (age_in_weeks(begun, now=self.now) - 1) * DAY
        while turn < self.end:
            yield turn
            turn += 7 * DAY

    def _moments(self, plan: str, step: Step, begun: date, start: datetime, end: datetime) -> list[datetime]:
        begun = _as_late(step, begun, start)
        key = plan, step.key, begun, start, end
        if key not in self._known:
            found = occurrences(step.when, begun=_midnight(begun), start=start, end=end, is_workday=self.is_workday)
            ends = step.valid_until
            self._known[key] = [moment for moment in found if ends is None or _day(moment) <= ends]
        return self._known[key]


def forecast(
    session: Session,
    who: Who,
    *,
    start: datetime,
    end: datetime,
    is_workday: IsWorkday,
    now: datetime | None = None,
    only: ColumnElement[bool] | None = None,
) -> list[Coming]:
    """What those in his sight will hear, as far as they are in a plan today and nothing holds it back; `only` narrows the enrolments.
    Without `now` it is the start."""
    plans = {one.content.key: one for one in speaking(session)}
    return Forecast(plans, now or start, start, end, lru_cache(maxsize=None)(is_workday)).of(_combinations(session, who, plans, only))


def _combinations(
    session: Session, who: Who, plans: Mapping[str, Speaking], only: ColumnElement[bool] | None
) -> Counter[tuple[Alike, ...]]:
    conditions = [Enrolment.ended_at.is_(None), Enrolment.plan.in_(list(plans)), Enrolment.held_by == ""]
    conditions += [] if only is None else [only]
    if not sees_all(who):
        conditions.append(subjects_in_sight(who, Enrolment.subject_kind, Enrolment.subject_id))
    subject = Enrolment.subject_kind, Enrolment.subject_id
    future = _future(session)
    # Nearly everybody is in one plan: they are counted by the database. Of one row, the least is the row.
    least = [func.min(column).label(column.name) for column in future]
    of_each = select(*subject, func.count().label("plans"), *least).where(*conditions).group_by(*subject).subquery()
    stage = func.coalesce(GroupChat.stage, "")
    is_his = and_(of_each.c.subject_kind == "group", GroupChat.chat_id == of_each.c.subject_id)
    futures = [of_each.c[column.name] for column in future]
    alone = select(*futures, stage, func.count()).outerjoin(GroupChat, is_his).where(of_each.c.plans == 1).group_by(*futures, stage)
    found = Counter({(_alike(row),): int(row[-1]) for row in session.execute(alone)})
    both = and_(Enrolment.subject_kind == of_each.c.subject_kind, Enrolment.subject_id == of_each.c.subject_id)
    several = select(*subject, *future, stage).join(of_each, both).outerjoin(GroupChat, is_his).where(*conditions, of_each.c.plans > 1)
    of_subject: dict[tuple[str, str], list[Alike]] = {}
    for kind, id_, *rest in session.execute(several.order_by(Enrolment.id)):
        of_subject.setdefault((kind, id_), []).append(_alike(rest))
    return found + Counter(tuple(some) for some in of_subject.values())


def _future(session: Session) -> list[Any]:
    """What decides the future of an enrolment, as columns: plan, day 0, track, day 0 of the track, who keeps it there."""
    begun, track_begun = (_sql_day(session, moment) for moment in (Enrolment.begun_at, Enrolment.track_begun_at))
    kept = Enrolment.track_held_by
    return [Enrolment.plan, begun.label("begun"), Enrolment.track, track_begun.label("track_begun"), kept]


def _sql_day(session: Session, moment: Any) -> ColumnElement[str]:
    """«2026-11-20» in Shanghai."""
    if session.get_bind().dialect.name == "sqlite":
        return func.date(moment, "+8 hours", type_=String())
    return func.to_char(func.timezone("Asia/Shanghai", moment), "YYYY-MM-DD", type_=String())


def _alike(row: Sequence[Any]) -> Alike:
    plan, begun, track, track_begun, kept_by, stage = row[:6]
    return Alike(plan, date.fromisoformat(begun), track, date.fromisoformat(track_begun) if track_begun else None, bool(kept_by), stage)


def _day0(alike: Alike, step: Step, track_begun: date | None) -> date:
    return (track_begun or alike.begun) if step.track else alike.begun


def _as_late(step: Step, begun: date, start: datetime) -> date:
    """A step that comes every week for ever comes alike for all who are in it already: they are counted as one."""
    when = step.when
    if isinstance(when, Weekly) and when.last_week is None:
        return max(begun, _day(start) - 7 * when.first_week * DAY)
    return begun


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _day(moment: datetime) -> date:
    # Twenty thousand in one look: by the table of time zones each costs ten times as much, and Shanghai's hour is the same since 1991.
    return (moment.astimezone(UTC) + _AHEAD_OF_UTC).date()
