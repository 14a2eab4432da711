"""命中测试: what the bot would make of a question, by the bot's own thinker, and how the scripts came in their order."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from admin.office import Office
from admin.parts.marked import Mark
from bot.ask import question_of
from bot.brief import SLOT_NAMES
from bot.context import Context
from bot.decide import Answer, Clarify, Decision, HandOff
from bot.describe import describe
from bot.think import Scene, Thinker, Thought
from customers.rules import FOCUS_NAMES
from customers.terms import SlotName
from intents.terms import Understanding
from kb.explain import Lost, Placed, Reason, explain, why_lost
from kb.terms import Question, ScriptMatch

TOP: Final = 8
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True)
class Asked:
    """A question, and what the conversation has settled before it; keys are the pack's. `earlier` is what was asked just before."""

    words: str
    earlier: str = ""
    model: str = ""
    city: str = ""
    store: str = ""

    def known(self) -> dict[SlotName, str]:
        """The settled slots."""
        said = {SlotName.MODEL: self.model, SlotName.CITY: self.city, SlotName.STORE: self.store}
        return {name: key for name, key in said.items() if key}


@dataclass(frozen=True)
class Tried:
    """The thought, the question as it was looked for (`whole`), the best scripts for it, and those that the decision names."""

    thought: Thought
    whole: str
    ranking: Sequence[Placed]
    chosen: frozenset[str] = field(default_factory=frozenset)

    @property
    def understood(self) -> Understanding:
        """What the words were understood to say."""
        return self.thought.understood

    @property
    def decision(self) -> tuple[str, str]:
        """Its name and why, as the transcript keeps them."""
        return describe(self.thought.decision)[:2]


def try_out(office: Office, asked: Asked, *, now: datetime) -> Tried:
    """What the bot would do, without doing it. Blocking: two passes of the encoder or more."""
    thinker = Thinker(office.understander, office.scripts, replies=office.speech.replies, thresholds=office.thresholds)
    scene = Scene(known=asked.known())
    if asked.earlier:
        scene = Scene(context=thinker.think(asked.earlier, scene, now=now).context, known=scene.known)
    thought = thinker.think(asked.words, scene, now=now)
    whole = _whole(thought, scene.context)
    question = _question(office, whole, asked, now)
    return Tried(thought, whole, explain(office.scripts.library, question, top=TOP), frozenset(m.key for m in named(thought.decision)))


def why_not(office: Office, asked: Asked, whole: str, key: str, *, now: datetime) -> Lost | None:
    """Why this script is not among the best for the question as it was looked for; None when it is."""
    lost = why_lost(office.scripts.library, _question(office, whole, asked, now), key, top=TOP)
    return lost and Lost(lost.key, tuple(in_chinese(reason, office.names) for reason in lost.reasons), lost.placed, lost.first)


def named(decision: Decision) -> tuple[ScriptMatch, ...]:
    """The scripts that a decision says, offers or suggests."""
    match decision:
        case Answer(scripts):
            return scripts
        case Clarify(options):
            return options
        case HandOff(suggested=suggested):
            return suggested
        case _:
            return ()


def in_chinese(reason: Reason, names: Mapping[str, str]) -> Reason:
    """The same reason with Chinese names for the pack's keys."""
    return Reason(reason.absence, _KEY.sub(lambda found: names.get(found[0], found[0]), reason.detail))


def _whole(thought: Thought, before: Context) -> str:
    """The question as it was made whole from what was said before; the words themselves where nothing was looked for."""
    asked = thought.context.asked
    return asked if asked and asked != before.asked else thought.understood.normalised


def _question(office: Office, whole: str, asked: Asked, now: datetime) -> Question:
    return question_of(office.understander.understand(whole, now=now), asked.known(), now=now)


def marks_in(understood: Understanding, names: Mapping[str, str]) -> list[Mark]:
    """The words that show something, as marks in the message."""
    slots = [(slot.span, f"{SLOT_NAMES[slot.name]}：{names.get(slot.value, slot.value)}", "slot") for slot in understood.slots]
    points = [(one.span, f"关注点：{FOCUS_NAMES[one.point]}", "focus") for one in understood.focus_points]
    signals = [(one.span, "购买信号", "signal") for one in understood.signals]
    return [Mark(span.start, span.end, title, kind) for span, title, kind in (*slots, *points, *signals)]


def found_in(understood: Understanding, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """(chip's class, text) of every slot and focus point."""
    slots = [("info", f"{SLOT_NAMES[slot.name]} {names.get(slot.value, slot.value)}") for slot in understood.slots]
    return list(dict.fromkeys([*slots, *(("warn", f"关注 {FOCUS_NAMES[one.point]}") for one in understood.focus_points)]))


def why_behind(placed: Placed, first: Placed) -> str:
    """Which part costs it most against the first."""
    leads = {part.label: part.worth for part in first.parts}
    label, lost = max(((part.label, leads.get(part.label, 0.0) - part.worth) for part in placed.parts), key=lambda one: one[1])
    behind = first.match.score - placed.match.score
    return f"比第 1 名低 {behind:.2f} 分，主要差在「{label}」（{lost:.2f}）"
