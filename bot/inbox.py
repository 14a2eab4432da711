"""What was heard: stored once, claimed a turn at a time, each lane in order."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from bot.burst import BurstRule, turn_over_at
from bot.inbox_terms import KF_NOTICE, KF_TEXT, Claimed, Item, Received
from bot.models import InboxMessage
from bot.queue import ATTEMPTS, Lease, State, anything_due, claim_rows, is_open, lock_next_due, settle
from bot.wecom.kf_entry import CustomerText, parse_entry
from core.db import Database, UtcDateTime, insert_once

# Built once: on the path of a message building a statement costs more than running it (decision 0009).
_INBOX = InboxMessage.__table__.c
_IS_WAITING = (_INBOX.lane == bindparam("of_lane"), is_open(InboxMessage), _INBOX.state == State.WAITING)
_WAITING_TEXTS = select(_INBOX.id, _INBOX.received_at, _INBOX.raw).where(*_IS_WAITING, _INBOX.kind == KF_TEXT, _INBOX.attempts == 0)
_WAITING_TEXTS = _WAITING_TEXTS.order_by(_INBOX.id)
_UPDATE = update(cast(Table, InboxMessage.__table__))
_HOLD = _UPDATE.where(_INBOX.id.in_(bindparam("ids", expanding=True))).values(due_at=bindparam("at"))
_SETTLE_NOTICES = _UPDATE.where(*_IS_WAITING, _INBOX.kind == KF_NOTICE, _INBOX.received_at <= bindparam("at", type_=UtcDateTime)).values(
    state=State.DONE, reason="同一次拉取已包含", settled_at=bindparam("at", type_=UtcDateTime)
)
_LATER_IN_LANE = (
    select(InboxMessage)
    .where(InboxMessage.lane == bindparam("of_lane"), InboxMessage.id > bindparam("head"), is_open(InboxMessage))
    .order_by(InboxMessage.id)
    .limit(20)
)


def accept(session: Session, messages: Sequence[Received], *, state: State = State.WAITING, reason: str = "", now: datetime) -> list[int]:
    """Keep what is new; returns the ids of what was. WeCom repeats itself, the unique key does not."""
    rows: list[dict[str, Any]] = [
        {
            "dedup_key": m.dedup_key,
            "kind": m.kind,
            "lane": m.lane,
            "raw": m.raw,
            "occurred_at": m.occurred_at,
            "received_at": now,
            "due_at": now,
            "priority": 0 if m.urgent else 1,
            "state": state,
            "reason": reason,
            "settled_at": None if state == State.WAITING else now,
            "attempts": 0,
            "claimed_by": "",
        }
        for m in messages
    ]
    return insert_once(session, InboxMessage, rows, unique=["dedup_key"])


def hold_turn(session: Session, lane: str, rule: BurstRule, *, spoke_before: datetime | None) -> None:
    """Let the waiting texts of a lane become due together, when their turn is over."""
    waiting = session.execute(_WAITING_TEXTS, {"of_lane": lane}).all()
    due = turn_over_at([(received_at, _words(raw)) for _, received_at, raw in waiting], rule, spoke_before=spoke_before)
    session.execute(_HOLD, {"ids": [id_ for id_, _, _ in waiting], "at": due})


def ignore_waiting(session: Session, dedup_key: str, *, reason: str, now: datetime) -> bool:
    """A message that was taken back before anybody looked at it; False when it is too late for that."""
    result = session.execute(
        update(InboxMessage)
        .where(InboxMessage.dedup_key == dedup_key, InboxMessage.state == State.WAITING)
        .values(state=State.IGNORED, reason=reason, settled_at=now)
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]


def settle_older_notices(session: Session, item: Item, *, now: datetime) -> None:
    """Doorbells that rang before we went to the door ask for nothing more."""
    session.execute(_SETTLE_NOTICES, {"of_lane": item.lane, "at": now})


def claim_next(database: Database, lease: Lease, *, likely: bool = True, now: datetime) -> Claimed | None:
    """The next turn whose lane is free, or None. Unless one is `likely`, a look that takes no lock comes first."""
    if not likely and not anything_due(database, InboxMessage, now=now):
        return None
    with database.unit_of_work(durable=False) as session:
        head = lock_next_due(session, InboxMessage, now=now)
        if head is None:
            return None
        if head.attempts >= ATTEMPTS and head.state == State.CLAIMED:
            # Whoever took it never came back, again and again: it is the message that ends the process.
            claim_rows(session, InboxMessage, [head.id], lease, now=now)
            park(session, [head.id], lease.worker, reason=f"处理 {head.attempts} 次都中断，请人工查看", now=now)
            return None
        rows = [head, *(_rest_of_turn(session, head) if head.kind == KF_TEXT else [])]
        items = tuple(Item(r.id, r.kind, r.lane, r.raw, r.occurred_at, r.received_at, r.attempts + 1) for r in rows)
        claim_rows(session, InboxMessage, [row.id for row in rows], lease, now=now)
        return Claimed(items)


def park(session: Session, ids: Sequence[int], worker: str, *, reason: str, now: datetime) -> None:
    """It failed for good: an operator sees it with its reason, and the lane goes on."""
    settle(session, InboxMessage, ids, worker, State.PARKED, reason=reason, now=now)


def open_count(session: Session) -> int:
    """How many rows wait or are being handled."""
    return len(session.scalars(select(InboxMessage.id).where(is_open(InboxMessage))).all())


def _rest_of_turn(session: Session, head: InboxMessage) -> list[InboxMessage]:
    """The texts that follow directly: something else in between (a picture, an event) ends the turn."""
    later = session.scalars(_LATER_IN_LANE, {"of_lane": head.lane, "head": head.id}).all()
    rest: list[InboxMessage] = []
    for row in later:
        if row.kind != KF_TEXT:
            break
        rest.append(row)
    return rest


def _words(raw: str) -> str:
    entry = parse_entry(json.loads(raw))
    return entry.text if isinstance(entry, CustomerText) else ""
