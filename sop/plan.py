"""Pure: enrolments + steps + now → planned touches, and when to look at an enrolment again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from core.zone import SHANGHAI
from sop.calendar import IsWorkday, Weekly, occurrences
from sop.keys import touch_key
from sop.plan_terms import Choose, PlanContent, Step
from sop.terms import Asked, Subject
from sop.windows import DAY

# A step further off is looked for when it is nearer: its day may still move with the holidays.
FURTHEST = 400 * DAY
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Member:
    """A subject in a plan: since when, on which track since when, and up to which moment its steps were planned (that moment excluded).

    The steps of a track are counted from its own beginning, so that a group which enters it early misses none.
    """

    subject: Subject
    begun: datetime
    planned_until: datetime
    track: str = ""
    track_begun: datetime | None = None
    round: int = 1

    def begun_for(self, step: Step) -> datetime:
        """Day 0 of this step."""
        return (self.track_begun or self.begun) if step.track else self.begun


def planned_touches(plan: PlanContent, member: Member, *, now: datetime, is_workday: IsWorkday) -> list[tuple[Asked, Step]]:
    """What fell due since the last look, now included, in order."""
    found = [
        (_asked(plan, step, member, moment), step)
        for step in _steps_of(plan, member.track)
        for moment in occurrences(
            step.when, begun=member.begun_for(step), start=member.planned_until, end=now + MOMENT, is_workday=is_workday
        )
    ]
    return sorted(found, key=lambda one: (one[0].planned, one[0].key))


def coming(plan: PlanContent, member: Member, *, start: datetime, end: datetime, is_workday: IsWorkday) -> Iterator[tuple[datetime, Step]]:
    """What lies ahead of a member on its track in start ≤ moment < end, unordered; for calendars and previews."""
    for step in _steps_of(plan, member.track):
        for moment in occurrences(step.when, begun=member.begun_for(step), start=start, end=end, is_workday=is_workday):
            yield moment, step


def next_look(plan: PlanContent, member: Member, *, after: datetime, is_workday: IsWorkday) -> datetime | None:
    """The first moment after this one at which a step falls due or the track may change; None when nothing more will come.

    A step that is switched off counts: who would hear it stays in the plan, for the step may come back.
    """
    ahead = [
        next(occurrences(step.when, begun=member.begun_for(step), start=after + MOMENT, end=after + FURTHEST, is_workday=is_workday), None)
        for step in _steps_of(plan, member.track, also_off=True)
    ]
    moments = [moment for moment in ahead if moment is not None]
    if plan.tracks:
        # The stage of a group is known anew each day.
        moments.append(_midnight_after(after))
    return min(moments, default=None)


def wording_number(step: Step, subject: Subject, planned: datetime, *, round_: int) -> int:
    """Which of the wordings this subject gets: the same whenever it is asked."""
    count = len(step.wordings)
    if step.choose is Choose.SPLIT:
        return int.from_bytes(sha256(f"{step.key}:{subject.kind}:{subject.id}".encode()).digest()[:8]) % count
    if isinstance(step.when, Weekly):
        return _turn(step.when, planned) % count
    return (round_ - 1) % count


def _asked(plan: PlanContent, step: Step, member: Member, moment: datetime) -> Asked:
    key = touch_key(plan.key, step.key, member.subject.kind, member.subject.id, moment)
    return Asked(key, member.subject, plan.kind, plan.key, moment, moment + plan.latest, plan.priority)


def _steps_of(plan: PlanContent, track: str, *, also_off: bool = False) -> Sequence[Step]:
    return [step for step in plan.steps if (also_off or not step.is_off) and (not step.track or step.track == track)]


def _turn(when: Weekly, planned: datetime) -> int:
    """Counts the occurrences of all weeks, so that each wording has its turn also when a step comes several times a week."""
    day = planned.astimezone(SHANGHAI).date()
    monday = day.toordinal() - day.weekday()
    return monday // 7 * len(when.weekdays) + sorted(when.weekdays).index(day.weekday())


def _midnight_after(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(SHANGHAI).date() + DAY, datetime.min.time(), SHANGHAI)
