"""The bot's part of forgetting: a customer's conversations and whatever in the boxes names him, and what is older than is kept."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, delete, or_, select, update
from sqlalchemy.orm import Session

from bot.messages import Channel
from bot.models import Brief, InboxMessage, KfSession, MassResult, MassTask, OutboxMessage, Utterance
from bot.queue import State
from core.db import Database
from core.pruning import delete_in_slices

# What ended well or on purpose; what is parked or unclear waits for an operator, however old.
_SETTLED = (State.DONE, State.IGNORED, State.SKIPPED)
# How the ids of our cards begin: a brief's and a reminder's.
_CARDS = ("card-", "remind-")
_TOKEN = re.compile(r"[\w@-]+")


@dataclass(frozen=True)
class Traces:
    """By what a customer is known in the boxes: `names` are his id, his messages' ids and his cards' ids; `words` is what he wrote."""

    names: frozenset[str]
    words: frozenset[str]


def traces_of(session: Session, external_id: str, *, messages: Collection[str] = ()) -> Traces:
    """Everything that leads to him. `messages` are ids of messages that are known from elsewhere."""
    said = session.execute(select(Utterance.msgid, Utterance.words, Utterance.speaker).where(Utterance.external_id == external_id)).all()
    cards = session.scalars(select(Brief.task_id).where(Brief.external_id == external_id)).all()
    entries = [_msgid(raw) for _, raw in _heard(session, [external_id])]
    names = {external_id, *messages, *(msgid for msgid, _, _ in said), *cards, *entries} - {""}
    return Traces(frozenset(names), frozenset(words for _, words, speaker in said if speaker == "customer" and words))


def forget_talk(session: Session, external_id: str, traces: Traces) -> None:
    """Transcript, sessions, cards, and every row of the boxes that names him, his messages or his cards."""
    for table in (Utterance, KfSession, Brief):
        session.execute(delete(table).where(table.external_id == external_id))
    session.execute(delete(MassResult).where(MassResult.subject == external_id))
    _leave_masses(session, external_id)
    heard = [
        row_id for row_id, _ in _heard(session, sorted(name for name in traces.names if name == external_id or name.startswith(_CARDS)))
    ]
    _delete(session, InboxMessage, heard)
    _delete(session, OutboxMessage, sorted({*_said_to(session, external_id), *_said_about(session, traces.names)}))


def prune_boxes(database: Database, *, before: datetime) -> int:
    """Rows of inbox and outbox that were settled before then; how many. Parked and unclear ones stay."""
    return sum(
        delete_in_slices(database, table, (table.settled_at < before) & table.state.in_(_SETTLED))
        for table in (InboxMessage, OutboxMessage)
    )


def prune_talk(database: Database, *, before: datetime) -> int:
    """What was said and which cards were sent before then; how many rows. A session forgets what the next turn could have leant on."""
    stale = (KfSession.heard_at < before) & KfSession.context.isnot(None)
    with database.unit_of_work() as session:
        session.execute(update(KfSession).where(stale).values(context=None).execution_options(synchronize_session=False))
    old_tasks = select(MassTask.id).where(MassTask.created_at < before)
    gone = delete_in_slices(database, MassResult, MassResult.task_id.in_(old_tasks))
    gone += delete_in_slices(database, MassTask, MassTask.created_at < before)
    gone += delete_in_slices(database, Utterance, Utterance.said_at < before)
    return gone + delete_in_slices(database, Brief, Brief.created_at < before)


def _heard(session: Session, names: Collection[str]) -> list[tuple[int, str]]:
    """(id, raw) of the inbox rows whose raw text names one of these."""
    if not names:
        return []
    likely = or_(*(InboxMessage.raw.contains(name, autoescape=True) for name in names))
    rows = session.execute(select(InboxMessage.id, InboxMessage.raw).where(likely)).all()
    return [(row_id, raw) for row_id, raw in rows if _mentions(raw, names)]


def _leave_masses(session: Session, external_id: str) -> None:
    """A mass message is for thousands: he is taken out of it, the others still get it."""
    payload: ColumnElement[str] = cast(OutboxMessage.payload, String)
    rows = select(OutboxMessage).where(OutboxMessage.channel == Channel.MASS_MESSAGE, payload.contains(external_id, autoescape=True))
    for row in session.scalars(rows):
        row.payload = {**row.payload, "external_ids": [one for one in row.payload["external_ids"] if one != external_id]}
    session.flush()


def _said_to(session: Session, external_id: str) -> list[int]:
    payload: ColumnElement[str] = cast(OutboxMessage.payload, String)
    rows = session.execute(select(OutboxMessage.id, payload).where(payload.contains(external_id, autoescape=True))).all()
    return [row_id for row_id, text in rows if _mentions(text, [external_id])]


def _said_about(session: Session, names: Collection[str]) -> list[int]:
    """Cards and notes to advisors hold his words but not his id: their keys and lanes lead to his messages and cards."""
    rows = session.execute(select(OutboxMessage.id, OutboxMessage.key, OutboxMessage.lane).execution_options(yield_per=5_000))
    return [row_id for row_id, key, lane in rows if _mentions(f"{key} {lane}", names)]


def _mentions(text: str, names: Collection[str]) -> bool:
    """Whole words only: an id that begins another one is not that other one."""
    return not names_in(text).isdisjoint(names)


def names_in(text: str) -> set[str]:
    """Everything in a text that could be an id of WeCom's or ours."""
    return set(_TOKEN.findall(text))


def _msgid(raw: str) -> str:
    if not raw.startswith("{"):
        return ""
    entry: Any = json.loads(raw)
    return str(entry.get("msgid", ""))


def _delete(session: Session, table: type[InboxMessage] | type[OutboxMessage], ids: Collection[int]) -> None:
    every = list(ids)
    for start in range(0, len(every), 1_000):
        some = table.id.in_(every[start : start + 1_000])
        session.execute(delete(table).where(some).execution_options(synchronize_session=False))
