"""Pure: a turn of several messages is understood as one text; what it showed is given back to the message whose words show it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from customers.terms import FocusMention, Heard, LevelStatement, Signal, Slot, Span
from intents.terms import Understanding

JOINT = "\n"


def joined(texts: Sequence[str]) -> str:
    """The messages of a turn as one text."""
    return JOINT.join(texts)


def per_message(understood: Understanding, messages: Sequence[tuple[str, datetime, str]]) -> list[Heard]:
    """For each message (msgid, moment, text) of the turn what its words showed; intents belong to the last, which completed them."""
    heard: list[Heard] = []
    start = 0
    for index, (msgid, said_at, text) in enumerate(messages):
        end = start + len(text)
        stated = understood.stated_level
        heard.append(
            Heard(
                message_id=msgid,
                said_at=said_at,
                text=text,
                focus_points=[_focus(m, start, text) for m in understood.focus_points if start <= m.span.start < end],
                signals=[_signal(s, start, text) for s in understood.signals if start <= s.span.start < end],
                slots=[_slot(s, start, text) for s in understood.slots if start <= s.span.start < end],
                stated_level=_stated(stated, start, text) if stated and start <= stated.span.start < end else None,
                intents=[found.name for found in understood.intents] if index == len(messages) - 1 and not understood.not_sure else [],
            )
        )
        start = end + len(JOINT)
    return heard


def _moved(span: Span, start: int, text: str) -> Span:
    # Words that run into the next message are cut at the end of this one, so that the span stays a substring of it.
    begin, end = span.start - start, min(span.end - start, len(text))
    return Span(text[begin:end], begin, end)


def _focus(mention: FocusMention, start: int, text: str) -> FocusMention:
    return replace(mention, span=_moved(mention.span, start, text))


def _signal(signal: Signal, start: int, text: str) -> Signal:
    return replace(signal, span=_moved(signal.span, start, text))


def _slot(slot: Slot, start: int, text: str) -> Slot:
    return replace(slot, span=_moved(slot.span, start, text))


def _stated(stated: LevelStatement, start: int, text: str) -> LevelStatement:
    return replace(stated, span=_moved(stated.span, start, text))
