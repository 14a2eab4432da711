"""Claiming work so that each row is done once and each lane in order, with any number of threads and processes.

A claim is a short transaction of its own: conditional update on SQLite, `SKIP LOCKED` besides on PostgreSQL. Whoever settles a row must
still hold its claim; a claim that ran out was given to somebody else, and the late worker's whole transaction is rolled back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Select, Table, Update, and_, bindparam, exists, literal_column, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, aliased

from bot.models import InboxMessage, OutboxMessage
from core.db import Database, UtcDateTime
from core.errors import AssistantError

ATTEMPTS = 5  # of something that fails by itself; then it is parked for an operator

Row = InboxMessage | OutboxMessage
RowT = TypeVar("RowT", InboxMessage, OutboxMessage)


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


def is_open(table: type[Row]) -> ColumnElement[bool]:
    """Waiting or claimed, spelled as the partial indexes of bot/models.py spell it: with bound values a database cannot prove that the
    index holds every row that is asked for, and reads the whole table instead."""
    return table.state.in_([literal_column("'waiting'"), literal_column("'claimed'")])


def anything_due(database: Database, table: type[Row], *, now: datetime) -> bool:
    """Whether there is a row to claim; a look that locks nothing."""
    with database.reading() as session:
        return session.scalar(_anything_due(table), {"now": now}) is not None


def lock_next_due(session: Session, table: type[RowT], *, now: datetime) -> RowT | None:
    """The most urgent open row whose lane has nothing older open, locked until the transaction ends; what somebody else has locked is
    passed over."""
    row: RowT | None = session.scalar(_next_due_locked(table), {"now": now})
    return row


@cache
def _anything_due(table: type[Row]) -> Select[Any]:
    return _next_due(table).with_only_columns(table.id)


@cache
def _next_due_locked(table: type[Row]) -> Select[Any]:
    return _next_due(table).with_for_update(skip_locked=True)


@cache
def _next_due(table: type[Row]) -> Select[Any]:
    # Built once: every thread looks ten times a second, and building the statement costs more than running it.
    older, now = aliased(table), bindparam("now", type_=UtcDateTime)
    blocked = exists().where(older.lane == table.lane, older.id < table.id, is_open(older))
    free = or_(table.state == State.WAITING, and_(table.state == State.CLAIMED, table.claimed_until < now))
    return (
        select(table).where(is_open(table), free, table.due_at <= now, ~blocked).order_by(table.priority, table.due_at, table.id).limit(1)
    )


# Statements about whole tables, not entities, each built once: the session's own way costs several times as much a row (decision 0009).


def _of(table: type[Row]) -> Table:
    return cast(Table, table.__table__)


@cache
def _claim(table: type[Row]) -> Update:
    t = _of(table)
    taken = {"state": State.CLAIMED, "claimed_by": bindparam("worker"), "claimed_until": bindparam("until"), "attempts": t.c.attempts + 1}
    return update(t).where(t.c.id.in_(bindparam("ids", expanding=True))).values(taken)


@cache
def _settle(table: type[Row], *also: str) -> Update:
    ended: dict[str, Any] = {"state": bindparam("end"), "reason": bindparam("why"), "settled_at": bindparam("at")}
    return _end_claim(table).values(ended | {name: bindparam(f"also_{name}") for name in also})


@cache
def _again(table: type[Row]) -> Update:
    return _end_claim(table).values(state=State.WAITING, due_at=bindparam("at"), reason=bindparam("why"))


def _end_claim(table: type[Row]) -> Update:
    t = _of(table)
    is_ours = and_(t.c.id.in_(bindparam("ids", expanding=True)), t.c.claimed_by == bindparam("worker"), t.c.state == State.CLAIMED)
    return update(t).where(is_ours).values(claimed_by="", claimed_until=None)


def claim_rows(session: Session, table: type[Row], ids: Sequence[int], lease: Lease, *, now: datetime) -> None:
    """Take these rows. The caller holds their locks (PostgreSQL) or the write lock (SQLite)."""
    until = now + timedelta(seconds=lease.seconds)
    session.execute(_claim(table), {"ids": list(ids), "worker": lease.worker, "until": until})


def settle(
    session: Session, table: type[Row], ids: Sequence[int], worker: str, state: State, *, reason: str = "", now: datetime, **also: Any
) -> None:
    """End the claim with a state and its reason. ClaimLost when it is no longer ours."""
    ended = {"ids": list(ids), "worker": worker, "end": state, "why": reason, "at": now}
    result = session.execute(_settle(table, *also), ended | {f"also_{name}": value for name, value in also.items()})
    _expect(result, len(ids))


def again(session: Session, table: type[Row], ids: Sequence[int], worker: str, *, at: datetime, reason: str) -> None:
    """Give the rows back to be tried once more at that moment."""
    result = session.execute(_again(table), {"ids": list(ids), "worker": worker, "at": at, "why": reason})
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
