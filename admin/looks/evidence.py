"""What is believed of one customer, each with the sentence behind it: focus points, signals with their points, slots."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.parts.marked import Mark, marked
from admin.parts.phones import masked
from admin.parts.when import exactly, when
from bot.brief import SLOT_NAMES
from bot.models import Utterance
from customers.models import Customer, FocusRecord, SignalRecord, SlotRecord
from customers.pack import LevelRules, SignalWeight
from customers.rules import FOCUS_NAMES, POLARITY_NAMES, decayed
from customers.terms import FocusPoint, Polarity, SlotName

_TONES: Mapping[Polarity, str] = {Polarity.POSITIVE: "good", Polarity.NEUTRAL: "", Polarity.NEGATIVE: "warn"}
Evidence = FocusRecord | SignalRecord | SlotRecord
AT_MOST = 200


def focus_of(session: Session, customer: Customer, *, now: datetime) -> list[dict[str, Any]]:
    """Newest first, also what was undone."""
    rows = _rows(session, FocusRecord, customer)
    said = sentences(session, rows)
    return [
        {
            **_told(row, said, "focus", FOCUS_NAMES[FocusPoint(row.point)], now=now),
            "name": FOCUS_NAMES[FocusPoint(row.point)],
            "polarity": POLARITY_NAMES[Polarity(row.polarity)],
            "tone": _TONES[Polarity(row.polarity)],
        }
        for row in rows
    ]


def signals_of(session: Session, customer: Customer, rules: LevelRules, *, now: datetime) -> list[dict[str, Any]]:
    """The score taken apart, newest first: how many points each sentence gives now, and how they come about."""
    rows = _rows(session, SignalRecord, customer)
    said = sentences(session, rows)
    newest: dict[str, int] = {}
    for row in sorted(rows, key=lambda one: one.said_at, reverse=True):
        if row.undone_at is None:
            newest.setdefault(row.name, row.id)
    told = []
    for row in rows:
        weight = rules.weights.get(row.name)
        counts = weight is not None and newest.get(row.name) == row.id
        points = decayed(weight.weight, now - row.said_at, weight.half_life_days) if weight and counts else 0.0
        name = weight.zh if weight else row.name
        how = _how(row, weight, counts=counts, points=points, now=now)
        told.append({**_told(row, said, "signal", name, now=now), "name": name, "points": round(points, 1), "how": how, "counts": counts})
    return told


def slots_of(session: Session, customer: Customer, names: Mapping[str, str], *, now: datetime) -> list[dict[str, Any]]:
    """Newest first, one row for a fact however often he said it; a phone number is masked and never leaves the server whole."""
    rows = _once(_rows(session, SlotRecord, customer))
    said = sentences(session, rows)
    return [
        {
            **_told(row, said, "slot", SLOT_NAMES[SlotName(row.name)], now=now),
            "name": SLOT_NAMES[SlotName(row.name)],
            "value": slot_value(row, names),
            "is_phone": row.name == SlotName.PHONE,
        }
        for row in rows
    ]


def slot_value(row: SlotRecord, names: Mapping[str, str]) -> str:
    """As people read it: names for keys, 万 for money, no «T» in a time."""
    if row.name == SlotName.PHONE:
        return masked(row.value)
    if row.name in (SlotName.BUDGET, SlotName.DOWN_PAYMENT, SlotName.MONTHLY_PAYMENT) and row.value.isdigit():
        yuan = int(row.value)
        return f"{yuan / 10_000:g} 万元" if yuan >= 10_000 else f"{yuan} 元"
    if row.name == SlotName.VISIT_TIME:
        return row.value.replace("T", " ").replace("/", " 到 ")
    return names.get(row.value, row.value)


def sentences(session: Session, rows: Iterable[Evidence]) -> dict[str, str]:
    """The messages in which the words stand, by msgid; those that are no longer kept are missing."""
    ids = {row.message_id for row in rows}
    lines = session.execute(select(Utterance.msgid, Utterance.words).where(Utterance.msgid.in_(ids))).all()
    return {line[0]: line[1] for line in lines}


def shown(sentence: str | None, words: str, start: int, end: int, title: str, kind: str) -> str:
    """The sentence as safe HTML with the words marked, phone numbers hidden; the words alone when the sentence is no longer kept."""
    if sentence is None or sentence[start:end] != words:
        return marked(masked(words), [Mark(0, len(words), title, kind)])
    return marked(masked(sentence), [Mark(start, end, title, kind)])


def _rows(session: Session, table: type[Any], customer: Customer) -> list[Any]:
    query = select(table).where(table.customer_id == customer.id).order_by(table.said_at.desc(), table.id.desc())
    return list(session.scalars(query.limit(AT_MOST)))


def _once(rows: Iterable[SlotRecord]) -> list[SlotRecord]:
    """Of each fact the newest mention that holds; of one that was undone altogether the newest."""
    newest: dict[tuple[str, str], SlotRecord] = {}
    for row in rows:
        shown = newest.setdefault((row.name, row.value), row)
        if shown.undone_at is not None and row.undone_at is None:
            newest[row.name, row.value] = row
    return sorted(newest.values(), key=lambda row: (row.said_at, row.id), reverse=True)


def _told(row: Evidence, said: Mapping[str, str], kind: str, title: str, *, now: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "sentence": shown(said.get(row.message_id), row.words, row.start, row.end, title, kind),
        "confidence": f"{row.confidence:.0%}",
        "at": when(row.said_at, now=now),
        "exactly": exactly(row.said_at),
        "undone": f"{row.undone_by or '运营'} {when(row.undone_at, now=now)} 撤销" if row.undone_at else "",
    }


def _how(row: SignalRecord, weight: SignalWeight | None, *, counts: bool, points: float, now: datetime) -> str:
    if weight is None:
        return "资料包里已经没有这个信号，不计分"
    if row.undone_at is not None:
        return "已撤销，不计分"
    if not counts:
        return "同一个信号说了几次，只算最近一次"
    days = max(now - row.said_at, timedelta(0)) / timedelta(days=1)
    return f"{weight.weight:g} 分，每 {weight.half_life_days:g} 天减半；已过 {days:.1f} 天，现在 {points:.1f} 分"
