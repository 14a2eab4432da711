"""Audience rules as SQL: who belongs now, how many, and who of some; flat in memory for a million customers."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, not_, or_, select, true
from sqlalchemy.orm import Session

from core.zone import SHANGHAI
from customers.birthday import birthdays_on
from customers.models import Customer, CustomerTag, FocusRecord, SignalRecord, SlotRecord
from sop import bulk
from sop.audience_rule import All, AnyOf, Between, BirthdayToday, Heard, Not, OneOf, Rule, Said, Tagged
from sop.models import Enrolment
from sop.plan_terms import PlanContent
from sop.rosters import ROSTERS

# Numbers of days are kept as the moment from which they count.
AGES = frozenset({"joined_days", "silent_days", "age_days"})
_EVIDENCE: Mapping[str, tuple[Any, Any]] = {
    "focus": (FocusRecord, FocusRecord.point),
    "signal": (SignalRecord, SignalRecord.name),
    "slot": (SlotRecord, SlotRecord.name),
}


def condition(rule: Rule, kind: str, *, now: datetime, since: Any = None) -> ColumnElement[bool]:
    """The rule over the rows of this kind's roster. `since`: from when on what he said counts, a moment or a column; without it, ever."""
    match rule:
        case All(parts):
            return and_(true(), *(condition(part, kind, now=now, since=since) for part in parts))
        case AnyOf(parts):
            return or_(*(condition(part, kind, now=now, since=since) for part in parts))
        case Not(part):
            return not_(func.coalesce(condition(part, kind, now=now, since=since), False))
        case OneOf(fact, names):
            is_one: ColumnElement[bool] = ROSTERS[kind].named[fact].in_(names)
            return is_one
        case Between():
            return _between(rule, kind, now=now)
        case Tagged(group, name):
            # Found by the tag and not by asking each customer for it: few have it.
            return Customer.id.in_(tagged(group, name).with_only_columns(CustomerTag.customer_id))
        case Heard():
            return Customer.last_heard_at.is_not(None) if since is None else Customer.last_heard_at > since
        case BirthdayToday():
            return Customer.birthday.in_(birthdays_on(now.astimezone(SHANGHAI).date()))
        case Said(fact, name, days):
            return said(fact, name, now - timedelta(days=days) if days is not None else since)


def members(rule: Rule, kind: str, *, now: datetime) -> Select[Any]:
    """Everybody who belongs: (row id, WeCom's id, since when, lifecycle stage of a group)."""
    roster = ROSTERS[kind]
    since = roster.since if roster.since is not None else literal(None)
    return select(roster.row, roster.id, since, roster.named.get("stage", literal(""))).where(roster.exists, condition(rule, kind, now=now))


def count(session: Session, rule: Rule, kind: str, *, now: datetime) -> int:
    """How many belong now."""
    return session.scalar(select(func.count()).select_from(members(rule, kind, now=now).subquery())) or 0


def meets_goal(session: Session, plan: PlanContent, ids: Collection[str], *, now: datetime) -> set[str]:
    """Who of these, all live in the plan, has reached its goal; what he said counts from the moment from which his days count."""
    if plan.goal is None:
        return set()
    roster = ROSTERS[plan.roster]
    joined = select(roster.id).join(Enrolment, and_(Enrolment.subject_id == roster.id, Enrolment.subject_kind == plan.subject))
    live = joined.where(Enrolment.plan == plan.key, Enrolment.ended_at.is_(None))
    met = condition(plan.goal, plan.roster, now=now, since=Enrolment.begun_at)
    return set(bulk.of_ids(session, lambda dialect: live.where(roster.id.in_(bulk.ids(dialect)), met), ids).scalars())


def _between(rule: Between, kind: str, *, now: datetime) -> ColumnElement[bool]:
    column = ROSTERS[kind].counted[rule.fact]
    if rule.fact in AGES:
        # So many days at least: at that moment or before it; 3 days at most: less than 4 days ago.
        least = [] if rule.at_least is None else [column <= now - timedelta(days=rule.at_least)]
        return and_(true(), *least, *([] if rule.at_most is None else [column > now - timedelta(days=rule.at_most + 1)]))
    least = [] if rule.at_least is None else [column >= rule.at_least]
    return and_(true(), *least, *([] if rule.at_most is None else [column <= rule.at_most]))


def tagged(group: str, name: str) -> Select[Any]:
    """The tags of this name that hold now."""
    return select(CustomerTag.id).where(CustomerTag.group == group, CustomerTag.name == name, CustomerTag.ended_at.is_(None))


def said(fact: str, name: str, since: Any, *, until: Any = None) -> ColumnElement[bool]:
    """Whether he said it between these moments, both included; None is open."""
    table, named = _EVIDENCE[fact]
    found = select(table.id).where(table.customer_id == Customer.id, named == name, table.undone_at.is_(None))
    bounds = [*([] if since is None else [table.said_at >= since]), *([] if until is None else [table.said_at <= until])]
    return found.where(*bounds).exists()
