"""What others send unprompted gets its line in the one ledger, so that every cap counts it (docs/decisions/0012-one-ledger.md)."""

from datetime import datetime

from sqlalchemy.orm import Session

from sop import store
from sop.settle import row_of
from sop.terms import Asked, Subject, TouchKind


def note_made(session: Session, key: str, subject: Subject, kind: TouchKind, *, by: str, step: str, outbox_key: str, now: datetime) -> bool:
    """A touch was made outside of the plans; `by` stands where a plan's key would. False when this key is there already."""
    asked = Asked(key, subject, kind, by, now, now)
    return bool(store.settle(session, [row_of(asked, step, outbox_key, now=now)]))
