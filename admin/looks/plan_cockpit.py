"""What the cockpit of a plan or step shows: who must confirm, who has, whom it reached, who failed and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin.looks.plans import titles
from admin.parts.when import exactly, when
from admin.sight import members_in_sight, sees_all
from admin.terms import Blocked, Who
from bot.mass_follow import TaskSight, cockpit, failures, sights_of
from bot.mass_rule import STATE_NAMES, MassState
from bot.messages import Channel
from bot.models import MassResult, MassTask
from customers.models import Advisor, Customer, GroupChat

SHOWN_DAYS = 30
AT_MOST = 200
TONES: Mapping[str, str] = {
    STATE_NAMES[MassState.OPEN]: "warn",
    STATE_NAMES[MassState.MAKING]: "info",
    STATE_NAMES[MassState.CONFIRMED]: "good",
    STATE_NAMES[MassState.LAPSED]: "bad",
    STATE_NAMES[MassState.FAILED]: "bad",
}
_OPEN = {STATE_NAMES[MassState.OPEN], STATE_NAMES[MassState.MAKING]}


@dataclass(frozen=True)
class Reached:
    """The sum over the tasks shown; `failed` is (why, how many)."""

    asked: int
    reached: int
    waiting: int
    lost: int
    failed: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Confirmations:
    """The tasks of a plan in the last 30 days, newest first, as rows, and their sum."""

    tasks: Sequence[dict[str, Any]]
    sum: Reached


def confirmations(session: Session, who: Who, plan: str, step: str, *, now: datetime) -> Confirmations:
    """For one step, or with an empty one for the whole plan; a 店长 sees the tasks of his own people."""
    sights = _sights(session, who, plan, step, since=now - timedelta(days=SHOWN_DAYS))
    people = dict(session.execute(select(Advisor.userid, Advisor.name)).all())
    named = titles(session)
    return Confirmations([_row(one, people, named, now=now) for one in sights], _sum(sights))


def failed_of(session: Session, who: Who, task_id: int, *, limit: int = 100) -> list[tuple[str, str]]:
    """(name, why) of those whom a task did not reach; Blocked when it is not his to see."""
    task = task_for(session, who, task_id)
    found = failures(session, task.id, limit=limit)
    names = names_of(session, [subject for subject, _ in found])
    return [(names.get(subject, subject), why) for subject, why in found]


def task_for(session: Session, who: Who, task_id: int) -> MassTask:
    """The task, if he may see it; a moment belongs to several, and its results to nobody alone."""
    query = select(MassTask).where(MassTask.id == task_id)
    if not sees_all(who):
        query = query.where(MassTask.sender.in_(members_in_sight(who)))
    found = session.scalar(query)
    if found is None:
        raise Blocked("没有这个群发任务，或者不在您的范围内")
    return found


def names_of(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """What customers, groups and members are called, whatever each id names."""
    found: dict[str, str] = {}
    for id_, name in ((Customer.external_id, Customer.nickname), (GroupChat.chat_id, GroupChat.name), (Advisor.userid, Advisor.name)):
        found |= {one: called for one, called in session.execute(select(id_, name).where(id_.in_(ids))) if called}
    return found


def _sights(session: Session, who: Who, plan: str, step: str, *, since: datetime) -> list[TaskSight]:
    if sees_all(who):
        return cockpit(session, plan, step, since=since, limit=AT_MOST).tasks
    own = members_in_sight(who)
    published = select(MassResult.task_id).where(MassResult.subject.in_(own))
    mine = or_(MassTask.sender.in_(own), (MassTask.channel == Channel.MOMENT) & MassTask.id.in_(published))
    wanted = [MassTask.plan == plan, MassTask.created_at >= since, mine, *([MassTask.step == step] if step else [])]
    tasks = session.scalars(select(MassTask).where(*wanted).order_by(MassTask.created_at.desc(), MassTask.id.desc()).limit(AT_MOST)).all()
    people = set(session.scalars(own))
    return [_narrowed(one, people) if one.channel is Channel.MOMENT else one for one in sights_of(session, tasks)]


def _narrowed(one: TaskSight, people: set[str]) -> TaskSight:
    """A moment with his own people alone."""
    to_confirm, confirmed = (tuple(name for name in names if name in people) for names in (one.to_confirm, one.confirmed))
    waiting = len(to_confirm) if one.state in _OPEN else 0
    lost = len(to_confirm) - waiting
    failed = {next(iter(one.failed), one.state): lost} if lost else {}
    return replace(
        one,
        asked=len(to_confirm) + len(confirmed),
        reached=len(confirmed),
        waiting=waiting,
        lost=lost,
        failed=failed,
        to_confirm=to_confirm,
        confirmed=confirmed,
    )


def _sum(sights: Sequence[TaskSight]) -> Reached:
    failed: dict[str, int] = {}
    for one in sights:
        for why, many in one.failed.items():
            failed[why] = failed.get(why, 0) + many
    asked, reached, waiting, lost = (sum(getattr(one, name) for one in sights) for name in ("asked", "reached", "waiting", "lost"))
    return Reached(asked, reached, waiting, lost, sorted(failed.items(), key=lambda one: -one[1]))


def _row(one: TaskSight, people: Mapping[str, str], named: Mapping[str, str], *, now: datetime) -> dict[str, Any]:
    def called(userids: Sequence[str]) -> str:
        shown = "、".join(people.get(userid) or userid for userid in userids[:3])
        return f"{shown} 等 {len(userids)} 人" if len(userids) > 3 else shown

    return {
        "id": one.id,
        "key": one.key,
        "step": named.get(f"{one.plan}/{one.step}", one.step),
        "created": when(one.created_at, now=now),
        "created_exactly": exactly(one.created_at),
        "state": one.state,
        "tone": TONES.get(one.state, ""),
        "reason": one.reason,
        "to_confirm": called(one.to_confirm),
        "confirmed": called(one.confirmed),
        "confirmed_at": when(one.confirmed_at, now=now) if one.confirmed_at else "",
        "asked": one.asked,
        "reached": one.reached,
        "waiting": one.waiting,
        "lost": one.lost,
        "failed": [f"{why} {many:,}" for why, many in one.failed.items()],
        "reminded": f"{when(one.reminded_at, now=now)} 已提醒" if one.reminded_at else "",
        "read": f"结果读取于 {when(one.read_at, now=now)}" if one.read_at else "还没有读到结果",
        "may_act": one.state == STATE_NAMES[MassState.OPEN] and one.cancelled_at is None,
        "may_remind": one.reminded_at is None,
    }
