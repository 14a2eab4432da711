"""What others send unprompted gets its line in the one ledger, so that every cap counts it (docs/decisions/0012-one-ledger.md)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from sop import bulk
from sop.reminder_terms import KIND_NAMES
from sop.settle import line_of
from sop.terms import Asked, Subject, TouchKind

# By whom, where a plan's key would stand.
REMINDERS = "reminders"
# How its lines are called: by whom, and what («by/step»).
TITLES: Mapping[str, str] = {
    REMINDERS: "顾问跟进",
    **{f"{REMINDERS}/{kind}": name for kind, name in KIND_NAMES.items()},
    f"{REMINDERS}/digest": "当天的跟进清单",
    f"{REMINDERS}/weekly": "跟进周报",
    f"{REMINDERS}/escalated": "上报店长",
}


def note_made(session: Session, key: str, subject: Subject, kind: TouchKind, *, by: str, step: str, outbox_key: str, now: datetime) -> bool:
    """A touch was made outside of the plans; `by` stands where a plan's key would. False when this key is there already."""
    asked = Asked(key, subject, kind, by, now, now)
    return bool(bulk.settle(session, line_of(asked, step, outbox_key, now=now), {key: subject.id}))


def note_told(session: Session, outbox_key: str, userids: Iterable[str], step: str, *, now: datetime) -> None:
    """A card or text of follow-ups went to these members: their lines, which no customer's cap counts."""
    for userid in userids:
        subject = Subject("advisor", userid)
        note_made(
            session, f"{outbox_key}:{userid}", subject, TouchKind.ADVISOR_CARD, by=REMINDERS, step=step, outbox_key=outbox_key, now=now
        )
