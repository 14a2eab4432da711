"""What was understood of each message of a customer, with the places in his words: for the panel beside a conversation."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.parts.marked import Mark
from admin.parts.phones import masked
from bot.brief import SLOT_NAMES
from bot.models import Utterance
from customers.models import Customer, FocusRecord, SignalRecord, SlotRecord
from customers.rules import FOCUS_NAMES, POLARITY_NAMES
from customers.store import level_history
from customers.terms import FocusPoint, Polarity, SlotName
from intents.names import INTENT_NAMES
from intents.terms import Intent


@dataclass(frozen=True)
class Focus:
    """One focus point of a message; `undone` when somebody took it back."""

    id: int
    name: str
    polarity: str
    words: str
    undone: bool


@dataclass(frozen=True)
class Reading:
    """Everything a message was understood to say, in Chinese. `joined` when the turn it belongs to was understood at a later message."""

    intents: tuple[tuple[str, float], ...] = ()
    not_sure: bool = False
    focus: tuple[Focus, ...] = ()
    slots: tuple[tuple[str, str], ...] = ()
    signals: tuple[tuple[str, str], ...] = ()
    levels: tuple[str, ...] = ()
    joined: bool = False
    marks: tuple[Mark, ...] = field(default=(), repr=False)


@dataclass
class _Found:
    focus: list[FocusRecord] = field(default_factory=list)
    signals: list[SignalRecord] = field(default_factory=list)
    slots: list[SlotRecord] = field(default_factory=list)


def readings_of(
    session: Session, customer: Customer, lines: Sequence[Utterance], names: Mapping[str, str], signal_names: Mapping[str, str]
) -> dict[str, Reading]:
    """msgid → reading, for the customer's messages among `lines`. `names`: pack key → Chinese; `signal_names` likewise."""
    heard = [line for line in lines if line.speaker == "customer"]
    found = _evidence(session, customer, [line.msgid for line in heard])
    levels = _levels(session, customer)
    return {line.msgid: _reading(line, found[line.msgid], levels[line.msgid], names, signal_names) for line in heard}


def _evidence(session: Session, customer: Customer, msgids: Sequence[str]) -> defaultdict[str, _Found]:
    found: defaultdict[str, _Found] = defaultdict(_Found)
    for focus in session.scalars(select(FocusRecord).where(FocusRecord.message_id.in_(msgids)).order_by(FocusRecord.start)):
        found[focus.message_id].focus.append(focus)
    for signal in session.scalars(select(SignalRecord).where(SignalRecord.message_id.in_(msgids)).order_by(SignalRecord.start)):
        found[signal.message_id].signals.append(signal)
    for slot in session.scalars(select(SlotRecord).where(SlotRecord.message_id.in_(msgids)).order_by(SlotRecord.start)):
        found[slot.message_id].slots.append(slot)
    return found


def _levels(session: Session, customer: Customer) -> defaultdict[str, list[str]]:
    """msgid → the changes of level that it brought, with the reason."""
    told: defaultdict[str, list[str]] = defaultdict(list)
    for change in level_history(session, customer.id):
        told[str(change.reason.get("heard", ""))].append(
            f"{change.before} → {change.after}：{change.reason.get('text', '')}{'（已撤回）' if change.reason.get('undone_at') else ''}"
        )
    return told


def _reading(line: Utterance, found: _Found, levels: Sequence[str], names: Mapping[str, str], signal_names: Mapping[str, str]) -> Reading:
    data = line.understood or {}
    slots = [(SLOT_NAMES[SlotName(row.name)], masked(names.get(row.value, row.value)), row) for row in found.slots if row.undone_at is None]
    signals = [(signal_names.get(row.name, row.name), row) for row in found.signals if row.undone_at is None]
    focus = tuple(_focus(row) for row in found.focus)
    marks = [Mark(row.start, row.end, f"{one.name}·{one.polarity}") for row, one in zip(found.focus, focus, strict=True) if not one.undone]
    marks += [Mark(row.start, row.end, f"{name}：{value}", "slot") for name, value, row in slots]
    marks += [Mark(row.start, row.end, f"信号·{name}", "signal") for name, row in signals]
    return Reading(
        intents=tuple((INTENT_NAMES[Intent(one["name"])], float(one["score"])) for one in data.get("intents", [])),
        not_sure=bool(data.get("not_sure", False)),
        focus=focus,
        slots=tuple((name, value.replace("T", " ").replace("/", " 至 ")) for name, value, _ in slots),
        signals=tuple((name, masked(row.words)) for name, row in signals),
        levels=tuple(levels),
        joined=line.understood is None and line.kind in ("text", "menu"),
        marks=_apart(marks),
    )


def _apart(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Where marks overlap the earlier kind is shown: a signal is often the whole sentence, a focus point a few words of it."""
    kept: list[Mark] = []
    for mark in marks:
        if all(mark.end <= one.start or one.end <= mark.start for one in kept):
            kept.append(mark)
    return tuple(kept)


def _focus(row: FocusRecord) -> Focus:
    polarity = POLARITY_NAMES[Polarity(row.polarity)]
    return Focus(row.id, FOCUS_NAMES[FocusPoint(row.point)], polarity, masked(row.words), row.undone_at is not None)
