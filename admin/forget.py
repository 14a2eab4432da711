"""A customer is forgotten: gone from every table and from the kept vectors. What remains is one line that says so, without his data."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from admin.impersonal import impersonal
from admin.looks import corrections
from admin.models import AuditEntry, Gap, GapTurn
from bot.forget import Traces, forget_talk, names_in, prune_boxes, prune_talk, traces_of
from bot.models import Utterance
from core.db import Database
from core.embedding import forget_vectors
from core.pruning import delete_in_slices, overwrite_deleted
from customers.forget import evidence_of, forget_customer, group_names_of, prune_evidence
from customers.models import Customer
from intents.store import forget_taught
from sop.keys import task_of
from sop.models import Enrolment, Reminder, Touch
from sop.pruning import prune_reminders, prune_touches

GONE = "（已删除）"
# Shorter words stand in other people's lines too: an audit value that says «上海» is not about him.
_TELLING = 6


def forget(session: Session, customer: Customer, *, vectors: Path, normalise: Callable[[str], str]) -> None:
    """Everything, in the caller's transaction. `vectors` is the folder of kept vectors; texts are kept there as `normalise` gives them."""
    overwrite_deleted(session)
    messages, values = evidence_of(session, customer.id)
    traces = traces_of(session, customer.external_id, messages=messages | _cards(session, customer.id))
    names = traces.names | ({customer.unionid} - {""})
    called = ({customer.nickname} - {""}) | group_names_of(session, customer.external_id)
    telling = {text for text in {*called, *values, *traces.words} if len(text) >= _TELLING}
    whole = traces.words | called
    learned = _learned(session, customer)
    forget_talk(session, customer.external_id, traces)
    _forget_gaps(session, customer.external_id, traces)
    _forget_touches(session, customer)
    forget_taught(session, traces.names, traces.words)
    _clean_audit(session, f"#{customer.id}", names, whole, telling, learned)
    forget_customer(session, customer)
    forget_vectors(vectors, {*traces.words, *map(normalise, traces.words)})


def prune(database: Database, *, keep_boxes: timedelta, keep_talk: timedelta, now: datetime) -> int:
    """What is older than is kept, everywhere; how many rows went."""
    before = now - keep_talk
    gone = prune_boxes(database, before=now - keep_boxes) + prune_talk(database, before=before)
    gone += prune_evidence(database, before=before) + delete_in_slices(database, GapTurn, GapTurn.said_at < before)
    return gone + prune_reminders(database, before=before) + prune_touches(database, before=before, now=now)


def cleaned(value: Any, names: Collection[str], whole: Collection[str], telling: Collection[str]) -> Any:
    """The same plain data without him: a text that names him, is one of his sentences or holds one of the telling ones is «已删除»."""
    if isinstance(value, dict):
        return {key: cleaned(one, names, whole, telling) for key, one in value.items()}
    if isinstance(value, list):
        return [cleaned(one, names, whole, telling) for one in value]
    if isinstance(value, str) and (value in whole or not names_in(value).isdisjoint(names) or any(text in value for text in telling)):
        return GONE
    return value


def _forget_gaps(session: Session, external_id: str, traces: Traces) -> None:
    """His turns leave the groups of unanswered questions; a group that was only his goes, one that bore his words gets another title."""
    ids = session.scalars(select(GapTurn.gap_id).where(GapTurn.external_id == external_id).distinct()).all()
    session.execute(delete(GapTurn).where(GapTurn.external_id == external_id))
    for gap in session.scalars(select(Gap).where(Gap.id.in_(ids))):
        left = select(func.count()).select_from(GapTurn).where(GapTurn.gap_id == gap.id)
        gap.count = session.scalar(left) or 0
        other = session.scalar(select(GapTurn.words).where(GapTurn.gap_id == gap.id).order_by(GapTurn.id).limit(1))
        if other is None:
            session.delete(gap)
        elif gap.title in traces.words:
            gap.title = other


def _cards(session: Session, customer_id: int) -> set[str]:
    """The task ids of all cards that reminded of him."""
    rows = session.execute(select(Reminder.card, Reminder.asked).where(Reminder.customer_id == customer_id))
    return {task_of(card, number) for card, asked in rows for number in range(1, asked + 1)}


def _forget_touches(session: Session, customer: Customer) -> None:
    """What was said to him unprompted, or is planned, and why an advisor was reminded of him."""
    for table in (Touch, Enrolment):
        session.execute(delete(table).where(table.subject_kind == "customer", table.subject_id == customer.external_id))
    session.execute(delete(Reminder).where(Reminder.customer_id == customer.id))


def _learned(session: Session, customer: Customer) -> set[str]:
    """His questions that a correction put into scripts."""
    corrected = select(AuditEntry.subject_id).where(AuditEntry.subject == corrections.SUBJECT, AuditEntry.act == corrections.SCRIPT)
    his = select(Utterance.words).where(Utterance.external_id == customer.external_id, Utterance.msgid.in_(corrected))
    return {impersonal(words, nickname=customer.nickname) for words in session.scalars(his)} - {""}


def _clean_audit(
    session: Session, number: str, names: Collection[str], whole: Collection[str], telling: Collection[str], learned: Collection[str]
) -> None:
    """Who did what and when stays; of whom, and with which words, does not.

    What a script says is the writer's, also where a customer has asked the same: there only what was `learned` from him goes.
    """
    for entry in session.scalars(select(AuditEntry).execution_options(yield_per=1_000)):
        about = not names_in(entry.subject_id).isdisjoint(names)
        known = (names, learned, ()) if entry.subject == "script" else (names, whole, telling)
        before, after = (_all_gone(one) if about else cleaned(one, *known) for one in (entry.before, entry.after))
        if about:
            entry.subject_id = number
        if (before, after) != (entry.before, entry.after):
            entry.before, entry.after = before, after
    session.flush()


def _all_gone(values: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else dict.fromkeys(values, GONE)
