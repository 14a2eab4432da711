"""A reminder that nobody looks after a customer ends as soon as somebody does."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sop import reminder_store as store
from sop.models import Reminder
from sop.reminder_ports import ReminderPorts
from sop.reminder_terms import LIVE, ReminderKind


def end_served(session: Session, ports: ReminderPorts, *, now: datetime) -> None:
    """Whoever asked for a person and is served, or was taken by anybody, waits no longer."""
    live = select(Reminder).where(Reminder.kind == ReminderKind.PERSON_ASKED, Reminder.state.in_(LIVE)).order_by(Reminder.id)
    rows = list(session.scalars(live.with_for_update()))
    if not rows:
        return
    waiting = {asking.cause for asking in ports.askings(session, min(datetime.fromisoformat(row.reason["since"]) for row in rows))}
    for row in rows:
        if row.key.rpartition(":")[2] not in waiting:
            store.drop(row, "已有同事接待", now=now)
