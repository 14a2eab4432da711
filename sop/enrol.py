"""Who belongs to a plan's audience enters it: once, or again by its rule; in slices, each in its own transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, false, not_, select, update
from sqlalchemy.orm import Session

from core.db import Database, insert_once
from sop import store
from sop.audience import condition, members
from sop.audience_rule import Not, OneOf
from sop.backlog import is_backlog
from sop.calendar import IsWorkday, age_in_weeks
from sop.models import Enrolment, Plan
from sop.plan import Member, next_look
from sop.plan_terms import Begins, PlanContent
from sop.rosters import ROSTERS
from sop.terms import Subject
from sop.tracks import OnTrack, track_for
from sop.windows import DAY

# People enter an audience by what they say and do; nobody needs to be met within the minute, and looking through a million costs seconds.
LOOK_EVERY = timedelta(minutes=10)
SLICE = 2_000


@dataclass(frozen=True)
class Speaking:
    """A plan that is out: its content, since when it runs, and whether an operator lets it wait."""

    content: PlanContent
    started_at: datetime
    enrolled_at: datetime | None
    is_held: bool = False


def speaking(session: Session) -> list[Speaking]:
    """The plans that run or are held, the most important first."""
    rows = store.plans(session, store.LIVE_STATES)
    return [Speaking(store.content_of(row), row.started_at or row.updated_at, row.enrolled_at, row.state == "held") for row in rows]


def enrol_due(database: Database, plans: Sequence[Speaking], *, now: datetime, is_workday: IsWorkday) -> int:
    """Look through the audiences that were not looked through for a while; how many entered."""
    # A held plan takes people in too: their days begin when they came to belong and not when it is released.
    due = [one for one in plans if one.enrolled_at is None or now - one.enrolled_at >= LOOK_EVERY]
    return sum(enrol(database, one, now=now, is_workday=is_workday) for one in due)


def enrol(database: Database, plan: Speaking, *, now: datetime, is_workday: IsWorkday) -> int:
    """Everybody who belongs and is not in it yet; how many. A crash halfway is finished by the next look."""
    entered, after = 0, 0
    while True:
        with database.reading() as session:
            found = _newcomers(session, plan, after=after, now=now)
            rows = list(_rows(session, plan, found, now=now, is_workday=is_workday))
        with database.unit_of_work(durable=False) as session:
            entered += len(insert_once(session, Enrolment, rows, unique=["plan", "subject_kind", "subject_id", "round"]))
        if len(found) < SLICE:
            break
        after = found[-1][0]
    with database.unit_of_work(durable=False) as session:
        session.execute(update(Plan).where(Plan.key == plan.content.key).values(enrolled_at=now))
    return entered


def track_of(plan: PlanContent, begun: datetime, stage: str, *, now: datetime) -> tuple[OnTrack, datetime | None]:
    """The track of a group of this age and stage, and when the track began for it: by its age, or now when its stage has moved it."""
    on = track_for(plan.tracks, week=age_in_weeks(begun, now=now), stage=stage)
    track = next((track for track in plan.tracks if track.key == on.key), None)
    if track is None:
        return on, None
    by_age = begun + 7 * (track.from_week - 1) * DAY
    return on, min(by_age, now)


def entering(plan: PlanContent, *, started_at: datetime, now: datetime) -> Select[Any]:
    """Who enters a plan that was started then, whoever is in it: as `members`, without its backlog, who has reached its goal, and who
    never joined where days count from that."""
    joined = _joined(plan)
    wanted = members(plan.audience, plan.roster, now=now).where(
        not_(is_backlog(plan, started_at=started_at)), not_(is_at_goal(plan, now=now))
    )
    return wanted if joined is None else wanted.where(joined.is_not(None))


def is_at_goal(plan: PlanContent, *, now: datetime) -> ColumnElement[bool]:
    """Whether one of the roster, if he entered now, would have reached the goal already."""
    if plan.goal is None:
        return false()
    joined = _joined(plan)
    return not_(condition(Not(plan.goal), plan.roster, now=now, since=now if joined is None else joined))


def _joined(plan: PlanContent) -> Any:
    """The column from which the days count, if they count from joining."""
    return ROSTERS[plan.roster].since if plan.begins is Begins.JOINED else None


def _newcomers(session: Session, plan: Speaking, *, after: int, now: datetime) -> list[Any]:
    """(row id, WeCom's id, since when, stage) of the next slice; who belonged before the plan began is left out."""
    content = plan.content
    if content.subject not in ROSTERS:
        return _named(session, content, now=now) if not after else []
    roster = ROSTERS[content.roster]
    joined = store.in_plan(content.subject, content.key, roster.id, again_after=content.again_after, now=now)
    wanted = entering(content, started_at=plan.started_at, now=now).where(roster.row > after, ~joined)
    return list(session.execute(wanted.order_by(roster.row).limit(SLICE)))


def _named(session: Session, content: PlanContent, *, now: datetime) -> list[Any]:
    """Internal groups have no roster: the rule names them."""
    names = content.audience.names if isinstance(content.audience, OneOf) else ()
    inside = store.in_plan(content.subject, content.key, Enrolment.subject_id, again_after=content.again_after, now=now)
    known = set(session.scalars(select(Enrolment.subject_id).where(Enrolment.plan == content.key, inside)))
    return [(number, name, None, "") for number, name in enumerate(names, 1) if name not in known]


def _rows(session: Session, plan: Speaking, found: Sequence[Any], *, now: datetime, is_workday: IsWorkday) -> Any:
    content = plan.content
    rounds = store.rounds(session, content.subject, content.key, [one[1] for one in found]) if content.again_after is not None else {}
    for _, external_id, since, stage in found:
        begun = since if since is not None and content.begins is Begins.JOINED else now
        yield _row(plan, external_id, begun, stage, rounds.get(external_id, 0) + 1, now=now, is_workday=is_workday)


def _row(
    plan: Speaking, external_id: str, begun: datetime, stage: str, round_: int, *, now: datetime, is_workday: IsWorkday
) -> Mapping[str, Any]:
    content = plan.content
    on, track_begun = track_of(content, begun, stage, now=now)
    # Nothing of before the plan was started, and nothing that no longer makes sense.
    planned_until = max(begun, plan.started_at, now - content.latest)
    # Who may come again is not kept for ever by a round in which nothing is left to say: the next look ends it.
    nothing_left = now if content.again_after is not None else None
    member = Member(Subject(content.subject, external_id), begun, planned_until, on.key, track_begun, round_)
    return {
        "plan": content.key,
        "subject_kind": content.subject,
        "subject_id": external_id,
        "round": round_,
        "begun_at": begun,
        "enrolled_at": now,
        "planned_until": planned_until,
        "next_at": next_look(content, member, after=planned_until - timedelta(microseconds=1), is_workday=is_workday) or nothing_left,
        "track": on.key,
        "track_begun_at": track_begun,
        "track_why": on.why,
        "track_held_by": "",
        "held_by": "",
        "end_reason": "",
    }
