"""客户群: an operator holds a group's stage against the formula, and gives it back."""

from datetime import datetime

from sqlalchemy.orm import Session

from admin import audit
from admin.rights import must
from admin.sight import group_for
from admin.terms import Blocked, Right, Who
from customers import judge_groups
from customers.lifecycle import STAGE_NAMES
from customers.models import GroupChat
from customers.terms import GroupStage

_LONGEST_WHY = 200


def hold_stage(session: Session, who: Who, chat_id: str, stage: GroupStage, why: str, *, now: datetime) -> None:
    """The group stays in this stage until it is given back."""
    group, why = _alive(session, who, chat_id), why.strip()
    if not why:
        raise Blocked("请写一句为什么固定，方便同事了解")
    before = _told(group)
    judge_groups.hold(session, group, stage, by=who.name, why=why[:_LONGEST_WHY], now=now)
    audit.note(session, who, "固定群阶段", "group", chat_id, before=before, after=_told(group), now=now)


def release_stage(session: Session, who: Who, chat_id: str, *, now: datetime) -> None:
    """The formula decides again, from this moment."""
    group = _alive(session, who, chat_id)
    if not group.held_by:
        raise Blocked("这个群的阶段没有固定")
    before = _told(group)
    judge_groups.release(session, group, by=who.name, now=now)
    audit.note(session, who, "恢复群阶段自动计算", "group", chat_id, before=before, after=_told(group), now=now)


def _alive(session: Session, who: Who, chat_id: str) -> GroupChat:
    must(who, Right.EDIT_GROUPS)
    group = group_for(session, who, chat_id)
    if group.dismissed_at is not None:
        raise Blocked("这个群已经解散")
    return group


def _told(group: GroupChat) -> dict[str, str]:
    return {"阶段": STAGE_NAMES[GroupStage(group.stage)], "固定": group.held_why}
