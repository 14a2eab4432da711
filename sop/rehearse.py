"""A rehearsal: virtual time through the real tick, in a scratch database that holds a copy of whom a plan concerns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, or_, select
from sqlalchemy.orm import Session

from core.db import Base, Database
from core.errors import Refused
from customers.models import Advisor, Customer, CustomerTag, FocusRecord, Follow, GroupChat, LevelChange, SignalRecord, SlotRecord
from kb.models import MaterialRow, Script, ScriptVersion
from sop import steer, store
from sop.audience import members
from sop.audience_rule import OneOf
from sop.backlog import is_backlog
from sop.enrol import enrol, entering, speaking
from sop.models import Enrolment, Plan, PolicyRecord, Touch
from sop.plan_terms import PlanContent, PlanState
from sop.rosters import ROSTERS
from sop.settle import Decision
from sop.tick import Ticker, run_tick
from sop.windows import DAY
from sop.workdays import is_workday

# As many as show every collision and are rehearsed within the minute.
AT_MOST = 200
MADE_UP = 12
_MADE_UP_ADVISORS = {"advisor1": "顾问甲", "advisor2": "顾问乙", "advisor3": "顾问丙"}
_WHOLE: Sequence[type[Base]] = (PolicyRecord, MaterialRow, Script, ScriptVersion, Advisor)
_OF_SUBJECT: Mapping[str, tuple[type[Base], Any]] = {"customer": (Customer, Customer.id), "group": (GroupChat, GroupChat.id)}
_KNOWN_OF: Sequence[Any] = (Follow, CustomerTag, LevelChange, FocusRecord, SignalRecord, SlotRecord)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Cast:
    """Who takes part: how many of how many, or that they are made up because nobody would enter. `left_out` belonged before the plan
    would begin, `within` is how long before would still do; `off` are the titles of steps that are switched off; `held` and `kept` count
    those whom an operator lets wait or keeps on their track."""

    plan: str
    taking_part: int
    of: int
    made_up: bool
    left_out: int = 0
    within: timedelta = timedelta(0)
    off: Sequence[str] = ()
    held: int = 0
    kept: int = 0


@dataclass
class Rehearsal:
    """What happened: every decision with its moment, in order, and who took part."""

    cast: Cast
    decided: list[tuple[datetime, str, Decision]] = field(default_factory=list)  # moment, sender


def prepare(source: Database, scratch: Database, plan_key: str, *, start: datetime) -> Cast:
    """Copy the plan, what runs beside it and whom it concerns, and start it. Refused: there is no such plan."""
    with source.reading() as session:
        plan = store.plan(session, plan_key)
        if plan is None:
            known = "、".join(one.key for one in store.plans(session)) or "一个也没有；先运行 seed"
            raise Refused(f"没有计划“{plan_key}”；现有：{known}")
        copies = list(_copies(session, plan, now=start))
        content = store.content_of(plan)
        of, left_out = _audience_size(session, content, now=start)
    with scratch.unit_of_work() as session:
        for table, rows in copies:
            if rows:
                session.execute(insert(table), rows)
    with scratch.unit_of_work() as session:
        copy = session.scalars(select(Plan).where(Plan.key == plan_key)).one()
        made_up = of == 0 and content.subject in _OF_SUBJECT and _make_up(session, copy, now=start)
        copy.needs, copy.state = "", PlanState.DRAFT
        steer.start(session, copy, now=start)
        live = speaking(session)
        off = tuple(step.title for step in content.steps if step.is_off)
    # They enter as the first look would let them, so that what operators decided about them has its place.
    for one in live:
        enrol(scratch, one, now=start, is_workday=is_workday)
    held, kept = _steer_as_in_life(source, scratch, plan_key, now=start)
    return Cast(plan_key, MADE_UP if made_up else min(of, AT_MOST), of, made_up, left_out, content.within, off, held, kept)


def rehearse(ticker: Ticker, cast: Cast, *, start: datetime, end: datetime) -> Rehearsal:
    """Let the time pass from one due moment to the next; the ticker works on the scratch database."""
    rehearsal = Rehearsal(cast)
    now: datetime | None = start
    while now is not None and now < end:
        at = now
        run_tick(ticker, now=at, heed=lambda sender, decisions, at=at: rehearsal.decided.extend((at, sender, one) for one in decisions))  # type: ignore[misc]
        now = _next_moment(ticker.database, after=at)
    return rehearsal


def _next_moment(scratch: Database, *, after: datetime) -> datetime | None:
    """The next minute in which something is due; a day later at the latest, since audiences change with the days."""
    with scratch.reading() as session:
        due = session.scalar(select(func.min(Enrolment.next_at)).where(Enrolment.ended_at.is_(None)))
    tomorrow = after + DAY
    return min(max(due, after + _MINUTE), tomorrow) if due is not None else tomorrow


def _copies(session: Session, plan: Plan, *, now: datetime) -> Iterator[tuple[type[Base], list[dict[str, Any]]]]:
    beside = [one for one in store.plans(session, [PlanState.RUNNING]) if one.key != plan.key]
    yield Plan, [_row(one) for one in [plan, *beside]]
    for whole in _WHOLE:
        yield whole, [_row(one) for one in session.scalars(select(whole))]
    content = store.content_of(plan)
    if content.subject not in _OF_SUBJECT:
        return
    people, row_id = _OF_SUBJECT[content.subject]
    some = [row[0] for row in session.execute(entering(content, started_at=now, now=now).order_by(row_id).limit(AT_MOST))]
    subjects: Sequence[Any] = session.scalars(select(people).where(row_id.in_(some))).all()
    # How a group will live nobody knows: without a stage its tracks follow its age, as the plan means them.
    by_age = {"stage": ""} if content.tracks else {}
    yield people, [_row(one) | by_age for one in subjects]
    if people is Customer:
        for known in _KNOWN_OF:
            yield known, [_row(one) for one in session.scalars(select(known).where(known.customer_id.in_(some)))]
    ids = [one.external_id if people is Customer else one.chat_id for one in subjects]
    # What reached them lately counts against the caps.
    past = select(Touch).where(Touch.subject_id.in_(ids), Touch.subject_kind == content.subject, Touch.verdict == store.GO)
    yield Touch, [_row(one) for one in session.scalars(past.where(Touch.decided_at >= now - 35 * DAY, Touch.decided_at < now))]


def _steer_as_in_life(source: Database, scratch: Database, plan_key: str, *, now: datetime) -> tuple[int, int]:
    """Let wait whom an operator lets wait, and keep on its track what he keeps there; how many of the plan's own (wait, are kept)."""
    steered = Enrolment.ended_at.is_(None), or_(Enrolment.held_by != "", Enrolment.track_held_by != "")
    with source.reading() as session:
        real = {(one.plan, one.subject_kind, one.subject_id): one for one in session.scalars(select(Enrolment).where(*steered))}
    held = kept = 0
    with scratch.unit_of_work() as session:
        for copy in session.scalars(select(Enrolment)):
            one = real.get((copy.plan, copy.subject_kind, copy.subject_id))
            if one is None:
                continue
            copy.held_by, copy.held_why, copy.next_at = one.held_by, one.held_why, now
            if one.track_held_by:
                copy.track, copy.track_begun_at = one.track, one.track_begun_at
                copy.track_why, copy.track_held_by = one.track_why, one.track_held_by
            if copy.plan == plan_key:
                held, kept = held + bool(one.held_by), kept + bool(one.track_held_by)
    return held, kept


def _row(one: Any) -> dict[str, Any]:
    return {column.key: getattr(one, column.key) for column in one.__table__.columns}


def _audience_size(session: Session, content: PlanContent, *, now: datetime) -> tuple[int, int]:
    """(who would enter, who belonged before)."""
    if content.subject not in ROSTERS:
        return (len(content.audience.names) if isinstance(content.audience, OneOf) else 0), 0  # internal groups stand in the plan
    before = members(content.audience, content.roster, now=now).where(is_backlog(content, started_at=now))
    both = (entering(content, started_at=now, now=now), before)
    enters, left_out = (session.scalar(select(func.count()).select_from(one.subquery())) or 0 for one in both)
    return enters, left_out


def _make_up(session: Session, plan: Plan, *, now: datetime) -> bool:
    """Nobody belongs: some who do, so that the plan can be heard. The rule is set aside, for it may ask what nobody can make up."""
    kind, plan.audience = store.content_of(plan).subject, {}
    there = set(session.scalars(select(Advisor.userid)))
    session.add_all(Advisor(userid=one, name=name) for one, name in _MADE_UP_ADVISORS.items() if one not in there)
    for number in range(MADE_UP):
        owner = list(_MADE_UP_ADVISORS)[number % len(_MADE_UP_ADVISORS)]
        if kind == "group":
            # Every third is younger: tracks differ.
            made = now - number % 3 * 14 * DAY
            session.add(GroupChat(chat_id=f"wr-rehearsal-{number}", owner=owner, created_at=made, first_seen_at=made, size=80, stage=""))
        else:
            made_up = Customer(external_id=f"wm-rehearsal-{number}", advisor=owner, first_seen_at=now, level="B")
            session.add(made_up)
            session.flush()
            session.add(Follow(customer_id=made_up.id, advisor=owner, since=now))
    return True
