"""SOP: operators start, hold, resume and stop plans, change what a step says and when, remind and cancel."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from admin import audit
from admin.looks.plan_cockpit import task_for
from admin.looks.plan_told import step_told
from admin.looks.plan_words import plan_state
from admin.looks.plans import plan_for
from admin.rights import must
from admin.terms import Blocked, Right, Who
from bot import outbox
from bot.mass_follow import queue_cancel
from bot.mass_rule import MassState
from bot.messages import Channel
from bot.models import MassTask
from kb import store as kb_store
from kb.terms import Answer, ScriptContent
from kb.wording import wording_faults
from kb.wording_phrases import CHINESE
from sop import steer, store
from sop.calendar import DayAfter, OnDate
from sop.models import Plan
from sop.plan_reading import PERSONAL, SPOKEN_TO_ONE
from sop.plan_terms import PlanState, Step, Wording
from sop.terms import TouchKind

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_REMIND_WITHIN = timedelta(hours=6)


@dataclass(frozen=True)
class StepEdit:
    """A step as the form gives it. `day` counts for steps of a day, `weekdays` (1 is Monday) for weekly ones, `on_date` for dated ones."""

    title: str
    at: str
    wordings: Sequence[Wording]
    day: int | None = None
    weekdays: Sequence[int] = ()
    on_date: date | None = None
    valid_until: date | None = None


def plan_as_seen(session: Session, key: str, version: int) -> Plan:
    """The plan, locked, for a change by who saw this version of it. Blocked when somebody changed it since, or it is stopped."""
    plan = plan_for(session, key)
    session.refresh(plan, with_for_update=True)
    if plan.version != version:
        raise Blocked("这个计划刚被别人改过，请刷新页面后再改")
    if plan.state == PlanState.STOPPED:
        raise Blocked("这个计划已经停止，不能再改")
    return plan


def start_plan(session: Session, who: Who, key: str, *, now: datetime) -> None:
    """A draft begins to speak, a held plan goes on."""
    plan = _plan(session, who, key)
    act = "恢复计划" if plan.state == "held" else "启动计划"
    _moved(session, who, plan, act, lambda: steer.start(session, plan, now=now), now=now)


def hold_plan(session: Session, who: Who, key: str, *, now: datetime) -> None:
    """It waits until it is resumed."""
    plan = _plan(session, who, key)
    _moved(session, who, plan, "暂停计划", lambda: steer.hold(plan), now=now)


def stop_plan(session: Session, who: Who, key: str, *, now: datetime) -> int:
    """It never speaks again; how many left it."""
    plan = _plan(session, who, key)
    return _moved(session, who, plan, "停止计划", lambda: steer.stop(session, plan, now=now), now=now)


def change_step(session: Session, who: Who, key: str, step: str, edit: StepEdit, *, version: int, now: datetime) -> None:
    """What the step says and when; from now on the plan is the operators' own and the pack leaves it alone.

    Blocked when somebody else changed the plan since `version`, and with the first thing that is wrong.
    """
    plan, before = _unchanged(session, who, key, step, version)
    data = _edited(session, plan, before, edit)
    _write(session, who, plan, before, data, "修改 SOP 步骤", now=now)


def switch_step(session: Session, who: Who, key: str, step: str, *, on: bool, version: int, now: datetime) -> None:
    """Off: it stays in the plan and is not said, nor what waits of it. Everything else about it stays, also how long it is valid; once that
    is over it would say nothing, and is not switched on."""
    plan, before = _unchanged(session, who, key, step, version)
    if on and before.is_over(now):
        raise Blocked(f"「{before.title}」的失效日 {before.valid_until} 已过，启用了也不会发；请先把失效日改到以后，保存后再启用")
    old: Mapping[str, Any] = next(one for one in plan.steps if one["key"] == step)
    data = {name: value for name, value in old.items() if name != "off"} | ({} if on else {"off": True})
    _write(session, who, plan, before, data, "修改 SOP 步骤", now=now)


def remind(session: Session, who: Who, task_id: int, *, now: datetime) -> None:
    """Who has not confirmed is reminded, once for each task; the automatic reminder is dropped."""
    task = _task(session, who, task_id)
    # The key is the one of the automatic reminder: whichever is first, there is no second.
    key, lane = f"mass-remind:{task.key}", f"mass-follow:{task.key}"
    payload = {"key": task.key}
    if task.reminded_at or not outbox.enqueue(session, key, Channel.MASS_REMIND, payload, lane=lane, now=now, expires_in=_REMIND_WITHIN):
        raise Blocked("这个任务已经提醒过一次，企业微信不宜反复提醒")
    task.remind_at = None
    audit.note(session, who, "提醒确认群发", "mass_task", task.id, after={"成员": task.sender, "对象数": task.asked}, now=now)


def cancel(session: Session, who: Who, task_id: int, *, now: datetime) -> None:
    """What is not sent yet will not be; nothing that was sent comes back."""
    task = _task(session, who, task_id)
    if not queue_cancel(session, task.key, now=now):
        raise Blocked("这个任务已经在取消了")
    audit.note(session, who, "取消群发任务", "mass_task", task.id, before={"成员": task.sender, "对象数": task.asked}, now=now)


def _plan(session: Session, who: Who, key: str) -> Plan:
    must(who, Right.EDIT_SOP)
    return plan_for(session, key)


def _unchanged(session: Session, who: Who, key: str, step: str, version: int) -> tuple[Plan, Step]:
    """The plan as the operator saw it, and its step."""
    must(who, Right.EDIT_SOP)
    plan = plan_as_seen(session, key, version)
    return plan, _step(plan, step)


def _moved(session: Session, who: Who, plan: Plan, act: str, do: Callable[[], int | None], *, now: datetime) -> int:
    before = plan_state(plan.state)
    left = do() or 0
    after = {"状态": plan_state(plan.state)} | ({"离开": left} if left else {})
    audit.note(session, who, act, "plan", plan.key, before={"状态": before}, after=after, now=now)
    return left


def _task(session: Session, who: Who, task_id: int) -> MassTask:
    must(who, Right.EDIT_SOP)
    task = task_for(session, who, task_id)
    if task.state != MassState.OPEN or task.cancelled_at:
        raise Blocked("这个任务已经不在等待确认了")
    return task


def _step(plan: Plan, key: str) -> Step:
    found = store.content_of(plan).step_by_key.get(key)
    if found is None:
        raise Blocked("计划里没有这一步了，请刷新页面")
    return found


def _edited(session: Session, plan: Plan, before: Step, edit: StepEdit) -> dict[str, Any]:
    """The step's plain data with the edit in it. Blocked with the first fault."""
    fault = next(step_faults(session, plan.kind, before, edit), None)
    if fault is not None:
        raise Blocked(f"「{edit.title.strip() or before.title}」{fault}")
    old: Mapping[str, Any] = next(one for one in plan.steps if one["key"] == before.key)
    data = {**old, "title": edit.title.strip(), "at": edit.at, "wordings": [_wording(one) for one in edit.wordings]}
    match before.when:
        case DayAfter():
            data["day"] = edit.day
        case OnDate():
            data["date"] = edit.on_date.isoformat() if edit.on_date else None
        case _:
            data["weekdays"] = sorted(edit.weekdays)
    data.pop("valid_until", None)
    return data | ({"valid_until": edit.valid_until.isoformat()} if edit.valid_until else {})


def _wording(one: Wording) -> dict[str, Any]:
    said = {"script": one.script} if one.script else {"text": one.text.strip()}
    return said | ({"attachments": list(one.attachments)} if one.attachments else {})


def step_faults(session: Session, kind: str, before: Step, edit: StepEdit) -> Iterator[str]:
    """What is wrong, in the operators' language; sop/plan_reading.py holds the same rules in the pack's."""
    if not edit.title.strip():
        yield "还没有标题"
    if not _TIME.fullmatch(edit.at):
        yield "的时间要写成 10:30 这样"
    yield from _day_faults(before, edit)
    if not edit.wordings:
        yield "至少要有一种说法"
    said = [one for one in edit.wordings if not one.script]
    content = ScriptContent(
        before.key, "", edit.title, "", (), (), (), tuple(Answer(one.text, one.attachments) for one in said), valid_until=edit.valid_until
    )
    for place, reason in wording_faults(content, CHINESE) if said else ():
        yield f"说法 {int(place[1]) + 1}：{reason}" if len(place) > 1 else reason
    if TouchKind(kind) not in SPOKEN_TO_ONE and any(PERSONAL in one.text for one in said):
        yield f"群发时大家收到同样的话，不能用{PERSONAL}"
    known = kb_store.materials(session)
    yield from (f"的素材「{key}」不存在或已停用" for one in edit.wordings for key in one.attachments if key not in known)


def _day_faults(before: Step, edit: StepEdit) -> Iterator[str]:
    match before.when:
        case DayAfter() if edit.day is None or edit.day < 0:
            yield "要填第几天，0 是当天"
        case OnDate() if edit.on_date is None:
            yield "要填日期"
        case DayAfter() | OnDate():
            pass
        case _ if not edit.weekdays or not set(edit.weekdays) <= set(range(1, 8)):
            yield "至少要选一个星期几"


def _write(session: Session, who: Who, plan: Plan, before: Step, data: Mapping[str, Any], act: str, *, now: datetime) -> None:
    steps = [data if one["key"] == before.key else one for one in plan.steps]
    faults = steer.change(session, plan, {**store.as_data(plan), "steps": steps}, who.name, now=now)
    if faults:
        raise Blocked(f"「{before.title}」不能这样改：{faults[0][1]}")
    after = _step(plan, before.key)
    subject = f"{plan.key}/{before.key}"
    audit.note(session, who, act, "plan", subject, before=step_told(before), after=step_told(after), now=now)
