"""What must not be known any more: one customer altogether, or old words of everybody."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, delete, select, update
from sqlalchemy.orm import Session

from core.db import Database
from core.pruning import SLICE, delete_in_slices
from customers.groups import recount
from customers.models import Customer, CustomerTag, FocusRecord, GroupChat, GroupMember, LevelChange, SignalRecord, SlotRecord

EVIDENCE = (FocusRecord, SignalRecord, SlotRecord)
_FORGOTTEN = {"words": "", "parts": [], "forgotten": True}


def evidence_of(session: Session, customer_id: int) -> tuple[set[str], set[str]]:
    """(ids of the messages that showed anything, values of his slots such as a phone number)."""
    messages = {found for table in EVIDENCE for found in session.scalars(select(table.message_id).where(table.customer_id == customer_id))}
    return messages, set(session.scalars(select(SlotRecord.value).where(SlotRecord.customer_id == customer_id)))


def group_names_of(session: Session, external_id: str) -> set[str]:
    """By which names customer groups know him."""
    return set(session.scalars(select(GroupMember.name).where(GroupMember.userid == external_id, GroupMember.name != "")))


def forget_customer(session: Session, customer: Customer) -> None:
    """He, his relations to advisors, all evidence, his levels and tags: the database takes with him what hangs on him; and his groups."""
    _forget_stays(session, customer.external_id)
    session.delete(customer)
    session.flush()


def _forget_stays(session: Session, external_id: str) -> None:
    theirs = select(GroupMember.group_id).where(GroupMember.userid == external_id)
    # In one order, and held, as events and readings hold a group whose members they change.
    groups = session.scalars(select(GroupChat).where(GroupChat.id.in_(theirs)).order_by(GroupChat.id).with_for_update()).all()
    session.execute(delete(GroupMember).where(GroupMember.userid == external_id))
    for group in groups:
        recount(session, group)


def prune_evidence(database: Database, *, before: datetime) -> int:
    """Evidence said before then goes, levels and tags from before stay without their words; how many rows changed."""
    gone = sum(delete_in_slices(database, table, table.said_at < before) for table in EVIDENCE)
    wordy = (CustomerTag.since < before) & (CustomerTag.words != "")
    gone += _blank(database, CustomerTag, wordy, {"words": ""})
    remembers = (LevelChange.changed_at < before) & ~cast(LevelChange.reason, String).contains('"forgotten": true')
    return gone + _forget_reasons(database, remembers)


def _blank(database: Database, table: type[CustomerTag], condition: ColumnElement[bool], values: dict[str, Any]) -> int:
    blanked = 0
    while True:
        with database.reading() as session:
            some = session.scalars(select(table.id).where(condition).limit(SLICE)).all()
        if not some:
            return blanked
        with database.unit_of_work() as session:
            session.execute(update(table).where(table.id.in_(some)).values(**values).execution_options(synchronize_session=False))
        blanked += len(some)


def _forget_reasons(database: Database, condition: ColumnElement[bool]) -> int:
    forgotten = 0
    while True:
        with database.reading() as session:
            some = session.scalars(select(LevelChange.id).where(condition).limit(SLICE)).all()
        if not some:
            return forgotten
        with database.unit_of_work() as session:
            for change in session.scalars(select(LevelChange).where(LevelChange.id.in_(some))):
                change.reason = {**change.reason, **_FORGOTTEN}
        forgotten += len(some)
