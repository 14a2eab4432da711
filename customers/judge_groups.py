"""Groups grow old: the lifecycle of each is computed anew every day, and an operator may hold a stage against it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from customers import group_store
from customers.lifecycle import STAGE_NAMES, GroupFacts, LifecycleRule, lifecycle
from customers.models import GroupChat, GroupStageChange
from customers.terms import GroupStage

_DAY = timedelta(days=1)


def judge(session: Session, groups: Sequence[GroupChat], rule: LifecycleRule, *, now: datetime) -> None:
    """Coefficient, parts and stage of these groups from what is visible now; a held stage stays, what is computed is kept beside it."""
    ids = [group.id for group in groups]
    moves = group_store.moves_of(session, ids, since=now - rule.window_days * _DAY)
    active = group_store.active_of(session, ids, since=now - rule.active_days * _DAY)
    for group in groups:
        joins, leaves = moves[group.id]
        group.active = active.get(group.id, 0)
        found = lifecycle(GroupFacts((now - group.created_at) / _DAY, group.customers, joins, leaves, group.active), rule)
        group.coefficient, group.parts = found.coefficient, [asdict(part) for part in found.parts]
        group.computed, group.judged_at = found.stage, now
        if not group.held_by:
            _move(session, group, found.stage, "computed", f"系数 {found.coefficient:.2f}", now=now)


def hold(session: Session, group: GroupChat, stage: GroupStage, *, by: str, why: str, now: datetime) -> None:
    """The group stays in this stage until released, whatever is computed."""
    group.held_by, group.held_why, group.held_at = by, why, now
    _move(session, group, stage, "held", why or f"固定为{STAGE_NAMES[stage]}", now=now, by=by)


def release(session: Session, group: GroupChat, *, by: str, now: datetime) -> None:
    """The formula decides again."""
    group.held_by, group.held_why, group.held_at = "", "", None
    _move(session, group, GroupStage(group.computed), "released", "恢复自动计算", now=now, by=by)


def _move(session: Session, group: GroupChat, stage: GroupStage, kind: str, text: str, *, now: datetime, by: str = "") -> None:
    if group.stage == stage and kind == "computed":
        return
    reason: dict[str, Any] = {"kind": kind, "text": text, "by": by, "coefficient": group.coefficient, "parts": group.parts}
    session.add(GroupStageChange(group_id=group.id, before=group.stage, after=stage, reason=reason, changed_at=now))
    group.stage = stage
