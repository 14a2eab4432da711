"""Lines of the ledger and advisors' reminders that nobody needs any more go; those that a cap still counts, a plan could make again, or
that say how a customer stands, stay however old."""

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from core.db import Database
from core.pruning import SLICE, delete_in_slices
from sop.models import Enrolment, Reminder, Touch
from sop.reminder_terms import LIVE, FollowUp
from sop.store import WAIT
from sop.windows import LONGEST


def prune_touches(database: Database, *, before: datetime, now: datetime) -> int:
    """What was decided before then; how many lines. What waits stays.

    Whether somebody was in a plan is the enrolment's to know, and stays; of one that has not come past a step yet the line is what keeps
    the step from being said twice.
    """
    could_come_again = select(Enrolment.id).where(
        Enrolment.plan == Touch.plan,
        Enrolment.subject_kind == Touch.subject_kind,
        Enrolment.subject_id == Touch.subject_id,
        Enrolment.ended_at.is_(None),
        Enrolment.planned_until <= Touch.planned,
    )
    old = Touch.decided_at < min(before, now - LONGEST)
    return delete_in_slices(database, Touch, old & (Touch.verdict != WAIT) & ~could_come_again.exists())


def prune_reminders(database: Database, *, before: datetime) -> int:
    """Reminders that ended before then; how many went or lost their words. What is open stays as it is.

    The last of its kind for a customer stays, without his words and the advisor's note, and so does that he fetched his car: without the
    one a reminder of long ago would be made again, without the other he would be asked about an order that is done.
    """
    newer = aliased(Reminder)
    followed = select(newer.id).where(newer.customer_id == Reminder.customer_id, newer.kind == Reminder.kind, newer.id > Reminder.id)
    ended = Reminder.ended_at.is_not(None) & (Reminder.ended_at < before) & Reminder.state.not_in(LIVE)
    gone = delete_in_slices(database, Reminder, ended & (Reminder.outcome != FollowUp.DELIVERED) & followed.exists())
    return gone + _without_words(database, ended & ((Reminder.reason["words"].as_string() != "") | (Reminder.outcome_note != "")))


def _without_words(database: Database, condition: ColumnElement[bool]) -> int:
    changed = 0
    while True:
        with database.unit_of_work() as session:
            rows = session.scalars(select(Reminder).where(condition).order_by(Reminder.id).limit(SLICE).with_for_update()).all()
            for row in rows:
                row.reason, row.outcome_note = {**row.reason, "words": "", "message_id": ""}, ""
        changed += len(rows)
        if len(rows) < SLICE:
            return changed
