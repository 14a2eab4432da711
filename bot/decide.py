"""Pure: what to do about one turn of a customer: Answer · Clarify · HandOff · Quiet. Read this to know when the assistant speaks."""

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
    """Say these scripts, in this order, as one reply; `tells` an advisor besides, when words alone get nothing done."""

    scripts: tuple[ScriptMatch, ...]
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


Decision = Answer | Clarify | HandOff | Quiet | OptOut


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
TALK_FROM = 0.5


@dataclass(frozen=True)
class Candidates:
    """Scripts that may answer, best first: of all intents; of the likeliest intent alone; the one for brands that we do not sell."""

    matches: tuple[ScriptMatch, ...] = ()
    of_intent: tuple[ScriptMatch, ...] = ()
    not_sold: ScriptMatch | None = None


def choose_reply(understood: Understanding, found: Candidates, *, situation: Situation, thresholds: Thresholds) -> Decision:
    """What to do about these words: first who may not be answered, then who needs a person, then the library."""
    if situation.person_serves:
        return Quiet(Silence.PERSON_SERVES)
    if not understood.tokens:
        return Quiet(Silence.NOTHING_SAID)
    if understood.carries(Intent.OPT_OUT):
        return OptOut()
    for intent, why in _TO_PERSON.items():
        if any(carried.name == intent and carried.score >= PERSON_FROM for carried in understood.intents):
            return HandOff(why, moves_session=True, suggested=found.matches[:3])
    top = settled_intent(understood)
    if top in COURTESY and situation.opted_out:
        return Quiet(Silence.OPTED_OUT)
    return _from_library(understood, top, found, situation, thresholds)


def settled_intent(understood: Understanding) -> Intent | None:
    """The intent, where it is sure. Doubt between two kinds of talk («谢谢，我再考虑考虑») is no doubt that it is talk."""
    if understood.top is None:
        return None
    if not understood.not_sure:
        return understood.top.name
    first, second = understood.ranking[0], understood.ranking[1:2]
    talks = first.name in TALK and all(other.name in TALK for other in second)
    return first.name if talks and first.score + sum(other.score for other in second) >= TALK_FROM else None


def _from_library(
    understood: Understanding, top: Intent | None, found: Candidates, situation: Situation, thresholds: Thresholds
) -> Decision:
    best = found.matches[0] if found.matches else None
    if top in TALK and found.of_intent and not (best and best.confidence >= thresholds.answer_at and best.intent not in TALK):
        return Answer(found.of_intent[:1])
    if top is not None and top in DEEDS and found.of_intent:
        return Answer(found.of_intent[:1], tells=DEEDS[top])
    if best and sureness(found.matches, top) >= thresholds.answer_at:
        return Answer((best, *_further(understood, best, found.matches, thresholds)))
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
    if situation.not_understood >= 1:
        return HandOff(Why.NOT_UNDERSTOOD_TWICE, moves_session=True, suggested=found.matches[:3])
    return Clarify()


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


def _further(
    understood: Understanding, best: ScriptMatch, matches: Sequence[ScriptMatch], thresholds: Thresholds
) -> tuple[ScriptMatch, ...]:
    """A second question in the same message is answered too, when its own script is about as sure."""
    asked = {found.name for found in understood.intents if found.name not in TALK} - {best.intent}
    for match in matches[1:]:
        if match.intent in asked and match.score >= 0.85 * best.score and match.confidence >= thresholds.clarify_at:
            return (match,)
    return ()


def describe(decision: Decision) -> tuple[str, str, str]:
    """(name, why in words, scripts as key@version) for the transcript."""
    match decision:
        case Answer(scripts, tells):
            return "answer", tells or "", _keys(scripts)
        case Clarify(options):
            return "clarify", "请客户选择" if options else "没有听懂，请客户换个说法", _keys(options)
        case HandOff(why, moves_session, suggested):
            return "hand_off" if moves_session else "pass_on", why, _keys(suggested)
        case Quiet(silence):
            return "quiet", silence, ""
        case OptOut():
            return "opt_out", "客户不希望被打扰", ""


def _keys(scripts: Sequence[ScriptMatch]) -> str:
    return ",".join(f"{script.key}@{script.version}" for script in scripts)
