"""What the page of one conversation shows: who serves the customer, what may still be said, and the lines with all that belongs to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from admin.looks.conversation_reading import Reading, readings_of
from admin.looks.conversations import advisor_names, holders, served_by
from admin.looks.corrections import Fix, fixes_of
from admin.looks.said import said, titles_in
from admin.parts.phones import masked
from admin.sight import customer_for
from admin.terms import Who
from bot import sessions
from bot.budget import Room, room
from bot.describe import DECISION_NAMES, reason_name
from bot.messages import TO_CUSTOMER, kf_lane
from bot.models import InboxMessage, KfSession, OutboxMessage, Utterance
from bot.queue import State, is_open
from bot.serving import Serves, who_serves
from customers.models import Customer
from kb.models import Script

LINES = 40  # at first, and with every click on «earlier»


@dataclass(frozen=True)
class Servicer:
    """Somebody who may be given the session."""

    userid: str
    name: str
    on_duty: bool
    busy: int


@dataclass(frozen=True)
class Account:
    """One kf account in which this customer speaks."""

    open_kfid: str
    name: str
    serves: Serves
    served_by: str
    held_by: str
    waiting_since: datetime | None
    room: Room
    moving: bool  # a change of session is on its way
    servicers: tuple[Servicer, ...]


@dataclass(frozen=True)
class Delivery:
    """What became of something we said: «等待发送», «已发送», «没有发出：…»."""

    state: str
    reason: str = ""


@dataclass(frozen=True)
class Line:
    """One bubble. `side`: customer, us or system; `scripts` are (key, version, title); `account` only where there are several.

    `hides`: a phone number in it is not shown.
    """

    id: int
    msgid: str
    at: datetime
    side: str
    name: str
    kind: str
    words: str
    recalled: bool = False
    decision: str = ""
    reason: str = ""
    scripts: tuple[tuple[str, str, str], ...] = ()
    delivery: Delivery | None = None
    reading: Reading | None = None
    fixes: tuple[Fix, ...] = ()
    account: str = ""
    hides: bool = False


@dataclass(frozen=True)
class Names:
    """Chinese names of pack keys and of signals."""

    things: Mapping[str, str]
    signals: Mapping[str, str]


def accounts(session: Session, who: Who, external_id: str, *, now: datetime) -> list[Account]:
    """The kf accounts of this customer, the one he spoke in last first. Blocked for a customer out of sight."""
    customer_for(session, who, external_id)
    rows = session.scalars(select(KfSession).where(KfSession.external_id == external_id)).all()
    names = advisor_names(session)
    ordered = sorted(rows, key=lambda kf: (kf.heard_at is None, -(kf.heard_at.timestamp() if kf.heard_at else 0), kf.id))
    return [_account(session, kf, names, now=now) for kf in ordered]


def room_in(session: Session, kf: KfSession, *, now: datetime) -> Room:
    """What may still be said there, counting what is still on its way."""
    lane = kf_lane(kf.open_kfid, kf.external_id)
    count = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.lane == lane, is_open(OutboxMessage))
    queued = session.scalar(count.where(OutboxMessage.channel.in_(list(TO_CUSTOMER)))) or 0
    return room(state=kf.state, heard_at=kf.heard_at, said_since=kf.said_since + queued, now=now)


def stamp(session: Session, external_id: str, pending: Sequence[str], *, now: datetime) -> tuple[object, ...]:
    """Changes whenever the page would show something else. `pending` are the keys of our messages whose fate may still change."""
    mine = Utterance.external_id == external_id
    lines = session.execute(select(func.max(Utterance.id), func.count(Utterance.recalled_at)).where(mine)).one()
    kf = session.scalars(select(KfSession).where(KfSession.external_id == external_id)).all()
    states = session.execute(select(OutboxMessage.key, OutboxMessage.state).where(OutboxMessage.key.in_(pending))).all() if pending else []
    serves = [(one.id, who_serves(one, now=now), one.servicer, one.held_by, one.heard_at, one.said_since, one.waiting_since) for one in kf]
    return (tuple(lines), tuple(serves), tuple(sorted((key, state) for key, state in states)))


def lines(
    session: Session, who: Who, external_id: str, names: Names, *, before: tuple[datetime, int] | None = None, limit: int = LINES
) -> list[Line]:
    """The newest `limit` lines, or those before (moment, id); oldest first. Blocked for a customer out of sight."""
    customer = customer_for(session, who, external_id)
    query = select(Utterance).where(Utterance.external_id == external_id, _before(before))
    rows = session.scalars(query.order_by(Utterance.said_at.desc(), Utterance.id.desc()).limit(limit)).all()
    return _told(session, customer, list(reversed(rows)), names)


def lines_since(session: Session, external_id: str, msgid: str) -> int:
    """How many lines there are from this message to the newest, itself included; 0 when it is not one of his."""
    found = session.scalar(select(Utterance).where(Utterance.msgid == msgid, Utterance.external_id == external_id)) if msgid else None
    if found is None:
        return 0
    later = or_(Utterance.said_at > found.said_at, and_(Utterance.said_at == found.said_at, Utterance.id >= found.id))
    return session.scalar(select(func.count()).select_from(Utterance).where(Utterance.external_id == external_id, later)) or 0


def _before(moment: tuple[datetime, int] | None) -> ColumnElement[bool]:
    if moment is None:
        return Utterance.id.isnot(None)
    at, id_ = moment
    return or_(Utterance.said_at < at, and_(Utterance.said_at == at, Utterance.id < id_))


def _account(session: Session, kf: KfSession, names: Mapping[str, str], *, now: datetime) -> Account:
    serves = who_serves(kf, now=now)
    people = sessions.servicers(session, kf.open_kfid)
    busy = sessions.busy_with(session, [one.userid for one in people])
    moving = select(OutboxMessage.id).where(OutboxMessage.lane == kf_lane(kf.open_kfid, kf.external_id), is_open(OutboxMessage))
    return Account(
        open_kfid=kf.open_kfid,
        name=f"客服账号 …{kf.open_kfid[-4:]}",
        serves=serves,
        served_by=served_by(kf, serves, {**names, **holders(session, [kf])}),
        held_by=kf.held_by if serves is Serves.OPERATOR else "",
        waiting_since=kf.waiting_since,
        room=room_in(session, kf, now=now),
        moving=session.scalar(moving.where(OutboxMessage.channel.in_(["kf_session", "kf_hand_over"])).limit(1)) is not None,
        servicers=tuple(Servicer(one.userid, names.get(one.userid, one.userid), one.on_duty, busy[one.userid]) for one in people),
    )


def _told(session: Session, customer: Customer, rows: Sequence[Utterance], names: Names) -> list[Line]:
    msgids = [row.msgid for row in rows]
    readings = readings_of(session, customer, rows, names.things, names.signals)
    fixes = fixes_of(session, [row.msgid for row in rows if row.speaker == "customer"])
    outbox = {row.key: row for row in session.scalars(select(OutboxMessage).where(OutboxMessage.key.in_(msgids)))}
    titles, materials = _titles(session, rows), titles_in(session, rows)
    people = advisor_names(session)
    where = _accounts_of(session, customer, rows, outbox)
    return [
        Line(
            id=row.id,
            msgid=row.msgid,
            at=row.said_at,
            side={"customer": "customer", "system": "system"}.get(row.speaker, "us"),
            name=_speaker(row, customer, people),
            kind=row.kind,
            words=said(row, materials),
            hides=row.kind != "material" and masked(row.words) != row.words,
            recalled=row.recalled_at is not None,
            decision=DECISION_NAMES.get(row.decision, row.decision) if row.speaker == "customer" else "",
            reason=reason_name(row.why) if row.speaker == "customer" else "",
            scripts=tuple(_script(one, titles) for one in row.script.split(",") if one),
            delivery=_delivery(outbox.get(row.msgid)) if row.speaker != "customer" else None,
            reading=readings.get(row.msgid),
            fixes=fixes.get(row.msgid, ()),
            account=where.get(row.msgid, ""),
        )
        for row in rows
    ]


def _speaker(row: Utterance, customer: Customer, people: Mapping[str, str]) -> str:
    match row.speaker:
        case "customer":
            return customer.nickname or "微信客户"
        case "assistant":
            return "助手"
        case "person":
            # Before `by` was kept, a servicer's userid stood in `why`.
            by = row.by or row.why
            return people.get(by, by) or "人工"
        case _:
            return ""


def _titles(session: Session, rows: Sequence[Utterance]) -> dict[str, str]:
    keys = {one.partition("@")[0] for row in rows for one in row.script.split(",") if one}
    if not keys:
        return {}
    found = session.execute(select(Script.key, Script.title).where(Script.key.in_(keys)))
    return {str(one[0]): str(one[1]) for one in found}


def _script(said: str, titles: Mapping[str, str]) -> tuple[str, str, str]:
    key, _, version = said.partition("@")
    return key, version, titles.get(key, key)


def _delivery(row: OutboxMessage | None) -> Delivery | None:
    if row is None or row.channel == "kf_session":
        return None
    match State(row.state):
        case State.DONE:
            return Delivery("已发送", row.reason)
        case State.WAITING:
            return Delivery("稍后再试" if row.reason else "等待发送", row.reason)
        case State.CLAIMED:
            return Delivery("发送中")
        case State.UNCLEAR:
            return Delivery("不确定是否送达", row.reason)
        case _:
            return Delivery("没有发出", row.reason)


def _accounts_of(session: Session, customer: Customer, rows: Sequence[Utterance], outbox: Mapping[str, OutboxMessage]) -> dict[str, str]:
    """msgid → the end of the kf account's id; empty for a customer with a single account, which is nearly everybody."""
    ids = session.scalars(select(KfSession.open_kfid).where(KfSession.external_id == customer.external_id)).all()
    if len(ids) < 2:
        return {}
    keys = {f"kf-entry:{open_kfid}:{row.msgid}": (row.msgid, open_kfid) for open_kfid in ids for row in rows if row.msgid not in outbox}
    heard = session.scalars(select(InboxMessage.dedup_key).where(InboxMessage.dedup_key.in_(list(keys)))).all()
    ours = {key: str(row.payload.get("open_kfid", "")) for key, row in outbox.items()}
    return {msgid: f"…{open_kfid[-4:]}" for msgid, open_kfid in {**ours, **dict(keys[key] for key in heard)}.items() if open_kfid}
