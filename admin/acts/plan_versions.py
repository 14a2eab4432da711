"""SOP: operators go back to an earlier version of a plan. It becomes a new version, and what was said or skipped is not said again."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from admin import audit
from admin.acts.plans import StepEdit, plan_as_seen, step_faults
from admin.looks.plan_history import way_back
from admin.rights import must
from admin.terms import Blocked, Right, Who
from sop import steer, store
from sop.calendar import DayAfter, OnDate, Weekly
from sop.models import Plan
from sop.plan_terms import PlanContent, Step


def restore_version(session: Session, who: Who, key: str, number: int, names: Mapping[str, str], *, version: int, now: datetime) -> None:
    """What the plan said in version `number`, as far as an edit may say it today; `version` is the one that the operator sees now.

    Blocked when somebody else changed the plan since, when nothing would change, and with the first thing that is wrong.
    """
    must(who, Right.EDIT_SOP)
    plan = plan_as_seen(session, key, version)
    back = way_back(session, who, plan, number, names)
    if not back.before and not back.after:
        raise Blocked(f"现在的内容和第 {number} 版一样")
    fault = next(_faults(session, plan, back.content), "")
    if fault:
        raise Blocked(f"第 {number} 版不能恢复：{fault}")
    steer.change(session, plan, back.body, who.name, now=now)
    audit.note(session, who, f"恢复到第 {number} 版", "plan", key, before=back.before, after=back.after, now=now)


def _faults(session: Session, plan: Plan, content: PlanContent) -> Iterator[str]:
    """What an edit of these steps would be refused for."""
    if content.kind != plan.kind:
        yield "它用的是另一种发送方式"
    now = store.content_of(plan).step_by_key
    for step in content.steps:
        if step != now.get(step.key):
            yield from (f"「{step.title}」{fault}" for fault in step_faults(session, content.kind, step, _as_edit(step)))


def _as_edit(step: Step) -> StepEdit:
    edit = StepEdit(step.title, f"{step.when.at:%H:%M}", step.wordings, valid_until=step.valid_until)
    match step.when:
        case DayAfter(days):
            return replace(edit, day=days)
        case OnDate(day):
            return replace(edit, on_date=day)
        case Weekly(weekdays):
            return replace(edit, weekdays=[day + 1 for day in weekdays])
