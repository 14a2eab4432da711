"""Every query about what operators taught."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from intents.models import TaughtFocus, TaughtUtterance


def teach_utterance(session: Session, text: str, intent: str, *, message_id: str = "", by: str, now: datetime) -> TaughtUtterance:
    """This message wants that; what was taught of the same words before is replaced."""
    text = text.strip()
    row = session.scalar(select(TaughtUtterance).where(TaughtUtterance.text == text)) or TaughtUtterance(text=text)
    row.intent, row.message_id, row.taught_by, row.taught_at, row.withdrawn_at = intent, message_id, by, now, None
    session.add(row)
    session.flush()
    return row


def teach_focus(
    session: Session, text: str, words: str, point: str, polarity: str, *, message_id: str = "", by: str, now: datetime
) -> TaughtFocus:
    """These words of this message show the point; with an empty polarity they do not show it. Replaces what was taught of both before."""
    same = select(TaughtFocus).where(TaughtFocus.text == text, TaughtFocus.point == point, TaughtFocus.words == words)
    row = session.scalar(same) or TaughtFocus(text=text, words=words, point=point)
    row.polarity, row.message_id, row.taught_by, row.taught_at, row.withdrawn_at = polarity, message_id, by, now, None
    session.add(row)
    session.flush()
    return row


def withdraw_focus(session: Session, text: str, words: str, point: str, *, now: datetime) -> None:
    """What was taught of these words and this point holds no longer; nothing happens when nothing was."""
    same = (TaughtFocus.text == text, TaughtFocus.point == point, TaughtFocus.words == words, TaughtFocus.withdrawn_at.is_(None))
    session.execute(update(TaughtFocus).where(*same).values(withdrawn_at=now))


def taught_utterances(session: Session) -> Sequence[TaughtUtterance]:
    """What holds, in the order of teaching."""
    return session.scalars(select(TaughtUtterance).where(TaughtUtterance.withdrawn_at.is_(None)).order_by(TaughtUtterance.id)).all()


def taught_focus(session: Session) -> Sequence[TaughtFocus]:
    """What holds, in the order of teaching."""
    return session.scalars(select(TaughtFocus).where(TaughtFocus.withdrawn_at.is_(None)).order_by(TaughtFocus.id)).all()


def forget_taught(session: Session, message_ids: Collection[str], texts: Collection[str]) -> None:
    """What was taught from these messages or with these very words goes, also where it was withdrawn."""
    for table in (TaughtUtterance, TaughtFocus):
        for row_id, message_id, text in session.execute(select(table.id, table.message_id, table.text)).all():
            if message_id in message_ids or text in texts:
                session.execute(delete(table).where(table.id == row_id))
