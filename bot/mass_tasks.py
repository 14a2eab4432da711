"""Rows about tasks at WeCom: noted when they are made, due for a look, read page by page, settled."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.mass_rule import FollowRule, MassState, Reach, Seen, after_look, first_look, reminder
from bot.messages import Channel, Payload
from bot.models import MassResult, MassTask, OutboxMessage
from core.db import insert_once

ROWS_A_DEED = 1_000


def task_of(session: Session, key: str) -> MassTask | None:
    """The task that the outbox row of this key made."""
    return session.scalar(select(MassTask).where(MassTask.key == key))


def note_made(
    session: Session,
    key: str,
    channel: Channel,
    payload: Payload,
    *,
    wecom_id: str = "",
    job: str = "",
    failed: Iterable[str] = (),
    rule: FollowRule,
    now: datetime,
) -> None:
    """A task is there: whom it is for, who was refused, when to look and to remind. With neither id nor job it came to nothing."""
    subjects = subjects_of(channel, payload)
    state = MassState.OPEN if wecom_id else MassState.MAKING if job else MassState.FAILED
    is_there, until = state is not MassState.FAILED, _until(session, key, rule, created_at=now)
    row = {
        "key": key,
        "channel": channel,
        "wecom_id": wecom_id,
        "job": job,
        "sender": str(payload.get("sender", "")),
        "plan": str(payload.get("plan", "")),
        "step": str(payload.get("step", "")),
        "asked": len(subjects),
        "state": state,
        "reason": "",
        "created_at": now,
        "look_at": first_look(rule, now, until) if is_there else None,
        "remind_at": reminder(rule, now, until) if is_there else None,
        "looks": 0,
    }
    refused = set(failed)
    for task_id in insert_once(session, MassTask, [row], unique=["key"]):
        results = [
            {"task_id": task_id, "subject": subject, "status": Reach.REFUSED if subject in refused else Reach.NOT_SENT}
            for subject in subjects
        ]
        insert_once(session, MassResult, results, unique=["task_id", "subject"])


def subjects_of(channel: Channel, payload: Payload) -> list[str]:
    """Whom the task is for: groups, customers, or the members who are to publish a moment."""
    name = {Channel.GROUP_POST: "chat_ids", Channel.MASS_MESSAGE: "external_ids", Channel.MOMENT: "senders"}[channel]
    return list(dict.fromkeys(payload[name]))


def due(session: Session, *, now: datetime, limit: int) -> tuple[list[MassTask], list[MassTask]]:
    """(tasks to look at, tasks to remind of)."""
    looks = select(MassTask).where(MassTask.look_at <= now).order_by(MassTask.look_at).limit(limit)
    reminds = select(MassTask).where(MassTask.remind_at <= now).order_by(MassTask.remind_at).limit(limit)
    return list(session.scalars(looks)), list(session.scalars(reminds))


def keep_results(session: Session, task_id: int, results: Sequence[tuple[str, Reach, datetime | None]]) -> None:
    """What WeCom told of these subjects, also of such that it chose itself."""
    subjects = {subject for subject, _, _ in results}
    known = {
        row.subject: row
        for row in session.scalars(select(MassResult).where(MassResult.task_id == task_id, MassResult.subject.in_(subjects)))
    }
    for subject, status, at in results:
        if row := known.get(subject):
            row.status, row.at = status, at
    fresh = [
        {"task_id": task_id, "subject": subject, "status": status, "at": at} for subject, status, at in results if subject not in known
    ]
    insert_once(session, MassResult, fresh, unique=["task_id", "subject"])


def settle_look(session: Session, task_id: int, confirmed_at: datetime | None, rule: FollowRule, *, now: datetime) -> MassTask:
    """A look is over: state, and the next look."""
    task = session.get_one(MassTask, task_id)
    seen = Seen(confirmed_at, complete=counts(session, task_id).get(Reach.NOT_SENT, 0) == 0)
    withdrawn = MassState(task.state) if task.cancelled_at else None
    until = _until(session, task.key, rule, created_at=task.created_at)
    state, task.look_at = after_look(rule, seen, withdrawn=withdrawn, created_at=task.created_at, until=until, now=now)
    task.state, task.confirmed_at, task.read_at = state, confirmed_at, now
    task.remind_at = task.remind_at if state is MassState.OPEN else None
    return task


def _until(session: Session, key: str, rule: FollowRule, *, created_at: datetime) -> datetime:
    """Until when it makes sense that a member sends it: as long as its touches do, but no longer than a task is followed."""
    latest = session.scalar(select(OutboxMessage.expires_at).where(OutboxMessage.key == key))
    end = created_at + rule.for_
    return min(latest, end) if latest is not None else end


def counts(session: Session, task_id: int) -> dict[Reach, int]:
    """How many subjects of a task have which status."""
    found = select(MassResult.status, func.count()).where(MassResult.task_id == task_id).group_by(MassResult.status)
    return {Reach(status): many for status, many in session.execute(found)}


def change_task(session: Session, task_id: int, **values: object) -> None:
    """Set columns of one task."""
    session.execute(update(MassTask).where(MassTask.id == task_id).values(**values))
