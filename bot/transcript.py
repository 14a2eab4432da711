"""What was said, by whom, how it was understood and what was decided; for operators to read and correct."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.models import Utterance
from core.db import insert_once
from intents.terms import Understanding


@dataclass(frozen=True)
class Line:
    """One thing said. `turn` is the msgid of the first message of the turn it belongs to."""

    msgid: str
    external_id: str
    speaker: str
    words: str
    said_at: datetime
    kind: str = "text"
    turn: str = ""
    understood: Mapping[str, Any] | None = None
    decision: str = ""
    why: str = ""
    script: str = ""
    by: str = ""  # who spoke for us


def append(session: Session, lines: Sequence[Line]) -> None:
    """Keep the lines that are not there yet."""
    rows = [{**vars(line), "understood": dict(line.understood) if line.understood is not None else None} for line in lines]
    insert_once(session, Utterance, rows, unique=["msgid"])


def note_recall(session: Session, msgid: str, *, now: datetime) -> None:
    """The customer took a message back: it stays, marked."""
    session.execute(update(Utterance).where(Utterance.msgid == msgid).values(recalled_at=now))


def of_customer(session: Session, external_id: str, *, limit: int = 200) -> list[Utterance]:
    """A customer's conversation, oldest first."""
    newest = session.scalars(
        select(Utterance).where(Utterance.external_id == external_id).order_by(Utterance.said_at.desc(), Utterance.id.desc()).limit(limit)
    ).all()
    return list(reversed(newest))


def last_from(session: Session, external_id: str, speaker: str) -> Utterance | None:
    """The newest line of this speaker."""
    return session.scalar(
        select(Utterance)
        .where(Utterance.external_id == external_id, Utterance.speaker == speaker)
        .order_by(Utterance.said_at.desc(), Utterance.id.desc())
        .limit(1)
    )


def as_data(understood: Understanding) -> dict[str, Any]:
    """An understanding as plain data: the shape of `understand --output`, without id."""
    return {
        "intents": [{"name": found.name, "score": round(found.score, 4)} for found in understood.intents],
        "not_sure": understood.not_sure,
        "focus_points": [
            {"point": m.point, "polarity": m.polarity, "span": m.span.words, "score": round(m.score, 4)} for m in understood.focus_points
        ],
        "level": understood.stated_level.level if understood.stated_level else None,
        "signals": [{"name": s.name, "span": s.span.words} for s in understood.signals],
        "slots": {slot.name: slot.value for slot in understood.slots},
    }
