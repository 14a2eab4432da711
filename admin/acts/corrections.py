"""Corrections at a message: its intent, its focus points. They teach, they can be taken back, and the audit keeps them all."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import audit
from admin.acts import script_corrections
from admin.looks.corrections import FOCUS_OFF, FOCUS_ON, INTENT, SCRIPT, SUBJECT, UNDO
from admin.models import AuditEntry
from admin.rights import must
from admin.sight import customer_for
from admin.terms import Blocked, Right, Who
from bot.models import Utterance
from bot.project_tags import queue_tags
from core.db import insert_once
from customers import undo
from customers.models import Customer, FocusRecord
from customers.record import TagChange, settle_tags
from customers.rules import FOCUS_NAMES, POLARITY_NAMES
from customers.terms import FocusPoint, Polarity
from intents import store as taught
from intents.models import TaughtFocus, TaughtUtterance
from intents.names import INTENT_NAMES
from intents.terms import Intent


def correct_intent(session: Session, who: Who, msgid: str, intent: Intent, *, now: datetime) -> None:
    """These words want that: an example for the next teaching of the head. What was decided then stays decided."""
    line, _ = message_for(session, who, msgid)
    before = "、".join(INTENT_NAMES[Intent(found["name"])] for found in (line.understood or {}).get("intents", []))
    taught.teach_utterance(session, line.words, intent, message_id=msgid, by=who.name, now=now)
    _note(session, who, INTENT, msgid, {"意图": INTENT_NAMES[intent]}, before={"意图": before}, now=now)


def cancel_focus(session: Session, who: Who, record_id: int, *, now: datetime) -> None:
    """These words do not show this point: tags follow, WeCom's too, and it becomes a counter-example."""
    must(who, Right.CORRECT)
    record = session.get(FocusRecord, record_id)
    if record is None:
        raise Blocked("这条关注点已不在，请刷新")
    line, customer = message_for(session, who, record.message_id)
    if record.undone_at is not None:
        return
    change = undo.undo_focus(session, customer, record_id, by=who.shown_as, now=now)
    _project(session, customer, change, record_id, now=now)
    taught.teach_focus(session, line.words, record.words, record.point, "", message_id=line.msgid, by=who.name, now=now)
    point = FOCUS_NAMES[FocusPoint(record.point)]
    _note(session, who, FOCUS_OFF, line.msgid, {"关注点": point, "记录": record_id}, before={"关注点": point}, now=now)


def add_focus(session: Session, who: Who, msgid: str, words: str, point: FocusPoint, polarity: Polarity, *, now: datetime) -> None:
    """These words of the message show the point: evidence like the assistant's own, and an example. Blocked unless they stand in it."""
    line, customer = message_for(session, who, msgid)
    words = words.strip()
    start = line.words.find(words)
    if not words or start < 0:
        raise Blocked("请从这句话里选出表达关注点的几个字")
    record = _evidence(session, customer, line, (words, start), point)
    if record.undone_at is None and record.polarity == polarity:
        raise Blocked(f"这几个字已经记为「{FOCUS_NAMES[point]}」")
    record.polarity, record.undone_at, record.undone_by, record.words, record.end = polarity, None, "", words, start + len(words)
    session.flush()
    _project(session, customer, settle_tags(session, customer, now=now), record.id, now=now)
    taught.teach_focus(session, line.words, words, point, polarity, message_id=msgid, by=who.name, now=now)
    after = {"关注点": FOCUS_NAMES[point], "态度": POLARITY_NAMES[polarity], "记录": record.id}
    _note(session, who, FOCUS_ON, msgid, after, now=now)


def take_back(session: Session, who: Who, entry_id: int, *, now: datetime) -> None:
    """Undo one correction: what it taught is withdrawn, what it changed is as before. A second time changes nothing."""
    must(who, Right.CORRECT)
    entry = session.get(AuditEntry, entry_id)
    if entry is None or entry.subject != SUBJECT or entry.act == UNDO:
        raise Blocked("没有这条更正，请刷新")
    line, customer = message_for(session, who, entry.subject_id)
    if _is_taken_back(session, entry):
        return
    match entry.act:
        case "更正意图":
            _withdraw_intent(session, line, now=now)
        case "更正话术":
            asked = script_corrections.asking(line, customer.nickname)
            script_corrections.unsay(session, who, asked.question, entry.after or {}, now=now)
        case _:
            _turn_focus(session, customer, int((entry.after or {})["记录"]), off=entry.act == FOCUS_ON, by=who.shown_as, now=now)
    audit.note(session, who, UNDO, SUBJECT, line.msgid, before={"更正": entry.act, "记录": entry.id}, now=now)


def correct_script(session: Session, who: Who, msgid: str, key: str, *, now: datetime) -> script_corrections.Drafts:
    """Script `key` should have answered: drafts that say so, for review. Returns which, for the operator to go on with."""
    line, customer = message_for(session, who, msgid)
    drafts = script_corrections.learn(session, who, script_corrections.asking(line, customer.nickname), key, now=now)
    after = {"应回复": drafts.title, "话术": key, "反例": list(drafts.wrong), "加入": list(drafts.added)}
    _note(session, who, SCRIPT, msgid, after, before={"回复": line.script}, now=now)
    return drafts


def message_for(session: Session, who: Who, msgid: str) -> tuple[Utterance, Customer]:
    """A customer's message and the customer, for who may correct it and see him."""
    must(who, Right.CORRECT)
    line = session.scalar(select(Utterance).where(Utterance.msgid == msgid, Utterance.speaker == "customer"))
    if line is None:
        raise Blocked("没有这条客户消息，请刷新")
    return line, customer_for(session, who, line.external_id)


def _note(
    session: Session, who: Who, act: str, msgid: str, after: dict[str, Any], *, before: dict[str, Any] | None = None, now: datetime
) -> None:
    """The line of the audit from which the page tells the correction."""
    audit.note(session, who, act, SUBJECT, msgid, before=before, after=after, now=now)


def _evidence(session: Session, customer: Customer, line: Utterance, said: tuple[str, int], point: FocusPoint) -> FocusRecord:
    """The record of these words; a new one counts as undone until it is given its polarity."""
    words, start = said
    row = {
        "customer_id": customer.id,
        "message_id": line.msgid,
        "words": words,
        "start": start,
        "end": start + len(words),
        "confidence": 1.0,
        "said_at": line.said_at,
        "undone_at": line.said_at,
        "undone_by": "",
        "point": point,
        "polarity": "",
    }
    insert_once(session, FocusRecord, [row], unique=["message_id", "point", "start"])
    same = (FocusRecord.message_id == line.msgid) & (FocusRecord.point == point) & (FocusRecord.start == start)
    return session.scalars(select(FocusRecord).where(same)).one()


def _project(session: Session, customer: Customer, change: TagChange, record_id: int, *, now: datetime) -> None:
    queue_tags(session, customer, change, f"correction:{record_id}:{now.timestamp():.6f}", now=now)


def _is_taken_back(session: Session, entry: AuditEntry) -> bool:
    same = (AuditEntry.subject == SUBJECT) & (AuditEntry.subject_id == entry.subject_id) & (AuditEntry.act == UNDO)
    return any((later.before or {}).get("记录") == entry.id for later in session.scalars(select(AuditEntry).where(same)))


def _withdraw_intent(session: Session, line: Utterance, *, now: datetime) -> None:
    for row in session.scalars(select(TaughtUtterance).where(TaughtUtterance.message_id == line.msgid)):
        row.withdrawn_at = now


def _turn_focus(session: Session, customer: Customer, record_id: int, *, off: bool, by: str, now: datetime) -> None:
    record = session.get(FocusRecord, record_id)
    if record is None:
        raise Blocked("这条关注点已不在，无法撤销")
    if off:
        change = undo.undo_focus(session, customer, record_id, by=by, now=now)
    else:
        change = undo.redo_focus(session, customer, record_id, now=now)
    _project(session, customer, change, record_id, now=now)
    same = (TaughtFocus.message_id == record.message_id) & (TaughtFocus.point == record.point) & (TaughtFocus.words == record.words)
    for row in session.scalars(select(TaughtFocus).where(same)):
        row.withdrawn_at = now
