"""客户群: an operator lets one group's plan wait, keeps it on its track or moves it to another, and gives both back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import audit
from admin.rights import must
from admin.sight import group_for
from admin.terms import Blocked, Right, Who
from sop import steer, store
from sop.models import Enrolment
from sop.plan_terms import PlanContent

_LONGEST_WHY = 200


def hold_group(session: Session, who: Who, chat_id: str, plan: str, why: str, *, now: datetime) -> None:
    """Nothing of this plan is said to the group until it is released."""
    enrolment, content = _enrolled(session, who, chat_id, plan)
    if enrolment.held_by:
        raise Blocked(f"这个群的计划已由 {enrolment.held_by} 暂停")
    before = _told(enrolment, content)
    steer.hold_one(session, enrolment, who.name, _reason(why), now=now)
    audit.note(session, who, "暂停本群计划", "group", chat_id, before=before, after=_told(enrolment, content), now=now)


def release_group(session: Session, who: Who, chat_id: str, plan: str, *, now: datetime) -> None:
    """It goes on: what fell due meanwhile is said as far as it still makes sense."""
    enrolment, content = _enrolled(session, who, chat_id, plan)
    if not enrolment.held_by:
        raise Blocked("这个群的计划没有暂停")
    before = _told(enrolment, content)
    steer.hold_one(session, enrolment, "", now=now)
    audit.note(session, who, "恢复本群计划", "group", chat_id, before=before, after=_told(enrolment, content), now=now)


def keep_track(session: Session, who: Who, chat_id: str, plan: str, track: str, why: str, *, now: datetime) -> None:
    """The group stays on this track, its own or another, whatever its age and stage say."""
    enrolment, content = _enrolled(session, who, chat_id, plan)
    if track not in {one.key for one in content.tracks}:
        raise Blocked("请选择一条轨道")
    before = _told(enrolment, content)
    steer.hold_track(enrolment, who.name, _reason(why), track=track, now=now)
    act = "换轨并固定" if before["轨道"] != _track(enrolment, content) else "固定轨道"
    audit.note(session, who, act, "group", chat_id, before=before, after=_told(enrolment, content), now=now)


def release_track(session: Session, who: Who, chat_id: str, plan: str, *, now: datetime) -> None:
    """Its age and stage decide again, from the next look on."""
    enrolment, content = _enrolled(session, who, chat_id, plan)
    if not enrolment.track_held_by:
        raise Blocked("这个群的轨道没有固定")
    before = _told(enrolment, content)
    steer.hold_track(enrolment, "", now=now)
    audit.note(session, who, "恢复自动换轨", "group", chat_id, before=before, after=_told(enrolment, content), now=now)


def _enrolled(session: Session, who: Who, chat_id: str, plan: str) -> tuple[Enrolment, PlanContent]:
    must(who, Right.EDIT_GROUPS)
    group = group_for(session, who, chat_id)
    # The tick writes the same row: it is locked until this is done.
    mine = select(Enrolment).where(Enrolment.subject_kind == "group", Enrolment.subject_id == group.chat_id, Enrolment.plan == plan)
    found = session.scalar(mine.where(Enrolment.ended_at.is_(None)).with_for_update())
    row = store.plan(session, plan)
    if found is None or row is None:
        raise Blocked("这个群现在不在这个计划里，请刷新页面")
    return found, store.content_of(row)


def _reason(why: str) -> str:
    if not why.strip():
        raise Blocked("请写一句为什么，方便同事了解")
    return why.strip()[:_LONGEST_WHY]


def _track(enrolment: Enrolment, content: PlanContent) -> str:
    return next((one.title for one in content.tracks if one.key == enrolment.track), enrolment.track)


def _told(enrolment: Enrolment, content: PlanContent) -> dict[str, str]:
    held = f"{enrolment.held_by}：{enrolment.held_why}" if enrolment.held_by else ""
    kept = enrolment.track_why if enrolment.track_held_by else ""
    return {"计划": content.title, "暂停": held, "轨道": _track(enrolment, content), "固定轨道": kept}
