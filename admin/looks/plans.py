"""What the list of plans shows: whom each reaches, what comes next, and what became of the last seven days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from admin.looks.forecast import Coming, forecast
from admin.looks.plan_words import KIND_NAMES, RULE_NAMES, STATE_TONES, VERDICT_NAMES, plan_state
from admin.parts.when import exactly
from admin.sight import groups_in_sight, in_sight, members_in_sight, sees_all, subjects_in_sight
from admin.terms import Blocked, Who
from core.zone import SHANGHAI
from customers.models import Advisor, Customer, GroupChat
from sop import store
from sop.audience import members
from sop.audience_rule import OneOf, Rule, in_words
from sop.calendar import IsWorkday
from sop.models import Enrolment, Plan, Touch
from sop.plan_terms import ROSTER_OF, SUBJECT_OF, PlanContent
from sop.preview import UNITS
from sop.terms import TouchKind

Row = dict[str, Any]
WEEK = timedelta(days=7)
# How far ahead the next post of a plan is looked for; a birthday may be further off, and is then not told.
AHEAD = timedelta(days=35)


@dataclass(frozen=True)
class Audience:
    """Whom a plan is for: in words, and how many belong now as far as he may see them (`unit` as in «1,849 个群»)."""

    words: str
    count: int
    unit: str

    @property
    def counted(self) -> str:
        """«1,849 个群»."""
        return f"{self.count:,} {self.unit}"


def plan_for(session: Session, key: str) -> Plan:
    """The plan with this key; Blocked when there is none."""
    found = store.plan(session, key)
    if found is None:
        raise Blocked("没有这个计划")
    return found


def plans(session: Session, who: Who, names: Mapping[str, str], *, is_workday: IsWorkday, now: datetime) -> list[Row]:
    """All plans, those that run first, then the held, the drafts and the stopped."""
    enrolled, lately = enrolled_by_plan(session, who), made_by_plan(session, who, since=now - WEEK)
    coming = next_posts(forecast(session, who, start=now, end=now + AHEAD, is_workday=is_workday))
    order = ["running", "held", "draft", "stopped"]
    rows = sorted(store.plans(session), key=lambda one: order.index(one.state))
    return [_row(session, who, row, names, enrolled, lately, coming, now=now) for row in rows]


def audience_of(session: Session, who: Who, content: PlanContent, names: Mapping[str, str], *, now: datetime) -> Audience:
    """Whom it is for."""
    words = in_words(content.audience, {**names, **RULE_NAMES})
    return Audience(words, count_of(session, who, content.audience, content.kind, now=now), UNITS[content.kind])


def enrolled_by_plan(session: Session, who: Who) -> dict[str, int]:
    """How many are in each plan now."""
    query: Any = select(Enrolment.plan, func.count()).where(Enrolment.ended_at.is_(None)).group_by(Enrolment.plan)
    return {plan: int(count) for plan, count in session.execute(_seen(who, query, Enrolment))}


def made_by_plan(session: Session, who: Who, *, since: datetime) -> dict[str, dict[str, int]]:
    """Plan → verdict → how many touches since then."""
    query: Any = select(Touch.plan, Touch.verdict, func.count()).where(Touch.decided_at >= since).group_by(Touch.plan, Touch.verdict)
    found: dict[str, dict[str, int]] = {}
    for plan, verdict, count in session.execute(_seen(who, query, Touch)):
        found.setdefault(plan, {})[verdict] = int(count)
    return found


def next_posts(coming: list[Coming]) -> dict[str, Coming]:
    """The nearest of each plan; held plans have none."""
    return {one.plan: one for one in reversed(coming) if not one.held}


def titles(session: Session) -> dict[str, str]:
    """Titles of plans by key, and of their steps by «plan/step»."""
    found: dict[str, str] = {}
    for key, title, steps in session.execute(select(Plan.key, Plan.title, Plan.steps)):
        found |= {key: title} | {f"{key}/{step['key']}": step["title"] for step in steps}
    return found


def _row(
    session: Session,
    who: Who,
    row: Plan,
    names: Mapping[str, str],
    enrolled: Mapping[str, int],
    lately: Mapping[str, Mapping[str, int]],
    coming: Mapping[str, Coming],
    *,
    now: datetime,
) -> Row:
    content, following = store.content_of(row), coming.get(row.key)
    audience = audience_of(session, who, content, names, now=now)
    counts = lately.get(row.key, {})
    return {
        "id": row.id,
        "key": row.key,
        "title": row.title,
        "about": row.about,
        "kind": KIND_NAMES[row.kind],
        "state": plan_state(row.state),
        "tone": STATE_TONES[row.state],
        "needs": row.needs,
        "rule": audience.words,
        "audience": audience.counted,
        "enrolled": f"{enrolled.get(row.key, 0):,}",
        "next": _next(following, content, now=now) if following else "—",
        "next_exactly": exactly(following.moment) if following else "",
        "lately": [{"name": VERDICT_NAMES[one], "count": f"{counts.get(one, 0):,}"} for one in VERDICT_NAMES] if counts else [],
    }


def _next(one: Coming, content: PlanContent, *, now: datetime) -> str:
    step = content.step_by_key[one.step]
    return f"{moment_ahead(one.moment, now=now)} {step.title}"


def moment_ahead(moment: datetime, *, now: datetime) -> str:
    """«今天 10:30», «明天 10:30», «11-30 周一 10:30»."""
    here, today = moment.astimezone(SHANGHAI), now.astimezone(SHANGHAI).date()
    names = {0: "今天", 1: "明天", 2: "后天"}
    day = names.get((here.date() - today).days, f"{here:%m-%d} 周{'一二三四五六日'[here.weekday()]}")
    return f"{day} {here:%H:%M}"


def count_of(session: Session, who: Who, rule: Rule, kind: TouchKind, *, now: datetime) -> int:
    """How many belong by this rule of a plan of this kind now, as far as he may see them."""
    subject = SUBJECT_OF[kind]
    if subject == "internal":
        return len(rule.names) if isinstance(rule, OneOf) and sees_all(who) else 0
    query = members(rule, ROSTER_OF[kind], now=now)
    if not sees_all(who):
        mine = {"customer": in_sight(who), "group": groups_in_sight(who), "advisor": Advisor.userid.in_(members_in_sight(who))}
        query = query.where(mine[subject])
    row_id = {"customer": Customer.id, "group": GroupChat.id, "advisor": Advisor.id}[subject]
    return session.scalar(query.with_only_columns(func.count(row_id))) or 0


def _seen(who: Who, query: Select[Any], table: type[Touch] | type[Enrolment]) -> Select[Any]:
    return query if sees_all(who) else query.where(subjects_in_sight(who, table.subject_kind, table.subject_id))
