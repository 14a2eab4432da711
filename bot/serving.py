"""Who serves a kf session now: one word for each, and the same as a condition on the table."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, not_

from bot.budget import HOLD_LASTS
from bot.models import KfSession
from bot.sessions import is_held
from bot.wecom.terms import KfState


class Serves(StrEnum):
    """Who answers the customer's next message."""

    ASSISTANT = "assistant"
    OPERATOR = "operator"
    SERVICER = "servicer"
    POOL = "pool"
    PROMISED = "promised"
    ENDED = "ended"


SERVES_NAMES: Mapping[Serves, str] = {
    Serves.ASSISTANT: "助手接待",
    Serves.OPERATOR: "后台接管",
    Serves.SERVICER: "人工接待",
    Serves.POOL: "待接入池",
    Serves.PROMISED: "正在转人工",
    Serves.ENDED: "已结束",
}


def who_serves(kf: KfSession, *, now: datetime) -> Serves:
    """From our own rows; WeCom's word stands before an operator's hold."""
    match KfState(kf.state):
        case KfState.HUMAN:
            return Serves.SERVICER
        case KfState.POOL:
            return Serves.POOL
    if kf.handing_over:
        return Serves.PROMISED
    if is_held(kf, now=now):
        return Serves.OPERATOR
    return Serves.ENDED if kf.state == KfState.ENDED else Serves.ASSISTANT


def is_served_by(serves: Serves, *, now: datetime) -> ColumnElement[bool]:
    """A condition on `kf_sessions` that says the same as `who_serves`."""
    promised = and_(KfSession.state.not_in([KfState.HUMAN, KfState.POOL]), KfSession.handing_over)
    free = and_(KfSession.state.not_in([KfState.HUMAN, KfState.POOL]), not_(KfSession.handing_over))
    held = and_(free, KfSession.held_by != "", KfSession.held_at > now - HOLD_LASTS)
    unheld = and_(free, (KfSession.held_by == "") | (KfSession.held_at <= now - HOLD_LASTS))
    match serves:
        case Serves.SERVICER:
            return KfSession.state == KfState.HUMAN
        case Serves.POOL:
            return KfSession.state == KfState.POOL
        case Serves.PROMISED:
            return promised
        case Serves.OPERATOR:
            return held
        case Serves.ENDED:
            return and_(unheld, KfSession.state == KfState.ENDED)
        case Serves.ASSISTANT:
            return and_(unheld, KfSession.state != KfState.ENDED)
