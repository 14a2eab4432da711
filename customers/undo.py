"""An operator takes back what the assistant believed it heard, or believes it again; level, tags and store follow.

The rows stay: `undone_at` hides them from every rule, `undone_by` says who judged, and the same message recorded anew does not revive them.
"""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Refused
from customers import placing
from customers.models import Customer, FocusRecord, SignalRecord, SlotRecord
from customers.pack import LevelRules
from customers.record import TagChange, let_time_pass, settle_tags

Evidence = TypeVar("Evidence", FocusRecord, SignalRecord, SlotRecord)


def undo_focus(session: Session, customer: Customer, focus_id: int, *, by: str = "", now: datetime) -> TagChange:
    """These words do not show this focus point. Refused when it is no record of his; undoing twice keeps the first time."""
    _undo(session, FocusRecord, customer, focus_id, by=by, now=now)
    return settle_tags(session, customer, now=now)


def redo_focus(session: Session, customer: Customer, focus_id: int, *, now: datetime) -> TagChange:
    """They do show it after all. Refused when it is no record of his."""
    _redo(session, FocusRecord, customer, focus_id)
    return settle_tags(session, customer, now=now)


def undo_signal(session: Session, customer: Customer, signal_id: int, rules: LevelRules, *, by: str = "", now: datetime) -> TagChange:
    """These words did not move his purchase intent: score and level are what they would be without. Refused like undo_focus."""
    _undo(session, SignalRecord, customer, signal_id, by=by, now=now)
    return let_time_pass(session, customer, rules, now=now)


def redo_signal(session: Session, customer: Customer, signal_id: int, rules: LevelRules, *, now: datetime) -> TagChange:
    """They did after all. Refused when it is no record of his."""
    _redo(session, SignalRecord, customer, signal_id)
    return let_time_pass(session, customer, rules, now=now)


def undo_slot(session: Session, customer: Customer, slot_id: int, *, by: str = "", now: datetime) -> None:
    """He did not say this; the value before it holds again. Refused like undo_focus."""
    _undo(session, SlotRecord, customer, slot_id, by=by, now=now)
    placing.place(session, customer)


def redo_slot(session: Session, customer: Customer, slot_id: int) -> None:
    """He did say it. Refused when it is no record of his."""
    _redo(session, SlotRecord, customer, slot_id)
    placing.place(session, customer)


def undo_point(session: Session, customer: Customer, point: str, *, by: str = "", now: datetime) -> tuple[list[FocusRecord], TagChange]:
    """The whole tag is wrong: every record of this focus point that still counts; they are returned to be learnt from."""
    rows = session.scalars(
        select(FocusRecord).where(FocusRecord.customer_id == customer.id, FocusRecord.point == point, FocusRecord.undone_at.is_(None))
    ).all()
    for row in rows:
        row.undone_at, row.undone_by = now, by
    session.flush()
    return list(rows), settle_tags(session, customer, now=now)


def _undo(session: Session, table: type[Evidence], customer: Customer, row_id: int, *, by: str, now: datetime) -> None:
    row = _of(session, table, customer, row_id)
    if row.undone_at is None:
        row.undone_at, row.undone_by = now, by
    session.flush()


def _redo(session: Session, table: type[Evidence], customer: Customer, row_id: int) -> None:
    row = _of(session, table, customer, row_id)
    row.undone_at, row.undone_by = None, ""
    session.flush()


def _of(session: Session, table: type[Evidence], customer: Customer, row_id: int) -> Evidence:
    row = session.get(table, row_id)
    if row is None or row.customer_id != customer.id:
        raise Refused("这条记录不在了，或者不是这位客户的")
    return row
