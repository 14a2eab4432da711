"""Pure: what to do about one turn of a customer: Answer · Clarify · HandOff · Quiet. Read this to know when the assistant speaks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.messages import HUMAN, clicked_script
from intents.terms import Intent, Understanding
from kb.terms import ScriptMatch


class Why(StrEnum):
    """Why a person is needed."""

    ASKED_FOR_PERSON = "asked_for_person"
    COMPLAINT = "complaint"
    FAULT = "fault"
    NOT_UNDERSTOOD_TWICE = "not_understood_twice"
    NOT_COVERED = "not_covered"
    MEDIA = "media"
    WANTS_VISIT = "wants_visit"
    WANTS_ORDER = "wants_order"
    LEFT_CONTACT = "left_contact"
    PROMISE = "promise"


WHY_NAMES: Mapping[Why, str] = {
    Why.ASKED_FOR_PERSON: "客户要求人工",
    Why.COMPLAINT: "客户投诉",
    Why.FAULT: "车辆故障",
    Why.NOT_UNDERSTOOD_TWICE: "两次没听懂",
    Why.NOT_COVERED: "话术库没有答案",
    Why.MEDIA: "不是文字",
    Why.WANTS_VISIT: "想试驾或到店，已告诉顾问",
    Why.WANTS_ORDER: "订单事宜，已告诉顾问",
    Why.LEFT_CONTACT: "留了联系方式，已告诉顾问",
    Why.PROMISE: "答应了客户由顾问跟进",
}


class Silence(StrEnum):
    """Why nothing is said. Every silence has a name."""

    PERSON_SERVES = "人工正在接待，只记录不回复"
    OLD_HISTORY = "接入前的历史消息，只记录不回复"
    NOTHING_SAID = "没有可以理解的文字"
    OPTED_OUT = "客户不希望被打扰，礼貌用语不再回复"
    JUST_SAID = "刚刚已经回复过同类消息"


@dataclass(frozen=True)
class Answer:
    """Say these scripts, in this order, as one reply; `tells` an advisor besides, when words alone get nothing done.

    `left` are the customer's questions that they do not answer: he is told that they are passed on, and they are.
    """

    scripts: tuple[ScriptMatch, ...]
    tells: Why | None = None
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class Acknowledge:
    """Say the fixed words at `reply`, and tell an advisor what was agreed."""

    reply: str
    tells: Why | None = None


@dataclass(frozen=True)
class Clarify:
    """Ask which of these is meant; without options, ask for other words."""

    options: tuple[ScriptMatch, ...] = ()


@dataclass(frozen=True)
class HandOff:
    """A person is needed. `moves_session` gives the conversation to him; else he is told and the assistant goes on."""

    why: Why
    moves_session: bool
    suggested: tuple[ScriptMatch, ...] = ()


@dataclass(frozen=True)
class Quiet:
    """Say nothing, and say why."""

    why: Silence


@dataclass(frozen=True)
class OptOut:
    """He wants no more messages: confirm once, obey from now on."""


Decision = Answer | Acknowledge | Clarify | HandOff | Quiet | OptOut


@dataclass(frozen=True)
class Thresholds:
    """`answer_at`: confidence from which the top script is said; `clarify_at`: from which a menu is offered."""

    answer_at: float
    clarify_at: float


@dataclass(frozen=True)
class Situation:
    """What is known of the conversation besides the words."""

    person_serves: bool = False
    opted_out: bool = False
    not_understood: int = 0


# An intent that settles by itself that a person is needed.
_TO_PERSON: Mapping[Intent, Why] = {
    Intent.REQUEST_HUMAN: Why.ASKED_FOR_PERSON,
    Intent.COMPLAIN: Why.COMPLAINT,
    Intent.REPORT_FAULT: Why.FAULT,
}

# Talk: any approved script of the intent is a fitting reply, however the customer put it.
TALK = frozenset(
    {
        Intent.GREET,
        Intent.THANK,
        Intent.BYE,
        Intent.AFFIRM,
        Intent.DENY,
        Intent.CHITCHAT,
        Intent.OUT_OF_SCOPE,
        Intent.LOSE_INTEREST,
        Intent.SHARE_EXPERIENCE,
    }
)
# Deeds: what the customer wants is done by a person. An approved script of the intent acknowledges it, and an advisor is told.
DEEDS: Mapping[Intent, Why] = {
    Intent.BOOK_TEST_DRIVE: Why.WANTS_VISIT,
    Intent.PLACE_ORDER: Why.WANTS_ORDER,
    Intent.ASK_ORDER_STATUS: Why.WANTS_ORDER,
    Intent.CANCEL_REFUND: Why.WANTS_ORDER,
    Intent.LEAVE_CONTACT: Why.LEFT_CONTACT,
}
COURTESY = frozenset({Intent.GREET, Intent.THANK, Intent.BYE, Intent.AFFIRM, Intent.DENY})
# Rests on what the customer stands to lose: handing over wrongly costs a minute, staying with a machine costs the customer.
PERSON_FROM = 0.5
# Where the best script is about what the customer surely asks, a menu helps from here on: he sees himself whether it is there.
MENU_FROM = 0.3
# Below this an advisor's «noted» is said for a deed instead of a script that may be about another one.
DEED_FROM = 0.5
# Two scripts of one intent share their sureness only where the first is nearly sure by itself; below this share of it a menu shows both.
SHARES_FROM = 0.8
COURTESY_FROM = 0.6
# Thanking somebody for his story who has asked something is worse than asking him what he means. Below this most of the must_hit questions
# that were taken for talk were none; where a script's own words are as near as TALK_LIKE, it fits all the same.
TALK_FROM = 0.8
TALK_LIKE = 0.45
_STILL_WAITING = re.compile(r"[?!\s]*\?[?!\s]*")


@dataclass(frozen=True)
class Candidates:
    """Scripts that may answer, best first: of all intents; of the likeliest intent alone; the best of each further intent that the message
    carries; the one for brands that we do not sell, which is about the comparison where he compares."""

    matches: tuple[ScriptMatch, ...] = ()
    of_intent: tuple[ScriptMatch, ...] = ()
    also: tuple[ScriptMatch, ...] = ()
    not_sold: ScriptMatch | None = None


def choose_reply(understood: Understanding, found: Candidates, *, situation: Situation, thresholds: Thresholds) -> Decision:
    """What to do about these words: first who may not be answered, then who needs a person, then the library."""
    if situation.person_serves:
        return Quiet(Silence.PERSON_SERVES)
    if not understood.tokens:
        # «？» alone is somebody who still waits for an answer.
        return _ask_again(found, situation) if _STILL_WAITING.fullmatch(understood.normalised) else Quiet(Silence.NOTHING_SAID)
    if understood.carries(Intent.OPT_OUT):
        return OptOut()
    for intent, why in _TO_PERSON.items() if not _is_our_question(found) else ():
        if any(carried.name == intent and carried.score >= PERSON_FROM for carried in understood.intents):
            return HandOff(why, moves_session=True, suggested=found.matches[:3])
    top = wish_of(understood)
    if top in COURTESY and situation.opted_out:
        return Quiet(Silence.OPTED_OUT)
    return _from_library(understood, top, found, situation, thresholds)


def _is_our_question(found: Candidates) -> bool:
    """The very words of an approved question about something else («后备箱») are no fault and no complaint."""
    best = found.matches[0] if found.matches else None
    return best is not None and best.intent not in _TO_PERSON and best.parts.get("exact", 0.0) > 0


def is_urgent(decision: Decision) -> bool:
    """Whether it settles the turn whatever else was said: silence, the end of all messages, a person at once."""
    urgent = isinstance(decision, HandOff) and decision.why in _TO_PERSON.values()
    return urgent or isinstance(decision, (Quiet, OptOut))


def wish_of(understood: Understanding) -> Intent | None:
    """What is to be done, where it is sure: courtesy gives way to whatever else the message carries («谢谢，续航掉得厉害吗»)."""
    settled = settled_intent(understood)
    if settled not in COURTESY or understood.not_sure:
        return settled
    return next((found.name for found in understood.intents if found.name not in TALK), settled)


def settled_intent(understood: Understanding) -> Intent | None:
    """The intent, where it is sure. Doubt between courtesy and other talk («谢谢，我再考虑考虑») is no doubt that it is talk."""
    top = understood.top
    if top is None or (understood.not_sure and top.name not in TALK):
        return None
    if top.name not in TALK:
        return top.name
    beside = [one for one in understood.ranking[1:2] if one.name in TALK and not COURTESY.isdisjoint({one.name, top.name})]
    sure = top.score + sum(one.score for one in beside)
    return top.name if sure >= (COURTESY_FROM if top.name in COURTESY else TALK_FROM) else None


def _from_library(
    understood: Understanding, top: Intent | None, found: Candidates, situation: Situation, thresholds: Thresholds
) -> Decision:
    best = found.matches[0] if found.matches else None
    is_ours = best is not None and best.confidence >= thresholds.answer_at and best.intent not in TALK
    if found.of_intent and not is_ours and (top in TALK or _is_like_talk(found.of_intent[0])):
        return Answer(found.of_intent[:1])
    if top is not None and top in DEEDS and found.of_intent:
        deed = found.of_intent[0]
        if deed.confidence < DEED_FROM:
            return Acknowledge("noted", DEEDS[top])
        return Answer((deed, *_further(deed, found, thresholds)), tells=DEEDS[top])
    if best and best.confidence >= SHARES_FROM * thresholds.answer_at and sureness(found.matches, top) >= thresholds.answer_at:
        return Answer((best, *_further(best, found, thresholds)))
    if found.not_sold:
        return Answer((found.not_sold,))
    options = _options(found.matches)
    if options and options[0].confidence >= thresholds.clarify_at:
        return Clarify(options)
    options = _options(found.of_intent) if top is not None else ()
    if options and options[0].confidence >= MENU_FROM:
        return Clarify(options)
    if top is not None:
        return HandOff(Why.NOT_COVERED, moves_session=False, suggested=found.matches[:3])
    return _ask_again(found, situation)


def _ask_again(found: Candidates, situation: Situation) -> Decision:
    """What was meant; the second time in a row a person is better at that."""
    if situation.not_understood >= 1:
        return HandOff(Why.NOT_UNDERSTOOD_TWICE, moves_session=True, suggested=found.matches[:3])
    return Clarify()


def _is_like_talk(best: ScriptMatch) -> bool:
    return best.intent in TALK and best.confidence >= TALK_LIKE


def sureness(matches: Sequence[ScriptMatch], asked: Intent | None) -> float:
    """How sure the best script may be said. Doubt between two scripts of the very intent that is asked («E7 的后备箱», «两款的后备箱») is
    doubt about wording, not about the subject: the second one's share then counts for the first."""
    best, second = matches[0], matches[1:2]
    shared = sum(match.confidence for match in second if match.intent == best.intent == asked)
    return min(1.0, best.confidence + shared)


def choose_for_click(menu_id: str, script: ScriptMatch | None, *, situation: Situation) -> Decision | None:
    """A menu item counts as its question. None when the item is not ours: then its words are understood like any others."""
    if situation.person_serves:
        return Quiet(Silence.PERSON_SERVES)
    if menu_id == HUMAN:
        return HandOff(Why.ASKED_FOR_PERSON, moves_session=True)
    if clicked_script(menu_id) is None:
        return None
    return Answer((script,)) if script else HandOff(Why.NOT_COVERED, moves_session=False)


def is_understood(decision: Decision) -> bool:
    """Whether the turn ends the count of turns not understood; so does a silence, for then a person served or nothing was asked."""
    return not isinstance(decision, Clarify) or bool(decision.options)


def _options(matches: Sequence[ScriptMatch]) -> tuple[ScriptMatch, ...]:
    """What a menu offers: the two or three likeliest questions. Talk is no question, so it is never offered."""
    questions = [match for match in matches if match.intent not in TALK]
    return tuple(match for match in questions[:3] if match.score >= questions[0].score * 0.6)


def _further(best: ScriptMatch, found: Candidates, thresholds: Thresholds) -> tuple[ScriptMatch, ...]:
    """Further wishes of the same message are answered too, each by the likeliest script of its own intent, if that may well be the one."""
    return tuple(match for match in found.also if match.intent != best.intent and match.confidence >= thresholds.clarify_at)
