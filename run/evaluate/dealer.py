"""`evaluate dealer`: the shipped pack, taught nothing of them, on messages as a dealer gets them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.embedding import KeptVectors
from core.settings import Settings
from customers.terms import FocusPoint, Level, Polarity
from intents.build import build_understander
from intents.names import INTENT_NAMES
from intents.terms import Intent, Understanding
from run.compose import Say
from run.evaluate import measure
from run.evaluate.intents import WORST, curves_of
from run.evaluate.rows import read_rows, text_of
from run.evaluate.terms import Figures, Mistake, Outcome
from run.pack import load_pack

# Talk that has nothing to do with the business: the assistant answers neither, and real messages lie between the two.
_OFF_TOPIC = frozenset({Intent.OUT_OF_SCOPE, Intent.CHITCHAT})
# Relative days become dates in slots only, and no figure looks at slots: any day would do.
_ANY_DAY = datetime(2026, 3, 2, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Message:
    """A message and what people found in it: intents (the most important first), (focus point, polarity), level."""

    text: str
    intents: tuple[Intent, ...]
    points: frozenset[tuple[FocusPoint, Polarity]]
    level: Level | None


def evaluate_dealer(settings: Settings, data: Path, vectors: KeptVectors, *, say: Say) -> Outcome:
    """What the shipped pack understands of the messages in `data`; `vectors` remembers what these cost to encode."""
    messages = read_rows(data, '{"text", "intents": […], "focus_points": [{"point", "polarity"}], "level": …}', _message)
    understander = build_understander(
        load_pack(settings.pack_folder()).taught(),
        KeptVectors(vectors.embedder, settings.data_dir / "vectors"),
        settings.data_dir / "models",
        confident_at=settings.intent_confident_at,
        clear_by=settings.intent_clear_by,
        progress=lambda done, of: say(f"  编码例句 {done}/{of}"),
    )
    say(f"  理解 {len(messages)} 条消息")
    understood = replace(understander, embedder=vectors).understand_many([message.text for message in messages], now=_ANY_DAY)
    return outcome_of(data.name, messages, understood)


def outcome_of(data: str, messages: Sequence[Message], understood: Sequence[Understanding]) -> Outcome:
    """All figures, the confusion of the first intent, both curves, and the mistakes made with the greatest confidence."""
    tops = [found.top.name if found.top else Intent.CHITCHAT for found in understood]
    scores = [found.top.score if found.top else 0.0 for found in understood]
    right = [top in message.intents for top, message in zip(tops, messages, strict=True)]
    wrong = sorted((at for at in range(len(messages)) if not right[at]), key=lambda at: -scores[at])
    # One of several intents rightly found is no confusion.
    truth = [top if hit else message.intents[0] for top, hit, message in zip(tops, right, messages, strict=True)]
    return Outcome(
        "dealer",
        data,
        {
            "top_intent_accuracy": measure.share(right),
            **_intent_figures(messages, understood),
            **_scope_figures(messages, tops),
            "ece": measure.calibration_error(scores, right),
            **_focus_figures(messages, understood),
            **_level_figures(messages, understood),
            "messages": len(messages),
        },
        measure.confusion([INTENT_NAMES[one] for one in truth], [INTENT_NAMES[one] for one in tops]),
        curves_of(scores, right),
        [_mistake(messages[at], tops[at], scores[at]) for at in wrong[:WORST]],
    )


def _intent_figures(messages: Sequence[Message], understood: Sequence[Understanding]) -> Figures:
    truth = [frozenset[str](message.intents) for message in messages]
    said = [frozenset[str](one.name for one in found.intents) for found in understood]
    return {"intents_micro_f1": measure.micro_f1(truth, said), "intents_macro_f1": measure.macro_f1(truth, said)}


def _scope_figures(messages: Sequence[Message], tops: Sequence[Intent]) -> Figures:
    """Out of scope by its own name, and together with small talk. In scope is a message that carries neither."""
    pairs = [(message.intents, top) for message, top in zip(messages, tops, strict=True)]
    outside = [top for intents, top in pairs if intents[0] is Intent.OUT_OF_SCOPE]
    off_topic = [top for intents, top in pairs if intents[0] in _OFF_TOPIC]
    inside = [top for intents, top in pairs if not _OFF_TOPIC & set(intents)]
    return {
        "out_of_scope_recall": measure.share(top is Intent.OUT_OF_SCOPE for top in outside),
        "in_scope_refused": measure.share(top is Intent.OUT_OF_SCOPE for top in inside),
        "off_topic_recall": measure.share(top in _OFF_TOPIC for top in off_topic),
        "in_scope_taken_as_off_topic": measure.share(top in _OFF_TOPIC for top in inside),
        "out_of_scope_messages": len(outside),
        "in_scope_messages": len(inside),
    }


def _focus_figures(messages: Sequence[Message], understood: Sequence[Understanding]) -> Figures:
    truth = [frozenset[str](point for point, _ in message.points) for message in messages]
    said = [frozenset[str](one.point for one in found.focus_points) for found in understood]
    judged = [frozenset(f"{point} {polarity}" for point, polarity in message.points) for message in messages]
    felt = [frozenset(f"{one.point} {one.polarity}" for one in found.focus_points) for found in understood]
    return {"focus_f1": measure.micro_f1(truth, said), "focus_polarity_f1": measure.micro_f1(judged, felt)}


def _level_figures(messages: Sequence[Message], understood: Sequence[Understanding]) -> Figures:
    """Most messages state no level, so the share that is right says little; F1 is over those that do, or are said to."""
    said = [found.stated_level.level if found.stated_level else None for found in understood]
    stated = [frozenset[str]([message.level] if message.level else []) for message in messages]
    found = [frozenset[str]([level] if level else []) for level in said]
    return {
        "level_accuracy": measure.share(message.level == level for message, level in zip(messages, said, strict=True)),
        "level_f1": measure.micro_f1(stated, found),
    }


def _mistake(message: Message, top: Intent, score: float) -> Mistake:
    return Mistake(message.text, "、".join(INTENT_NAMES[intent] for intent in message.intents), INTENT_NAMES[top], round(score, 4))


def _message(row: Mapping[str, Any]) -> Message:
    intents = tuple(Intent(name) for name in row["intents"])
    if not intents:
        raise ValueError("a message without an intent teaches nothing about intents")
    points = frozenset((FocusPoint(one["point"]), Polarity(one["polarity"])) for one in row["focus_points"])
    return Message(text_of(row["text"]), intents, points, Level(row["level"]) if row["level"] else None)
