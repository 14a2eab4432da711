"""Pure: how plans, their steps and what became of a touch are told to operators."""

from collections.abc import Mapping

from bot.mass_rule import REACH_NAMES, STATE_NAMES, MassState, Reach
from customers.lifecycle import STAGE_NAMES
from customers.rules import LEVEL_NAMES
from sop.calendar import DayAfter, Days, OnDate, When
from sop.plan_terms import PLAN_STATE_NAMES, Choose, PlanState
from sop.policy import QuietHours
from sop.terms import Skipped, TouchKind

KIND_NAMES: Mapping[str, str] = {
    TouchKind.GROUP_POST: "客户群群发",
    TouchKind.INTERNAL_POST: "内部群",
    TouchKind.MASS_MESSAGE: "企业群发",
    TouchKind.KF_MESSAGE: "客服会话",
    TouchKind.MOMENT: "朋友圈",
    TouchKind.ADVISOR_CARD: "顾问提醒",
}
STATE_TONES: Mapping[str, str] = {PlanState.DRAFT: "", PlanState.RUNNING: "good", PlanState.HELD: "warn", PlanState.STOPPED: "bad"}
VERDICT_NAMES: Mapping[str, str] = {"go": "发", "wait": "等", "skip": "不发"}
VERDICT_TONES: Mapping[str, str] = {"go": "good", "wait": "warn", "skip": ""}
CHOOSE_NAMES: Mapping[Choose, str] = {Choose.ROTATE: "轮流使用", Choose.SPLIT: "分组对比"}
WEEKDAYS = "一二三四五六日"
_ONLY = {Days.ANY: "", Days.WORKDAYS: "（仅工作日）", Days.HOLIDAYS: "（仅节假日）"}
# Keys that stand in audience rules beside those of the pack.
RULE_NAMES: Mapping[str, str] = {**{str(one): name for one, name in STAGE_NAMES.items()}, "visit_time": "到店时间"} | {
    str(level): f"{level} {name}" for level, name in LEVEL_NAMES.items()
}


def plan_state(state: str) -> str:
    """«运行中»."""
    return PLAN_STATE_NAMES[PlanState(state)]


def when_in_words(when: When) -> str:
    """«第 3 天 10:30», «每周三、六 20:00（第 2–6 周）», «2026-12-24 10:00»."""
    match when:
        case OnDate(day, at):
            return f"{day} {at:%H:%M}"
        case DayAfter(days, at, on):
            return f"第 {days} 天 {at:%H:%M}{_ONLY[on]}"
        case weekly:
            names = "、".join(WEEKDAYS[day] for day in sorted(weekly.weekdays))
            return f"每周{names} {weekly.at:%H:%M}{_weeks(weekly.first_week, weekly.last_week)}{_ONLY[weekly.on]}"


def hours_in_words(hours: QuietHours) -> str:
    """«12:00–14:00»."""
    return f"{hours.begin:%H:%M}–{hours.end:%H:%M}"


def reason_in_words(reason: str, detail: str, titles: Mapping[str, str]) -> str:
    """The reason with what it names; a touch that took the place of another is told by its plan and step."""
    if not detail:
        return reason
    if reason == Skipped.MERGED:
        _, plan, step, *_ = [*detail.split(":"), "", ""]
        detail = step_title(plan, step, titles)
    return f"{reason}：{detail}"


def step_title(plan: str, step: str, titles: Mapping[str, str]) -> str:
    """«客户群运营 SOP · 开群欢迎»; what is not a plan's is told as it is called."""
    own = titles.get(f"{plan}/{step}", step)
    return " · ".join(filter(None, [titles.get(plan, plan), own]))


def reach_in_words(reach: int, state: str) -> str:
    """What became of one subject of a task at WeCom."""
    if reach != Reach.NOT_SENT:
        return REACH_NAMES[Reach(reach)]
    return "成员确认了，但没有发给它" if state == MassState.CONFIRMED else STATE_NAMES[MassState(state)]


def _weeks(first: int, last: int | None) -> str:
    if last is None:
        return f"（第 {first} 周起）" if first > 1 else ""
    return f"（第 {first} 周）" if first == last else f"（第 {first}–{last} 周）"
