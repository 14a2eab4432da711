"""An operator takes back what the assistant believed it heard, or believes it again; level, tags and store follow.

The rows stay: `undone_at` hides them from every rule, `undone_by` says who judged, and the same message recorded anew does not revive them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Refused
from customers import placing
from customers.models import Customer, FocusRecord, LevelChange, SignalRecord, SlotRecord
from customers.pack import LevelRules
from customers.record import TagChange, let_time_pass, settle_standing, settle_tags
from customers.rules import EXPLICIT

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
    """The fact is not so, however often he said it: what he said before holds again. Refused like undo_focus."""
    for row in _mentions(session, customer, slot_id):
        _undo(session, SlotRecord, customer, row.id, by=by, now=now)
    placing.place(session, customer)


def redo_slot(session: Session, customer: Customer, slot_id: int) -> None:
    """It is so, with every mention of it. Refused when it is no record of his."""
    for row in _mentions(session, customer, slot_id):
        _redo(session, SlotRecord, customer, row.id)
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


def undo_level(session: Session, customer: Customer, change_id: int, rules: LevelRules, *, by: str, why: str, now: datetime) -> TagChange:
    """He did not say this of his purchase, or it is not so: the level is what follows from the rest. Refused like undo_focus, and where the
    change follows from signals or time. Undoing twice keeps the first time."""
    change = _explicit(session, customer, change_id)
    if change.reason.get("undone_at"):
        return TagChange()
    change.reason = {**change.reason, "undone_at": now.isoformat(), "undone_by": by, "undone_why": why}
    session.flush()
    return settle_standing(session, customer, rules, f"撤回「{change.before} → {change.after}」（{why}）", by, now=now)


def redo_level(session: Session, customer: Customer, change_id: int, rules: LevelRules, *, by: str, now: datetime) -> TagChange:
    """It is so after all. Refused when it is no such change of his."""
    change = _explicit(session, customer, change_id)
    if not change.reason.get("undone_at"):
        return TagChange()
    change.reason = {name: value for name, value in change.reason.items() if not name.startswith("undone_")}
    session.flush()
    return settle_standing(session, customer, rules, f"恢复「{change.before} → {change.after}」", by, now=now)


def _explicit(session: Session, customer: Customer, change_id: int) -> LevelChange:
    change = session.get(LevelChange, change_id)
    if change is None or change.customer_id != customer.id:
        raise Refused("这条记录不在了，或者不是这位客户的")
    if change.reason.get("kind") not in EXPLICIT:
        raise Refused("这次级别变化是由意向分或时间算出来的，请撤销对应的购买信号")
    return change


def _mentions(session: Session, customer: Customer, slot_id: int) -> Sequence[SlotRecord]:
    """Every record of the same fact: an operator sees them as one."""
    row = _of(session, SlotRecord, customer, slot_id)
    same = (SlotRecord.customer_id == customer.id, SlotRecord.name == row.name, SlotRecord.value == row.value)
    return session.scalars(select(SlotRecord).where(*same).order_by(SlotRecord.id)).all()


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
