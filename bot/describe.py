"""Pure: a decision in words, for the transcript and for whoever asks what was decided."""

from collections.abc import Mapping, Sequence

from bot.decide import WHY_NAMES, Acknowledge, Answer, Clarify, Decision, HandOff, OptOut, Quiet, Why
from kb.terms import ScriptMatch

DECISION_NAMES: Mapping[str, str] = {
    "answer": "回复",
    "acknowledge": "应答",
    "clarify": "追问",
    "hand_off": "转人工",
    "pass_on": "转告顾问",
    "quiet": "不答",
    "opt_out": "停止打扰",
    "": "并入同一轮",
}
REASON_NAMES: Mapping[str, str] = {
    **{why.value: name for why, name in WHY_NAMES.items()},
    "noted": "记下了客户的安排",
    "declined": "客户谢绝了",
}


def reason_name(why: str) -> str:
    """The «why» of the transcript as an operator reads it; what is Chinese already stays as it is."""
    return REASON_NAMES.get(why, "接受了提议" if why.startswith("offers.") else why)


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
