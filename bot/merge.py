"""Pure: of several ways to read a question the one that helps most, and of several questions one reply."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.decide import TALK, Answer, Candidates, Clarify, Decision, HandOff, Thresholds, is_urgent, wish_of
from intents.terms import Understanding
from kb.terms import ScriptMatch

# As many approved answers as fit into one message of kf.
SCRIPTS_AT_MOST = 3


@dataclass(frozen=True)
class Reading:
    """A question as it may be meant, and what would be done about it."""

    text: str
    understood: Understanding
    found: Candidates
    decision: Decision


def best_of(readings: Sequence[Reading], said: Reading | None = None) -> Reading:
    """The first that is answered; else the one that comes nearest to an answer. What is plainly talk, said as it was, stays talk. One that
    would end the talk («空调» alone sounds like a fault) stands only where all would."""
    if said and wish_of(said.understood) in TALK:
        return said
    calm = [one for one in readings if not is_urgent(one.decision)] or readings
    return next((one for one in calm if answers(one.decision)), max(calm, key=_help))


def merged(readings: Sequence[Reading], whole: Decision, thresholds: Thresholds) -> Decision:
    """One decision about several questions, in their order: what can be answered is, the rest is passed on. `whole` is what would be done
    about the message read as one question; it stands where no question can be answered by itself."""
    urgent = next((one.decision for one in readings if is_urgent(one.decision)), None)
    if urgent:
        return urgent
    if not any(answers(one.decision) for one in readings):
        return whole
    scripts: dict[str, ScriptMatch] = {}
    left = []
    for one in readings:
        found = _scripts(one, thresholds)
        scripts |= {script.key: script for script in found if len(scripts) < SCRIPTS_AT_MOST}
        if not all(script.key in scripts for script in found) or (not found and wish_of(one.understood) not in TALK):
            left.append(one.text)
    tells = next((one.decision.tells for one in readings if isinstance(one.decision, Answer) and one.decision.tells), None)
    return Answer(tuple(scripts.values()), tells, tuple(left))


def _scripts(one: Reading, thresholds: Thresholds) -> tuple[ScriptMatch, ...]:
    """What answers this question beside others: talk does not count, a likely script of the very intent does."""
    match one.decision:
        case Answer(scripts) if answers(one.decision):
            return scripts
        case Clarify((first, *_)) if first.intent == wish_of(one.understood):
            return (first,) if first.confidence >= (thresholds.answer_at + thresholds.clarify_at) / 2 else ()
        case _:
            return ()


def answers(decision: Decision) -> bool:
    """Whether it says something about the business."""
    return isinstance(decision, Answer) and any(script.intent not in TALK for script in decision.scripts)


def _help(one: Reading) -> tuple[int, float]:
    confidence = one.found.matches[0].confidence if one.found.matches else 0.0
    match one.decision:
        case Clarify((_, *_)):
            return 2, confidence
        case HandOff() | Answer():
            return 1, confidence
        case _:
            return 0, confidence
