"""What is to be said: queued once, claimed by one sender, settled with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bot.messages import BY_HAND, REPEATABLE_FOR, TO_CUSTOMER, Channel, Payload
from bot.models import OutboxMessage
from bot.queue import Lease, State, anything_due, claim_rows, is_open, lock_next_due, settle
from bot.wecom.speech import kf_msgid
from core.db import Database, insert_once

_WITH_MSGID = TO_CUSTOMER | {Channel.KF_ON_EVENT}
# Built once, as in bot/inbox.py.
_OUTBOX = OutboxMessage.__table__.c
_MATERIALS_SINCE = select(_OUTBOX.payload).where(
    _OUTBOX.lane == bindparam("of_lane"),
    _OUTBOX.channel == Channel.KF_MATERIAL,
    _OUTBOX.created_at >= bindparam("since"),
    _OUTBOX.state.in_([State.WAITING, State.CLAIMED, State.DONE]),
)


@dataclass(frozen=True)
class Deed:
    """A claimed row: `attempts` counts this one; `left_open` when an earlier claim was never settled (a crash)."""

    id: int
    key: str
    channel: Channel
    payload: Payload
    attempts: int
    created_at: datetime
    left_open: bool


def enqueue(
    session: Session,
    key: str,
    channel: Channel,
    payload: Payload,
    *,
    lane: str,
    now: datetime,
    delay: timedelta = timedelta(0),
    expires_in: timedelta | None = None,
    urgent: bool = False,
) -> bool:
    """Queue it once; False when this key is there already."""
    row = {
        "key": key,
        "channel": channel,
        "lane": lane,
        "payload": payload,
        "created_at": now,
        "due_at": now + delay,
        "expires_at": now + expires_in if expires_in else None,
        "priority": 0 if urgent else 1,
        "state": State.WAITING,
        "attempts": 0,
        "claimed_by": "",
        "reason": "",
        # Known from the start, so that a msg_send_fail which overtakes our own bookkeeping finds its row.
        "wecom_id": kf_msgid(key) if channel in _WITH_MSGID else None,
    }
    return bool(insert_once(session, OutboxMessage, [row], unique=["key"]))


def claim_next(database: Database, lease: Lease, *, likely: bool = True, now: datetime) -> Deed | None:
    """The most urgent deed whose lane is free; expired and unrepeatable ones are settled on the way. `likely`: see inbox.claim_next."""
    if not likely and not anything_due(database, OutboxMessage, now=now):
        return None
    with database.unit_of_work(durable=False) as session:
        row = lock_next_due(session, OutboxMessage, now=now)
        if row is None:
            return None
        left_open = row.state == State.CLAIMED
        begun_at = row.claimed_until
        claim_rows(session, OutboxMessage, [row.id], lease, now=now)
        channel = Channel(row.channel)
        repeatable = REPEATABLE_FOR.get(channel, timedelta(0))
        expired = row.expires_at is not None and row.expires_at <= now
        if expired and not left_open:
            settle(session, OutboxMessage, [row.id], lease.worker, State.PARKED, reason="过了有效时间，没有发出", now=now)
            return None
        if left_open and begun_at is not None and (expired or now - begun_at >= repeatable):
            settle(
                session,
                OutboxMessage,
                [row.id],
                lease.worker,
                State.UNCLEAR,
                reason="发送途中中断，不确定对方是否收到；请人工确认",
                now=now,
            )
            return None
        return Deed(row.id, row.key, channel, dict(row.payload), row.attempts + 1, row.created_at, left_open)


def silence(session: Session, lane: str, *, reason: str, now: datetime) -> int:
    """Skip what waits to be read by a customer in this lane; the reason is kept. What is being sent just now is not stopped."""
    result = session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.lane == lane,
            is_open(OutboxMessage),
            OutboxMessage.state == State.WAITING,
            OutboxMessage.channel.in_(list(TO_CUSTOMER)),
            ~OutboxMessage.key.startswith(BY_HAND),
        )
        .values(state=State.SKIPPED, reason=reason, settled_at=now)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def fail_by_wecom_id(session: Session, wecom_id: str, *, reason: str, now: datetime) -> OutboxMessage | None:
    """WeCom says afterwards that a message did not arrive (msg_send_fail): the row fails with the reason."""
    row = session.scalar(select(OutboxMessage).where(OutboxMessage.wecom_id == wecom_id))
    if row is not None:
        row.state, row.reason, row.settled_at = State.PARKED, reason, now
    return row


def materials_since(session: Session, lane: str, *, since: datetime) -> set[str]:
    """Keys of the materials that were sent, or are on their way, in this lane since then."""
    return {str(payload["material"]) for payload in session.scalars(_MATERIALS_SINCE, {"of_lane": lane, "since": since})}


def by_state(session: Session, states: Sequence[State], *, limit: int = 100) -> list[OutboxMessage]:
    """Rows in these states, newest first."""
    return list(
        session.scalars(select(OutboxMessage).where(OutboxMessage.state.in_(states)).order_by(OutboxMessage.id.desc()).limit(limit))
    )
