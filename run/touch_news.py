"""What was learnt of touches since a moment, from the outbox, from tasks at WeCom and from customers who spoke; sop may not look there."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.mass_follow import lost_because
from bot.mass_rule import MassState, Reach
from bot.messages import TASKS, Channel
from bot.models import MassResult, MassTask, OutboxMessage
from bot.queue import State
from customers.models import Customer
from sop.touch_results import HANDED_IN, LOOK_BACK, PUBLISHED, SENT, SPOKE_LATER, Became

# Who speaks later than this has another reason.
_ANSWERS_WITHIN = timedelta(days=3)
_ALONE = (Channel.KF_TEXT, Channel.INTERNAL_POST, Channel.ADVISOR_CARD, Channel.ADVISOR_TEXT)
_UNSAID = (State.PARKED, State.SKIPPED)


def news(session: Session, since: datetime, now: datetime) -> Iterator[Became]:
    """Rows that were settled, tasks that were read, customers who spoke after a mass message had reached them."""
    yield from _rows(session, since, now)
    yield from _tasks(session, since, now)
    yield from _answers(session, since)


def _rows(session: Session, since: datetime, now: datetime) -> Iterator[Became]:
    columns = (OutboxMessage.key, OutboxMessage.channel, OutboxMessage.state, OutboxMessage.reason)
    young = OutboxMessage.created_at >= now - LOOK_BACK, OutboxMessage.settled_at >= since
    for key, channel, state, reason in session.execute(select(*columns).where(*young, OutboxMessage.channel.in_([*TASKS, *_ALONE]))):
        if state in _UNSAID:
            yield Became(key, "", f"没有发出：{reason.partition('（errcode')[0]}")
        elif state == State.UNCLEAR:
            yield Became(key, "", "不确定有没有发出，请在收发件箱里确认")
        elif state == State.DONE and channel in _ALONE:
            yield Became(key, "", HANDED_IN if channel == Channel.INTERNAL_POST else SENT)


def _tasks(session: Session, since: datetime, now: datetime) -> Iterator[Became]:
    young = MassTask.created_at >= now - LOOK_BACK
    over = MassTask.state.in_([MassState.FAILED, MassState.CANCELLED])
    for task in session.scalars(select(MassTask).where(young, or_(MassTask.read_at >= since, over))):
        reached = PUBLISHED if task.channel == Channel.MOMENT else SENT
        for subject, status in session.execute(select(MassResult.subject, MassResult.status).where(MassResult.task_id == task.id)):
            text = reached if status == Reach.SENT else lost_because(task, Reach(status))
            if text:
                yield Became(task.key, subject, text)


def _answers(session: Session, since: datetime) -> Iterator[Became]:
    query = (
        select(MassTask.key, MassResult.subject, MassResult.at, Customer.last_heard_at)
        .join(MassResult, MassResult.subject == Customer.external_id)
        .join(MassTask, MassTask.id == MassResult.task_id)
        .where(Customer.last_heard_at >= since, MassResult.status == Reach.SENT, MassResult.at >= since - _ANSWERS_WITHIN)
    )
    for key, subject, reached_at, heard_at in session.execute(query):
        if reached_at and heard_at and reached_at < heard_at <= reached_at + _ANSWERS_WITHIN:
            yield Became(key, subject, SPOKE_LATER)
