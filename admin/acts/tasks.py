"""跟进任务: an operator records for an advisor what came of it, puts it off, or gives it to another advisor."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from admin import audit
from admin.looks.tasks import advisors_to_choose, task_in_sight
from admin.rights import must
from admin.terms import Blocked, Right, Who
from sop.follow_up import FollowUps
from sop.models import Reminder
from sop.reminder_terms import FOLLOW_UP_NAMES, LIVE, FollowUp


def record(session: Session, who: Who, task_id: int, outcome: FollowUp, choice: str, follow_ups: FollowUps, *, now: datetime) -> None:
    """What was done; `choice` is how much later, or why lost, as on the card."""
    row = _live(session, who, task_id, Right.FOLLOW_UP)
    told = follow_ups.record(session, row, outcome, choice, who.userid or who.name, now=now)
    audit.note(session, who, f"记录跟进：{FOLLOW_UP_NAMES[outcome]}", "customer", row.external_id, after={"结果": told}, now=now)


def assign(session: Session, who: Who, task_id: int, advisor: str, follow_ups: FollowUps, *, now: datetime) -> None:
    """Another advisor is to be in touch; whose customer it is does not change."""
    row = _live(session, who, task_id, Right.ASSIGN_TASKS)
    choices: Mapping[str, str] = advisors_to_choose(session, who)
    if advisor not in choices:
        raise Blocked("请选择一位在岗的顾问")
    if advisor == row.advisor:
        raise Blocked("已经是这位顾问的任务")
    before = {"顾问": choices.get(row.advisor, row.advisor)}
    follow_ups.hand_over(session, row, advisor, who.shown_as or who.name, now=now)
    audit.note(session, who, "改派跟进任务", "customer", row.external_id, before=before, after={"顾问": choices[advisor]}, now=now)


def _live(session: Session, who: Who, task_id: int, right: Right) -> Reminder:
    must(who, right)
    row: Reminder | None = session.scalar(task_in_sight(who, task_id).with_for_update(of=Reminder))
    if row is None:
        raise Blocked("没有这个任务，或者不在您的范围内")
    if row.state not in LIVE:
        raise Blocked("这个任务已经处理过了")
    return row
