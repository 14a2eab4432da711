"""Every query about people."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import insert_once
from customers.models import Advisor, Customer, CustomerTag, FocusRecord, Follow, LevelChange, SignalRecord, SlotRecord
from customers.terms import PART_OF, SlotName


def customer_by_external_id(session: Session, external_id: str) -> Customer | None:
    """The customer with WeCom's id."""
    return session.scalar(select(Customer).where(Customer.external_id == external_id))


def customer_or_new(session: Session, external_id: str, *, channel: str, now: datetime) -> tuple[Customer, bool]:
    """The customer and whether he is new; safe when two processes meet him at once."""
    known = customer_by_external_id(session, external_id)
    if known is not None:
        return known, False
    row = {"external_id": external_id, "channel": channel, "first_seen_at": now, "level": "C", "nickname": "", "unionid": "", "score": 0.0}
    created = insert_once(session, Customer, [row], unique=["external_id"])
    customer = session.scalars(select(Customer).where(Customer.external_id == external_id)).one()
    return customer, bool(created)


def live_signals(session: Session, customer_id: int) -> list[SignalRecord]:
    """Signals of a customer that nobody has undone."""
    return list(
        session.scalars(
            select(SignalRecord).where(SignalRecord.customer_id == customer_id, SignalRecord.undone_at.is_(None)).order_by(SignalRecord.id)
        )
    )


def is_undone_signal(session: Session, customer_id: int, message_id: str, words: str) -> bool:
    """Whether an operator said that these words of this message did not move his purchase intent."""
    said = SignalRecord.customer_id == customer_id, SignalRecord.message_id == message_id, SignalRecord.words == words
    return session.scalar(select(SignalRecord.id).where(*said, SignalRecord.undone_at.is_not(None)).limit(1)) is not None


def live_focus(session: Session, customer_id: int) -> list[FocusRecord]:
    """Focus points of a customer that nobody has undone, oldest first."""
    return list(
        session.scalars(
            select(FocusRecord).where(FocusRecord.customer_id == customer_id, FocusRecord.undone_at.is_(None)).order_by(FocusRecord.id)
        )
    )


def slots_known(session: Session, customer_id: int, *, since: datetime) -> dict[SlotName, SlotRecord]:
    """The newest value of each slot said since then, as far as they fit together."""
    rows = session.scalars(
        select(SlotRecord)
        .where(SlotRecord.customer_id == customer_id, SlotRecord.undone_at.is_(None), SlotRecord.said_at >= since)
        .order_by(SlotRecord.said_at, SlotRecord.id)
    ).all()
    known = {SlotName(row.name): row for row in rows}
    return {name: row for name, row in known.items() if _still_fits(name, known, rows)}


def _still_fits(name: SlotName, known: Mapping[SlotName, SlotRecord], rows: Sequence[SlotRecord]) -> bool:
    """A version is no longer meant once another model has been named than the one it was said with."""
    whole = known.get(PART_OF[name]) if name in PART_OF else None
    beside = next((row for row in rows if whole and row.name == whole.name and row.message_id == known[name].message_id), None)
    return whole is None or (beside.value if beside else "") == whole.value


def last_level_change(session: Session, customer_id: int) -> LevelChange | None:
    """The newest entry of the level history that no operator took back."""
    holds = LevelChange.customer_id == customer_id, LevelChange.reason["undone_at"].as_string().is_(None)
    return session.scalar(select(LevelChange).where(*holds).order_by(LevelChange.id.desc()).limit(1))


def level_history(session: Session, customer_id: int) -> list[LevelChange]:
    """Oldest first."""
    return list(session.scalars(select(LevelChange).where(LevelChange.customer_id == customer_id).order_by(LevelChange.id)))


def tags_of(session: Session, customer_id: int) -> list[CustomerTag]:
    """The tags that hold now."""
    return list(
        session.scalars(
            select(CustomerTag).where(CustomerTag.customer_id == customer_id, CustomerTag.ended_at.is_(None)).order_by(CustomerTag.id)
        )
    )


def all_tags(session: Session, customer_id: int) -> Iterable[CustomerTag]:
    """Tags that hold or once held."""
    return session.scalars(select(CustomerTag).where(CustomerTag.customer_id == customer_id))


def advisors_of(session: Session, customer_id: int) -> list[str]:
    """Userids of the advisors in touch with him, the newest relation first; one whom the customer deleted cannot reach him."""
    return list(
        session.scalars(
            select(Follow.advisor).where(Follow.customer_id == customer_id, Follow.ended_at.is_(None)).order_by(Follow.since.desc())
        )
    )


def advisor_name(session: Session, userid: str) -> str:
    """What colleagues call him; his userid while no name is known."""
    return session.scalar(select(Advisor.name).where(Advisor.userid == userid)) or userid


def follow_of(session: Session, customer_id: int, advisor: str) -> Follow | None:
    """The relation of this pair, ended or not."""
    return session.scalar(select(Follow).where(Follow.customer_id == customer_id, Follow.advisor == advisor))


def silent_customers(session: Session, *, silent_after: timedelta, now: datetime, after: int, limit: int) -> list[int]:
    """Ids above `after`, ascending, of customers who have said nothing for so long and whose level does not say so yet."""
    return list(
        session.scalars(
            select(Customer.id)
            .where(Customer.id > after, Customer.last_heard_at <= now - silent_after, Customer.level.not_in(["N", "L", "O"]))
            .order_by(Customer.id)
            .limit(limit)
        )
    )
