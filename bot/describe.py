"""Pure: a decision in words, for the transcript and for whoever asks what was decided."""

from collections.abc import Sequence

from bot.decide import Acknowledge, Answer, Clarify, Decision, HandOff, OptOut, Quiet, Why
from kb.terms import ScriptMatch


def describe(decision: Decision) -> tuple[str, str, str]:
    """(name, why in words, scripts as key@version) for the transcript."""
    match decision:
        case Answer(scripts, tells, left):
            return "answer", tells or (Why.NOT_COVERED if left else ""), _keys(scripts)
        case Acknowledge(reply, tells):
            return "acknowledge", tells or reply, ""
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
