"""What the page of intents and focus points shows: examples of the pack and of operators, and the heads that were made of them."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from admin.looks.wanted import Wanted
from admin.parts.phones import masked
from admin.parts.when import exactly, when
from admin.store import shown_names
from customers.rules import FOCUS_NAMES, POLARITY_NAMES
from customers.terms import FocusPoint, Polarity
from intents import store
from intents.models import TaughtFocus, TaughtUtterance
from intents.names import INTENT_NAMES
from intents.shelf import HeadShelf
from intents.taught import letters
from intents.teaching import Example, IntentPack
from intents.terms import Intent

FROM_PACK, TAUGHT = "pack", "taught"
SOURCES = {FROM_PACK: "资料包", TAUGHT: "运营"}
SHOWS_NOT = "不是（反例）"
_NO_POINT = "不涉及任何关注点"

Rows = tuple[list[dict[str, Any]], int]


def examples(session: Session, pack: IntentPack, wanted: Wanted, *, now: datetime) -> Rows:
    """Operators' examples, the newest first, then the pack's; a pack's example that an operator has put elsewhere is his alone."""
    taught = list(reversed(store.taught_utterances(session)))
    said = {letters(row.text) for row in taught}
    names = shown_names(session)
    rows = [_taught_example(row, names, now) for row in taught] + [
        _pack_example(at, one) for at, one in enumerate(pack.examples) if letters(one.text) not in said
    ]
    intent = wanted.get("intent")
    return _part([row for row in rows if (not intent or intent in row["intents"]) and _fits(row, wanted)], wanted)


def text_of(session: Session, example: str) -> str | None:
    """What an operator's example says, whole: its row on the page hides phone numbers. None for one of the pack's."""
    source, _, number = example.partition(":")
    row = session.get(TaughtUtterance, int(number)) if source == TAUGHT else None
    return row.text if row else None


def intent_options(pack: IntentPack) -> dict[str, str]:
    """Every intent with the number of the pack's examples."""
    counts = Counter(intent for one in pack.examples for intent in one.intents)
    return {str(intent): f"{INTENT_NAMES[intent]}（{counts[intent]}）" for intent in Intent}


def sentences(session: Session, pack: IntentPack, wanted: Wanted, *, now: datetime) -> Rows:
    """Sentences about focus points, and what operators said does not show one."""
    names = shown_names(session)
    taught = [_taught_sentence(row, names, now) for row in reversed(store.taught_focus(session))]
    rows = taught + [
        {
            "id": f"{FROM_PACK}:{at}",
            "text": one.text,
            "words": one.words,
            "point": one.point or "",
            "point_name": FOCUS_NAMES[one.point] if one.point else _NO_POINT,
            "polarity": one.polarity if one.point else "",
            "polarity_name": POLARITY_NAMES[one.polarity] if one.point else "—",
            "source": FROM_PACK,
            "source_name": SOURCES[FROM_PACK],
            "by": "",
        }
        for at, one in enumerate(pack.sentences)
    ]
    point = wanted.get("point")
    return _part([row for row in rows if (not point or point == row["point"]) and _fits(row, wanted)], wanted)


def lexicon(pack: IntentPack) -> dict[FocusPoint, tuple[str, ...]]:
    """The words by which the pack knows each point."""
    return {point: pack.point_words.get(point, ()) for point in FocusPoint}


def heads(shelf: HeadShelf, *, now: datetime) -> list[dict[str, Any]]:
    """The versions on the shelf, the newest first."""
    book = shelf.book()
    return [
        {
            "id": one.key,
            "name": one.key[:8],
            "made": when(datetime.fromisoformat(one.made_at), now=now),
            "made_exactly": exactly(datetime.fromisoformat(one.made_at)),
            "examples": one.examples,
            "compared": f"{one.before:.1%} → {one.after:.1%}" if one.before is not None and one.after is not None else "—",
            "forced": one.forced,
            "current": one.key == book.current,
        }
        for one in reversed(book.versions)
    ]


def waiting(session: Session, shelf: HeadShelf) -> int:
    """Examples that were taught or withdrawn since the head in use was made: it does not know of them."""
    book = shelf.book()
    version = book.version(book.current)
    if version is None:
        return 0
    made = datetime.fromisoformat(version.made_at)
    news = or_(TaughtUtterance.taught_at > made, TaughtUtterance.withdrawn_at > made)
    return session.scalar(select(func.count()).select_from(TaughtUtterance).where(news)) or 0


def _fits(row: Mapping[str, Any], wanted: Wanted) -> bool:
    words, source = wanted.get("words").casefold(), wanted.get("source")
    return words in row["text"].casefold() and (not source or source == row["source"])


def _part(rows: list[dict[str, Any]], wanted: Wanted) -> Rows:
    return rows[wanted.offset : wanted.offset + wanted.size], len(rows)


def _pack_example(at: int, one: Example) -> dict[str, Any]:
    return {
        "id": f"{FROM_PACK}:{at}",
        "text": one.text,
        "intents": [str(intent) for intent in one.intents],
        "intent_name": "、".join(INTENT_NAMES[intent] for intent in one.intents),
        "source": FROM_PACK,
        "source_name": SOURCES[FROM_PACK],
        "by": "",
    }


def _taught_example(row: TaughtUtterance, names: Mapping[str, str], now: datetime) -> dict[str, Any]:
    return {
        "id": f"{TAUGHT}:{row.id}",
        "text": masked(row.text),
        "intents": [row.intent],
        "intent_name": INTENT_NAMES[Intent(row.intent)],
        "source": TAUGHT,
        "source_name": SOURCES[TAUGHT],
        "by": _taught_by(row, names, now),
    }


def _taught_sentence(row: TaughtFocus, names: Mapping[str, str], now: datetime) -> dict[str, Any]:
    return {
        "id": f"{TAUGHT}:{row.id}",
        "text": masked(row.text),
        "words": masked(row.words),
        "point": row.point,
        "point_name": FOCUS_NAMES[FocusPoint(row.point)],
        "polarity": row.polarity,
        "polarity_name": POLARITY_NAMES[Polarity(row.polarity)] if row.polarity else SHOWS_NOT,
        "source": TAUGHT,
        "source_name": SOURCES[TAUGHT],
        "by": _taught_by(row, names, now),
    }


def _taught_by(row: TaughtUtterance | TaughtFocus, names: Mapping[str, str], now: datetime) -> str:
    return f"{names.get(row.taught_by, row.taught_by)} · {when(row.taught_at, now=now)}" + (" · 来自会话" if row.message_id else "")
