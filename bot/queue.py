"""Claiming work so that each row is done once and each lane in order, with any number of threads and processes.

A claim is a short transaction of its own: conditional update on SQLite, `SKIP LOCKED` besides on PostgreSQL. Whoever settles a row must
still hold its claim; a claim that ran out was given to somebody else, and the late worker's whole transaction is rolled back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, aliased

from bot.models import InboxMessage, OutboxMessage
from core.errors import AssistantError

ATTEMPTS = 5  # of something that fails by itself; then it is parked for an operator

Row = InboxMessage | OutboxMessage


class State(StrEnum):
    """The life of a row. Every end has a reason beside it."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DONE = "done"  # handled, or sent
    IGNORED = "ignored"  # needs nothing: unknown kind, own echo, recalled
    SKIPPED = "skipped"  # was not said on purpose: opted out, a person serves …
    PARKED = "parked"  # failed for good: an operator decides
    UNCLEAR = "unclear"  # a crash left open whether it was said, and repeating could say it twice


@dataclass(frozen=True)
class Lease:
    """Who claims, and how long the claim holds."""

    worker: str
    seconds: float


class ClaimLost(AssistantError):
    """The lease ran out and somebody else has the row; this transaction must not count."""


def next_due(table: type[Row], *, now: datetime) -> Select[Any]:
    """The most urgent open row whose lane has nothing older open."""
    older = aliased(table)
    blocked = exists().where(older.lane == table.lane, older.id < table.id, older.state.in_([State.WAITING, State.CLAIMED]))
    free = or_(table.state == State.WAITING, and_(table.state == State.CLAIMED, table.claimed_until < now))
    return select(table).where(free, table.due_at <= now, ~blocked).order_by(table.priority, table.due_at, table.id).limit(1)


def claim_rows(session: Session, table: type[Row], ids: Sequence[int], lease: Lease, *, now: datetime) -> None:
    """Take these rows. The caller holds their locks (PostgreSQL) or the write lock (SQLite)."""
    session.execute(
        update(table)
        .where(table.id.in_(ids))
        .values(
            state=State.CLAIMED, claimed_by=lease.worker, claimed_until=now + timedelta(seconds=lease.seconds), attempts=table.attempts + 1
        )
        .execution_options(synchronize_session=False)
    )


def settle(
    session: Session, table: type[Row], ids: Sequence[int], worker: str, state: State, *, reason: str = "", now: datetime, **also: Any
) -> None:
    """End the claim with a state and its reason. ClaimLost when it is no longer ours."""
    result = session.execute(
        update(table)
        .where(table.id.in_(ids), table.claimed_by == worker, table.state == State.CLAIMED)
        .values(state=state, reason=reason, settled_at=now, claimed_by="", claimed_until=None, **also)
        .execution_options(synchronize_session=False)
    )
    _expect(result, len(ids))


def again(session: Session, table: type[Row], ids: Sequence[int], worker: str, *, at: datetime, reason: str) -> None:
    """Give the rows back to be tried once more at that moment."""
    result = session.execute(
        update(table)
        .where(table.id.in_(ids), table.claimed_by == worker, table.state == State.CLAIMED)
        .values(state=State.WAITING, due_at=at, reason=reason, claimed_by="", claimed_until=None)
        .execution_options(synchronize_session=False)
    )
    _expect(result, len(ids))


def expire_claims(session: Session, table: type[Row], *, now: datetime) -> int:
    """Let every claim run out now: only for a process that knows it is the only one (it holds the data folder's lock).

    The rows stay «claimed», so that whoever takes them next sees that somebody had begun. A claim that ran out before keeps its time:
    it tells how long ago somebody began, and so whether repeating is safe (REPEATABLE_FOR).
    """
    result: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(table).where(table.state == State.CLAIMED, table.claimed_until >= now).values(claimed_until=now - timedelta(seconds=1))
    )
    return int(result.rowcount)


def backoff(attempts: int) -> timedelta:
    """1, 2, 4, 8 … seconds, at most five minutes (reference §2.3)."""
    return timedelta(seconds=min(300, 2 ** max(0, attempts - 1)))


def _expect(result: Any, count: int) -> None:
    if result.rowcount != count:
        raise ClaimLost("the claim ran out before the work was done")
