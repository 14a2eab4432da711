"""Pure: what a plan says as an operator reads it, for the audit, the history and the way back to an earlier version."""

from collections.abc import Mapping
from typing import Any

from admin.looks.plan_words import RULE_NAMES, hours_in_words, when_in_words
from sop.audience_rule import in_words
from sop.plan_terms import PlanContent, Step

Told = dict[str, Any]


def rules_told(content: PlanContent, names: Mapping[str, str]) -> Told:
    """Whom it is for, when one leaves it and how often it may speak."""
    words = {**names, **RULE_NAMES}
    return {
        "受众": in_words(content.audience, words),
        "目标": in_words(content.goal, words) if content.goal else "",
        "次数上限": [cap.name for cap in content.caps],
        "免打扰": [hours_in_words(hours) for hours in content.quiet],
        "到点后有效": f"{int(content.latest.total_seconds()) // 3600} 小时",
        "启动前符合的": f"{content.within.days} 天内的也进入" if content.within else "不进入",
        "可再次进入": f"离开 {content.again_after.days} 天后" if content.again_after is not None else "不可以",
        "同一客户只由一个计划负责": "是" if content.exclusive else "否",
    }


def step_told(step: Step) -> Told:
    """One step."""
    said = [one.text or f"话术 {one.script}" for one in step.wordings]
    until = step.valid_until.isoformat() if step.valid_until else "长期"
    state = "已停用" if step.is_off else "启用"
    return {"标题": step.title, "时间": when_in_words(step.when), "说法": said, "失效日": until, "状态": state}


def difference(before: PlanContent, after: PlanContent, names: Mapping[str, str]) -> tuple[Told, Told]:
    """Only what differs between two versions of a plan."""
    old, new = _whole(before, after, names), _whole(after, before, names)
    differing = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
    return {name: old[name] for name in differing if name in old}, {name: new[name] for name in differing if name in new}


def _whole(content: PlanContent, other: PlanContent, names: Mapping[str, str]) -> Told:
    told: Told = {"名称": content.title, "说明": content.about, "优先级": content.priority, **rules_told(content, names)}
    told["轨道"] = [f"{track.title}（第 {track.from_week} 周起）" for track in content.tracks]
    for step in content.steps:
        # A step is called alike on both sides, also when its title differs.
        twin = other.step_by_key.get(step.key)
        name = min(step.title, twin.title) if twin else step.title
        own = step_told(step) | {"素材": [key for one in step.wordings for key in one.attachments], "轨道": step.track}
        told |= {f"「{name}」{part}": value for part, value in own.items()}
    return told
