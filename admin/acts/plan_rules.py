"""SOP: operators change whom a plan is for, when one leaves it, and how often it may speak; and the caps and quiet hours for all plans."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from admin import audit
from admin.acts.plans import plan_as_seen
from admin.looks.plan_told import rules_told
from admin.looks.plan_words import KIND_NAMES, hours_in_words
from admin.parts.cap_rows import CapRow, QuietRow, cap_faults, caps_as_data, quiet_as_data, quiet_faults
from admin.parts.rule_rows import RuleForm, row_faults, rule_of
from admin.rights import must
from admin.terms import Blocked, Right, Who
from sop import steer, store
from sop.models import PolicyRecord
from sop.plan_reading import WITHIN_AT_MOST
from sop.policy import TouchPolicy
from sop.policy_reading import Unreadable, read_policy
from sop.preview import UNITS
from sop.terms import TouchKind

_PLACES: Mapping[str, str] = {"audience": "受众", "goal": "目标", "policy": "触达规则", "steps": "步骤"}


_IN_THE_FORM = ("caps", "quiet", "latest_hours", "again_after_days", "within_days", "exclusive")


@dataclass(frozen=True)
class RulesEdit:
    """A plan's rules as the form gives them. `again_after_days` may be empty: nobody enters twice; `within_days` too: only newcomers."""

    audience: RuleForm
    goal: RuleForm
    caps: Sequence[CapRow]
    latest_hours: str
    again_after_days: str
    exclusive: bool
    within_days: str = ""
    quiet: Sequence[QuietRow] = ()


@dataclass(frozen=True)
class PolicyEdit:
    """The rules for all plans as the form gives them; `seen` is when they were last changed as the form was opened."""

    caps: Sequence[CapRow]
    quiet: Sequence[QuietRow]
    chat_rest_minutes: str
    seen: datetime | None


def change_rules(session: Session, who: Who, key: str, edit: RulesEdit, names: Mapping[str, str], *, version: int, now: datetime) -> None:
    """All of it or nothing; from now on the plan is the operators' own. Blocked with the first thing that is wrong, or when somebody else
    changed the plan since `version`."""
    must(who, Right.EDIT_SOP)
    plan = plan_as_seen(session, key, version)
    fault = next(_faults(edit), "")
    if fault:
        raise Blocked(fault)
    before = rules_told(store.content_of(plan), names)
    policy = {name: value for name, value in plan.policy.items() if name not in _IN_THE_FORM}
    policy |= {"latest_hours": int(edit.latest_hours), "exclusive": edit.exclusive}
    if edit.caps:
        policy["caps"] = caps_as_data(edit.caps, f"每{UNITS[TouchKind(plan.kind)]}" if plan.kind else "")
    if edit.quiet:
        policy["quiet"] = quiet_as_data(edit.quiet)
    days = {"again_after_days": edit.again_after_days.strip(), "within_days": edit.within_days.strip()}
    policy |= {name: int(text) for name, text in days.items() if text}
    data = {**store.as_data(plan), "audience": rule_of(edit.audience), "goal": rule_of(edit.goal), "policy": policy}
    wrong = steer.change(session, plan, data, who.name, now=now)
    if wrong:
        place, reason = wrong[0]
        raise Blocked(f"{_PLACES.get(str(place[0]) if place else '', '计划')}不能这样写：{reason}")
    audit.note(session, who, "修改 SOP 规则", "plan", key, before=before, after=rules_told(store.content_of(plan), names), now=now)


def change_policy(session: Session, who: Who, edit: PolicyEdit, *, now: datetime) -> None:
    """The caps and quiet hours for all plans. What waits is looked at anew, because it may go now."""
    must(who, Right.EDIT_SOP)
    row: PolicyRecord | None = session.get(PolicyRecord, 1, with_for_update=True)
    if (row.updated_at if row else None) != edit.seen:
        raise Blocked("总规则刚被别人改过，请刷新页面后再改")
    fault = next(_policy_faults(edit), "")
    if fault:
        raise Blocked(fault)
    minutes = int(edit.chat_rest_minutes)
    body = {"caps": caps_as_data(edit.caps, "每个对象"), "quiet": quiet_as_data(edit.quiet), "chat_rest_minutes": minutes}
    try:
        after = read_policy(body)
    except Unreadable as wrong:
        raise Blocked(f"总规则不能这样写：{wrong.reason}") from None
    before = policy_in_words(read_policy(row.body)) if row else {}
    if row is None:
        session.add(PolicyRecord(id=1, body=body, made_by=who.name, updated_at=now))
    else:
        row.body, row.made_by, row.updated_at = body, who.name, now
    for plan in store.plans(session, store.LIVE_STATES):
        store.wake(session, plan.key, now=now)
    audit.note(session, who, "修改触达总规则", "policy", 1, before=before, after=policy_in_words(after), now=now)


def policy_in_words(policy: TouchPolicy) -> dict[str, Any]:
    """As an operator reads it: caps by name, quiet hours by way."""
    hours: dict[str, list[str]] = {}
    for kind, quiet in policy.quiet.items():
        hours.setdefault(hours_in_words(quiet), []).append(KIND_NAMES[kind])
    quiet_told = [f"{'、'.join(kinds)} {span}" for span, kinds in hours.items()]
    rest = f"{int(policy.chat_rest.total_seconds()) // 60} 分钟"
    return {"次数上限": [cap.name for cap in policy.caps], "免打扰": quiet_told, "聊天后静默": rest}


def _faults(edit: RulesEdit) -> Iterator[str]:
    yield from (f"受众：{fault}" for fault in row_faults(edit.audience))
    yield from (f"目标：{fault}" for fault in row_faults(edit.goal))
    yield from (f"次数上限：{fault}" for fault in cap_faults(edit.caps))
    yield from quiet_faults(edit.quiet, kinds=False)
    if not edit.latest_hours.strip().isdecimal() or int(edit.latest_hours) < 1:
        yield "「到点后几小时内有效」要填 1 或更大的整数"
    if edit.again_after_days.strip() and not edit.again_after_days.strip().isdecimal():
        yield "「离开几天后可再次进入」要填整数，不允许再次进入就留空"
    within = edit.within_days.strip()
    if within and (not within.isdecimal() or int(within) > WITHIN_AT_MOST.days):
        yield f"「启动前几天内符合的也进入」要填 0 到 {WITHIN_AT_MOST.days} 的整数，或者留空"


def _policy_faults(edit: PolicyEdit) -> Iterator[str]:
    yield from cap_faults(edit.caps)
    yield from quiet_faults(edit.quiet, kinds=True)
    if not edit.chat_rest_minutes.strip().isdecimal():
        yield "「聊天后静默」要填分钟数，0 表示不需要"
