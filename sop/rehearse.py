"""A rehearsal: virtual time through the real tick, in a scratch database that holds a copy of whom a plan concerns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, insert, not_, select
from sqlalchemy.orm import Session

from core.db import Base, Database
from core.errors import Refused
from customers.models import Advisor, Customer, CustomerTag, FocusRecord, GroupChat, LevelChange, SignalRecord, SlotRecord
from kb.models import MaterialRow, Script, ScriptVersion
from sop import audience, steer, store
from sop.audience_rule import OneOf
from sop.backlog import is_backlog
from sop.models import Enrolment, Plan, PolicyRecord, Touch
from sop.plan_terms import PlanContent, PlanState
from sop.rosters import ROSTERS
from sop.settle import Decision
from sop.tick import Ticker, run_tick
from sop.windows import DAY

# As many as show every collision and are rehearsed within the minute.
AT_MOST = 200
MADE_UP = 12
_MADE_UP_ADVISORS = {"advisor1": "顾问甲", "advisor2": "顾问乙", "advisor3": "顾问丙"}
_WHOLE: Sequence[type[Base]] = (PolicyRecord, MaterialRow, Script, ScriptVersion, Advisor)
_OF_SUBJECT: Mapping[str, tuple[type[Base], Any]] = {"customer": (Customer, Customer.id), "group": (GroupChat, GroupChat.id)}
_KNOWN_OF: Sequence[Any] = (CustomerTag, LevelChange, FocusRecord, SignalRecord, SlotRecord)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Cast:
    """Who takes part: how many of how many, or that they are made up because nobody would enter. `left_out` belonged before the plan
    would begin, `within` is how long before would still do; `off` are the titles of steps that are switched off."""

    taking_part: int
    of: int
    made_up: bool
    left_out: int = 0
    within: timedelta = timedelta(0)
    off: Sequence[str] = ()


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
        off = tuple(step.title for step in content.steps if step.is_off)
        return Cast(MADE_UP if made_up else min(of, AT_MOST), of, made_up, left_out, content.within, off)


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
    entering = _entering(content, now=now).order_by(row_id).limit(AT_MOST)
    some = [row[0] for row in session.execute(entering)]
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


def _row(one: Any) -> dict[str, Any]:
    return {column.key: getattr(one, column.key) for column in one.__table__.columns}


def _audience_size(session: Session, content: PlanContent, *, now: datetime) -> tuple[int, int]:
    """(who would enter, who belonged before)."""
    if content.subject not in ROSTERS:
        return (len(content.audience.names) if isinstance(content.audience, OneOf) else 0), 0  # internal groups stand in the plan
    entering = session.scalar(select(func.count()).select_from(_entering(content, now=now).subquery())) or 0
    return entering, audience.count(session, content.audience, content.subject, now=now) - entering


def _entering(content: PlanContent, *, now: datetime) -> Select[Any]:
    return audience.members(content.audience, content.subject, now=now).where(not_(is_backlog(content, started_at=now)))


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
            session.add(Customer(external_id=f"wm-rehearsal-{number}", advisor=owner, first_seen_at=now, level="B"))
    return True
