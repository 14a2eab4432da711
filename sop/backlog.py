"""Who fulfilled a plan's condition before the plan began: its backlog, to whom it does not speak.

A plan that counts its days from entering («14 days silent, then …») would otherwise speak to everybody who was silent long before, on the
day it is switched on. Plans whose days count from joining, and those that only say something on a date, take everybody.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal, not_, or_, select, true

from core.db import UtcDateTime
from customers.models import Customer, CustomerTag, LevelChange
from sop.audience import AGES, condition, said, tagged
from sop.audience_rule import All, AnyOf, Between, BirthdayToday, Not, OneOf, Rule, Said, Tagged
from sop.calendar import DayAfter
from sop.models import Enrolment
from sop.plan_terms import Begins, PlanContent
from sop.rosters import ROSTERS


def is_backlog(plan: PlanContent, *, started_at: datetime) -> ColumnElement[bool]:
    """Whether one of the roster belonged already `plan.within` before the start; for a row whose condition holds now."""
    roster = ROSTERS.get(plan.subject)
    if roster is None or roster.since is None or not takes_newcomers_only(plan):
        return false()
    at = started_at - plan.within
    return and_(roster.since <= at, func.coalesce(_held(plan, plan.audience, at=at), False))


def takes_newcomers_only(plan: PlanContent) -> bool:
    """Whether it matters to this plan since when its condition has held."""
    counts_days = plan.begins is Begins.ENROLLED and any(isinstance(step.when, DayAfter) for step in plan.steps)
    return counts_days and _has_moment(plan.audience)


def _has_moment(rule: Rule) -> bool:
    """Whether the rule asks for something that came about at a moment which we know."""
    match rule:
        case All(parts) | AnyOf(parts):
            return any(map(_has_moment, parts))
        case Between(fact):
            return fact in AGES
        case OneOf(fact):
            return fact == "level"
        case Tagged() | Said():
            return True
        case _:
            return False


def _held(plan: PlanContent, rule: Rule, *, at: datetime) -> ColumnElement[bool]:
    """The rule as it stood at that moment, as far as is known: what has no history stood as it stands now."""
    match rule:
        case All(parts):
            return and_(true(), *(_held(plan, part, at=at) for part in parts))
        case AnyOf(parts):
            return or_(*(_held(plan, part, at=at) for part in parts))
        case Not(part):
            return not_(func.coalesce(_held(plan, part, at=at), False))
        case OneOf("level"):
            changed = select(LevelChange.id).where(LevelChange.customer_id == Customer.id, LevelChange.changed_at > _last(plan, at))
            return and_(condition(rule, plan.roster, now=at), ~changed.exists())
        case Tagged(group, name):
            return tagged(group, name).where(CustomerTag.customer_id == Customer.id, CustomerTag.since <= _last(plan, at)).exists()
        case Said(fact, name):
            return said(fact, name, None, until=_last(plan, at))
        case BirthdayToday():
            # It comes anew each year: nobody has had it since before.
            return false()
        case _:
            return condition(rule, plan.roster, now=at)


def _last(plan: PlanContent, at: datetime) -> Any:
    """That moment; of who was in the plan before, when he entered it: a second test drive is news, the first one is not."""
    entered = select(func.max(Enrolment.enrolled_at)).where(
        Enrolment.plan == plan.key, Enrolment.subject_kind == plan.subject, Enrolment.subject_id == ROSTERS[plan.subject].id
    )
    return func.coalesce(entered.correlate(ROSTERS[plan.subject].table).scalar_subquery(), literal(at, UtcDateTime), type_=UtcDateTime)
