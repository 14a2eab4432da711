"""What the boxes' page shows: what is stuck, the rows of one box, and one row with what it was about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, load_only

from admin.looks.box_words import CHANNEL_NAMES, KIND_NAMES, STATE_NAMES, advice, kept_as, reason_in_words
from admin.looks.paging import contains, part_of
from admin.looks.wanted import Wanted
from admin.parts.when import exactly, when
from admin.sight import in_sight, sees_all
from admin.terms import Blocked, Who
from bot import boxes
from bot.boxes import About, Pile
from bot.models import InboxMessage, OutboxMessage
from bot.queue import Row, State
from core.log import mask_personal
from customers.models import Customer

BOXES: Mapping[str, type[InboxMessage] | type[OutboxMessage]] = {"in": InboxMessage, "out": OutboxMessage}
PERIODS: Mapping[str, str] = {"": "最近 30 天", "1": "最近一天", "7": "最近 7 天", "all": "不限时间"}
STUCK = "stuck"
STATES: Mapping[str, str] = {STUCK: "停下和不确定", **STATE_NAMES}
_USUAL_DAYS = 30


@dataclass(frozen=True)
class Detail:
    """One row. `words` are empty where he may not read them; `hidden` says why. `facts` are (name, value)."""

    id: int
    kind: str
    state: str
    reason: str
    means: str
    do: str
    is_stuck: bool
    late: bool
    warning: str
    heard_once: bool
    customer: tuple[str, str] | None  # (external_id, name), in his sight
    facts: Sequence[tuple[str, str]]
    words: str
    hidden: str


def names_of(table: type[Row]) -> Mapping[str, str]:
    """What the kinds of rows of this box are called."""
    return KIND_NAMES if table is InboxMessage else CHANNEL_NAMES


def pile_rows(session: Session, box: str, *, now: datetime) -> list[tuple[Pile, dict[str, str]]]:
    """What is stuck in a box by reason, oldest first, and how it is said."""
    table = BOXES[box]
    return [
        (
            pile,
            {
                "kind": names_of(table).get(pile.kind, pile.kind),
                "state": STATE_NAMES[pile.state],
                "reason": reason_in_words(pile.reason) or "没有写原因",
                "since": when(pile.oldest, now=now),
                "do": advice(pile.reason)[1],
            },
        )
        for pile in boxes.piles(session, table)
    ]


def rows(session: Session, who: Who, box: str, wanted: Wanted, *, now: datetime) -> tuple[list[dict[str, Any]], int]:
    """The wanted page of a box: newest first, what is stuck oldest first."""
    table = BOXES[box]
    query = _filtered(select(table), table, wanted, now=now)
    stuck = wanted.get("state") == STUCK
    usual = [table.settled_at, table.id] if stuck else [_came(table).desc(), table.id.desc()]
    sortable = {"at": _came(table), "attempts": table.attempts}
    part = part_of(session, query, wanted, sortable=sortable, usual=usual)
    found = [(row, boxes.about(session, row)) for (row,) in part.rows]
    names = _names(session, who, [told.external_id for _, told in found])
    return [_row(table, row, told, names, now=now) for row, told in found], part.total


def detail(session: Session, who: Who, box: str, row_id: int, *, now: datetime) -> Detail:
    """One row in full. Blocked when it is gone."""
    table = BOXES[box]
    found: Any = session.get(table, row_id)
    if found is None:
        raise Blocked("没有这一条")
    row: Row = found
    told = boxes.about(session, row)
    name = _names(session, who, [told.external_id]).get(told.external_id)
    readable = name is not None or sees_all(who)
    means, do = advice(row.reason) if row.state in boxes.STUCK else ("", "")
    return Detail(
        id=row.id,
        kind=names_of(table).get(_kind(row), _kind(row)),
        state=STATE_NAMES[row.state],
        reason=reason_in_words(row.reason),
        means=means,
        do=do,
        is_stuck=row.state in boxes.STUCK,
        late=boxes.is_late(row, now=now),
        warning=_warning(row, now=now),
        heard_once=isinstance(row, OutboxMessage) and boxes.is_heard_once(row, now=now) and not boxes.is_late(row, now=now),
        customer=(told.external_id, name) if name is not None else None,
        facts=_facts(row, told),
        words=mask_personal(told.words) if readable else "",
        hidden="" if readable or not told.words else "这位客户不在您的范围内，内容不显示",
    )


def _filtered(query: Select[Any], table: type[Row], wanted: Wanted, *, now: datetime) -> Select[Any]:
    state, days = wanted.get("state"), wanted.get("days")
    if state == STUCK:
        query = query.where(boxes.is_stuck(table))
    elif state:
        query = query.where(table.state == state)
    if kind := wanted.get("kind"):
        query = query.where(boxes.kind_of(table) == kind)
    if words := wanted.get("reason"):
        query = query.where(_reason_has(table, words))
    # What is stuck is shown however old it is: it waits for somebody.
    if days != "all" and not (state == STUCK and not days):
        query = query.where(_came(table) >= now - timedelta(days=int(days) if days in PERIODS and days else _USUAL_DAYS))
    return query


def _reason_has(table: type[Row], words: str) -> ColumnElement[bool]:
    """As it is kept, which the piles' links ask for, or as it is shown."""
    shown = (
        and_(table.reason.startswith(begins, autoescape=True), table.reason.endswith(ends, autoescape=True))
        for begins, ends in kept_as(words)
    )
    return or_(contains(table.reason, words), *shown)


def _came(table: type[Row]) -> Any:
    return InboxMessage.received_at if table is InboxMessage else OutboxMessage.created_at


def _kind(row: Row) -> str:
    return row.kind if isinstance(row, InboxMessage) else row.channel


def _names(session: Session, who: Who, external_ids: Sequence[str]) -> dict[str, str]:
    """Of these customers, those in his sight, with what to call them."""
    wanted = {one for one in external_ids if one}
    of_them: ColumnElement[bool] = Customer.external_id.in_(wanted)
    query = select(Customer).options(load_only(Customer.external_id, Customer.nickname)).where(of_them, in_sight(who))
    return {customer.external_id: customer.nickname or "微信客户" for customer in session.scalars(query)} if wanted else {}


def _row(table: type[Row], row: Row, told: About, names: Mapping[str, str], *, now: datetime) -> dict[str, Any]:
    at = row.received_at if isinstance(row, InboxMessage) else row.created_at
    return {
        "id": row.id,
        "kind": names_of(table).get(_kind(row), _kind(row)),
        "to": names.get(told.external_id) or "、".join(told.userids) or "—",
        "state": STATE_NAMES[row.state],
        "tone": {"parked": "bad", "unclear": "warn", "done": "good", "waiting": "info", "claimed": "info"}.get(row.state, ""),
        "reason": reason_in_words(row.reason),
        "attempts": row.attempts,
        "at": when(at, now=now),
        "stuck": row.state in boxes.STUCK,
    }


def _warning(row: Row, *, now: datetime) -> str:
    """What must be known before it is tried again."""
    if row.state not in boxes.STUCK or isinstance(row, InboxMessage):
        return ""
    if boxes.is_late(row, now=now):
        return "已过有效时间，企业微信不会再接受，不能重试。"
    if boxes.is_heard_once(row, now=now):
        return "重试不会重复：企业微信认得这一条，收到过就不会再发一次。"
    return "重试可能让对方收到两次。" if row.state == State.UNCLEAR else "如果其实已经发出，重试会让对方收到两次。"


def _facts(row: Row, told: About) -> list[tuple[str, str]]:
    facts = [("编号", str(row.id)), ("试了几次", str(row.attempts))]
    if told.userids:
        facts.append(("成员", "、".join(told.userids)))
    if isinstance(row, InboxMessage):
        facts += [("发生", exactly(row.occurred_at)), ("收到", exactly(row.received_at))]
    else:
        facts += [("写入", exactly(row.created_at)), ("有效到", exactly(row.expires_at))]
    return [
        *facts,
        ("下次处理" if row.state == State.WAITING else "停在", exactly(row.due_at if row.state == State.WAITING else row.settled_at)),
    ]
