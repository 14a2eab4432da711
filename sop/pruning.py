"""Lines of the ledger that nobody needs any more go; those that a cap still counts, or a plan could make again, stay however old."""

from datetime import datetime

from sqlalchemy import select

from core.db import Database
from core.pruning import delete_in_slices
from sop.models import Enrolment, Touch
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
