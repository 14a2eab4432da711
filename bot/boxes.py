"""收发件箱 as operators settle them: what is stuck and why, what it was about, try it again or give it up."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.inbox_terms import DAILY, HISTORY, KF_ENTRY, KF_POLL, KF_TEXT
from bot.messages import REPEATABLE_FOR, Channel
from bot.models import Brief, InboxMessage, OutboxMessage
from bot.queue import Row, State, is_open
from bot.wecom.callback import parse_callback
from bot.wecom.kf_entry import parse_entry
from bot.wecom.rejected import Rejected

STUCK = (State.PARKED, State.UNCLEAR)
_SOME = 500  # ids in one statement


@dataclass(frozen=True)
class Pile:
    """Stuck rows of one kind with one reason; `oldest` is when the first of them stopped."""

    kind: str
    state: str
    reason: str
    count: int
    oldest: datetime | None


@dataclass(frozen=True)
class Settled:
    """Ids that were changed, and those whose time is over, so that they stay as they are."""

    done: tuple[int, ...] = ()
    late: tuple[int, ...] = ()


@dataclass(frozen=True)
class About:
    """What a row is about: the customer, the members, and the words. Each may be empty."""

    external_id: str = ""
    userids: tuple[str, ...] = ()
    words: str = ""


def kind_of(table: type[Row]) -> InstrumentedAttribute[str]:
    """The column that says what a row is: the inbox's kind, the outbox's channel."""
    return InboxMessage.kind if table is InboxMessage else OutboxMessage.channel


def is_stuck(table: type[Row]) -> ColumnElement[bool]:
    """Parked or unclear, spelled as the partial indexes of bot/models.py spell it (see queue.is_open)."""
    return table.state.in_([literal_column("'parked'"), literal_column("'unclear'")])


def piles(session: Session, table: type[Row]) -> list[Pile]:
    """What is stuck, by kind and reason, oldest first."""
    oldest = func.min(table.settled_at, type_=table.settled_at.type)
    kind = kind_of(table)
    query = select(kind, table.state, table.reason, func.count(), oldest).where(is_stuck(table)).group_by(kind, table.state, table.reason)
    return [Pile(*row) for row in session.execute(query.order_by(oldest))]


def ids_in(session: Session, table: type[Row], pile: Pile) -> list[int]:
    """The rows of one pile, as they are now; oldest first."""
    same = (kind_of(table) == pile.kind, table.state == pile.state, table.reason == pile.reason)
    return list(session.scalars(select(table.id).where(is_stuck(table), *same).order_by(table.id)))


def try_again(session: Session, table: type[Row], ids: Sequence[int], *, reason: str, now: datetime) -> Settled:
    """Stuck rows wait again, due now, with all their attempts. Whose time is over stays; what is no longer stuck is passed over."""
    late = _late(session, ids, now=now) if table is OutboxMessage else ()
    values = {"state": State.WAITING, "due_at": now, "attempts": 0, "reason": reason, "settled_at": None}
    return Settled(_change(session, table, [one for one in ids if one not in late], values), late)


def give_up(session: Session, table: type[Row], ids: Sequence[int], *, reason: str, now: datetime) -> Settled:
    """Stuck rows end for good; what had stopped them stays readable behind `reason`."""
    state = State.IGNORED if table is InboxMessage else State.SKIPPED
    values = {"state": state, "reason": reason + "：" + table.reason, "settled_at": now}
    return Settled(_change(session, table, ids, values))


def is_late(row: Row, *, now: datetime) -> bool:
    """Its time is over: WeCom would refuse it (a welcome code lives 20 seconds)."""
    return isinstance(row, OutboxMessage) and row.expires_at is not None and row.expires_at <= now


def is_heard_once(row: OutboxMessage, *, now: datetime) -> bool:
    """Whether WeCom still recognises a repeat of this deed, so that nobody hears it twice."""
    lasts = REPEATABLE_FOR.get(Channel(row.channel))
    # Nobody can have begun before it was queued: counted from there, the answer errs on the safe side.
    return lasts is not None and now - row.created_at < lasts


def about(session: Session, row: Row) -> About:
    """What the row is about, out of what it holds; a row that was emptied or cannot be read is about nothing."""
    if isinstance(row, OutboxMessage):
        return _about_deed(session, row)
    return _about_entry(row.raw) if row.kind in (KF_TEXT, KF_ENTRY, HISTORY) else _about_callback(row)


def overdue(session: Session, table: type[Row], *, since: datetime) -> int:
    """Rows at the head of their lane that have been due since then and nobody took: 0 while somebody works."""
    free = or_(table.state == State.WAITING, table.claimed_until < since)
    heads = select(func.min(table.id)).where(is_open(table)).group_by(table.lane)
    return session.scalar(select(func.count()).select_from(table).where(table.id.in_(heads), free, table.due_at <= since)) or 0


def _late(session: Session, ids: Sequence[int], *, now: datetime) -> tuple[int, ...]:
    found: list[int] = []
    for some in _parts(ids):
        query = select(OutboxMessage.id).where(OutboxMessage.id.in_(some), is_stuck(OutboxMessage), OutboxMessage.expires_at <= now)
        found += session.scalars(query)
    return tuple(found)


def _change(session: Session, table: type[Row], ids: Sequence[int], values: dict[str, Any]) -> tuple[int, ...]:
    """Only what is still stuck: somebody else may have settled it meanwhile."""
    done: list[int] = []
    for some in _parts(ids):
        changed = update(table).where(table.id.in_(some), is_stuck(table)).values(**values).returning(table.id)
        done += session.scalars(changed.execution_options(synchronize_session=False))
    return tuple(sorted(done))


def _parts(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + _SOME] for start in range(0, len(ids), _SOME)]


def _about_deed(session: Session, row: OutboxMessage) -> About:
    payload = row.payload
    task = payload.get("task_id")
    brief = session.scalar(select(Brief).where(Brief.task_id == task)) if task else None
    external_id = payload.get("external_id") or (brief.external_id if brief else "")
    userids = payload.get("userids", []) + [payload[name] for name in ("advisor",) if payload.get(name)]
    return About(str(external_id), tuple(map(str, userids)), _words_of(payload))


def _words_of(payload: dict[str, Any]) -> str:
    """What the other side would read, or what would be done."""
    items = [str(item[-1]) for item in payload.get("items", [])]
    card = [payload.get(name) for name in ("title", "desc", "quote")]
    tags = [f"{sign}{tag[-1]}" for sign, which in (("+", "add"), ("−", "remove")) for tag in payload.get(which, [])]
    plain = [payload.get(name) for name in ("head", "text", "material", "label")]
    return "\n".join(words for words in [*plain, *items, *card, *tags] if words and isinstance(words, str))


def _about_entry(raw: str) -> About:
    try:
        entry = parse_entry(json.loads(raw))
    except ValueError:
        return About()
    servicer = str(getattr(entry, "servicer_userid", "") or "")
    words = str(getattr(entry, "text", "") or "")
    return About(str(getattr(entry, "external_userid", "")), (servicer,) if servicer else (), words)


def _about_callback(row: InboxMessage) -> About:
    if row.kind in (KF_POLL, DAILY):
        return About()
    try:
        heard = parse_callback(row.raw)
    except (Rejected, ValueError):
        return About()
    userid = str(getattr(heard, "userid", "") or "")
    return About(str(getattr(heard, "external_userid", "")), (userid,) if userid else (), str(getattr(heard, "meaning", "")))
