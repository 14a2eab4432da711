"""What operators did to a plan: who, when, from what to what, the newest first; and what it said before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin.looks.audit import changes
from admin.looks.plan_told import Told, difference
from admin.models import AuditEntry
from admin.parts.when import exactly, when
from admin.rights import must
from admin.terms import Blocked, Right, Who
from sop import store
from sop.models import Plan
from sop.plan_reading import read_plan
from sop.plan_terms import PlanContent

SHOWN = 100


@dataclass(frozen=True)
class WayBack:
    """An earlier version of a plan, and what would differ: as it is now (`before`) and as it would be (`after`)."""

    content: PlanContent
    body: Mapping[str, Any]
    before: Told
    after: Told


def history_of(session: Session, who: Who, plan: str, *, now: datetime) -> list[dict[str, Any]]:
    """For who sees SOP: changes of the plan itself and of its steps, at most a hundred."""
    must(who, Right.SEE_SOP)
    its = or_(AuditEntry.subject_id == plan, AuditEntry.subject_id.startswith(f"{plan}/", autoescape=True))
    found = session.scalars(select(AuditEntry).where(AuditEntry.subject == "plan", its).order_by(AuditEntry.id.desc()).limit(SHOWN))
    return [
        {
            "at": when(entry.at, now=now),
            "at_exactly": exactly(entry.at),
            "by": entry.operator,
            "act": entry.act,
            "changes": changes(entry.before or {}, entry.after or {}, {}),
        }
        for entry in found
    ]


def earlier_versions(session: Session, who: Who, plan: str, *, now: datetime) -> list[dict[str, Any]]:
    """What the plan said before, for who sees SOP: number, by whom, and until when it held."""
    must(who, Right.SEE_SOP)
    return [
        {
            "version": one.version,
            "by": "内容包" if one.made_by == store.PACK else one.made_by,
            "until": when(one.replaced_at, now=now),
            "until_exactly": exactly(one.replaced_at),
        }
        for one in store.earlier_versions(session, plan)
    ]


def way_back(session: Session, who: Who, plan: Plan, number: int, names: Mapping[str, str]) -> WayBack:
    """To this version. Blocked when there is none, or when it cannot be read any more."""
    must(who, Right.SEE_SOP)
    earlier = next((one for one in store.earlier_versions(session, plan.key) if one.version == number), None)
    if earlier is None:
        raise Blocked(f"没有第 {number} 版")
    # What does not exist yet has not come about by going back.
    body = {**earlier.body, "needs": plan.needs}
    content, faults = read_plan(plan.key, body)
    if content is None:
        raise Blocked(f"第 {number} 版不能恢复：{faults[0][1]}")
    return WayBack(content, body, *difference(store.content_of(plan), content, names))
