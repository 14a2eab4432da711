"""Sends a kf session where an operator wants it: to a servicer, into the pool, or back to the assistant (reference §5.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot import outbox
from bot.messages import Channel, MoveTo, deed_key
from bot.transcript import Line
from bot.wecom.kf_calls import KfCalls
from bot.wecom.terms import KfState

CODE_LIVES = timedelta(seconds=20)  # of the code that an ended session gives (reference §5.6)


@dataclass(frozen=True)
class Moved:
    """Where it is now, what the operator reads of that, and WeCom's code for one message on the change."""

    state: KfState
    servicer: str
    note: str
    code: str = ""


def move_session(kf: KfCalls, to: tuple[str, str], wish: Mapping[str, Any], *, state: KfState, servicer: str) -> Moved:
    """`to` is (open_kfid, external_userid), `state` and `servicer` what WeCom says now. Refused where WeCom does not allow the change.

    Moving it where it is already is no error: an attempt before a crash may have done it.
    """
    match MoveTo(wish["move_to"]):
        case MoveTo.SERVICER:
            return _to_servicer(kf, to, str(wish["servicer"]), state=state, servicer=servicer)
        case MoveTo.POOL:
            if state != KfState.POOL:
                kf.move(*to, KfState.POOL)
            return Moved(KfState.POOL, "", "会话放入待接入池，等接待人员接入")
        case MoveTo.ASSISTANT:
            return _to_assistant(kf, to, state)


def queue_goodbye(session: Session, to: tuple[str, str], code: str, words: str, *, cause: str, now: datetime) -> Line:
    """The closing words, through the code that the end of a session brings; returns their line for the transcript."""
    key = deed_key("kf-goodbye", cause)
    payload = {"code": code, "open_kfid": to[0], "external_id": to[1], "text": words}
    lane = f"welcome:{to[1]}"
    outbox.enqueue(session, key, Channel.KF_ON_EVENT, payload, lane=lane, now=now, expires_in=CODE_LIVES, urgent=True)
    return Line(key, to[1], "assistant", words, now)


def _to_servicer(kf: KfCalls, to: tuple[str, str], wanted: str, *, state: KfState, servicer: str) -> Moved:
    if (state, servicer) != (KfState.HUMAN, wanted):
        kf.move(*to, KfState.HUMAN, servicer=wanted)
    return Moved(KfState.HUMAN, wanted, f"会话转给 {wanted}")


def _to_assistant(kf: KfCalls, to: tuple[str, str], state: KfState) -> Moved:
    # No arrow leads from a person to the assistant: the session ends, and the customer's next message begins a new one.
    if state == KfState.HUMAN:
        code = kf.move(*to, KfState.ENDED)
        return Moved(KfState.ENDED, "", "人工接待结束，客户再次开口时由助手接待", code)
    if state == KfState.POOL:
        # Not in WeCom's table of transitions, but reported to work; where it is refused the row is parked and says so.
        kf.move(*to, KfState.ASSISTANT)
        return Moved(KfState.ASSISTANT, "", "会话从待接入池交还助手")
    return Moved(state, "", "助手接待")
