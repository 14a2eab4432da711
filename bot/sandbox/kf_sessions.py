"""POST kf/service_state/get and trans: who serves the customer, and which change is allowed (reference §5.7)."""

from datetime import datetime

from bot.sandbox.corp import Corp, Session
from bot.sandbox.fields import Asked, integer_of, text_of
from bot.sandbox.kf_log import issue_event_code
from bot.sandbox.terms import ApiError, CodeFrom, Json, SessionState

# The arrows that the reference confirms. 1→4, 2→1 and 2→4 are unconfirmed there, so nobody should lean on them: they are refused.
ARROWS = {
    SessionState.NEW: {SessionState.ASSISTANT, SessionState.POOL, SessionState.HUMAN},
    SessionState.ASSISTANT: {SessionState.POOL, SessionState.HUMAN},
    SessionState.POOL: {SessionState.HUMAN},
    SessionState.HUMAN: {SessionState.HUMAN, SessionState.ENDED},
    SessionState.ENDED: set[SessionState](),
}
_CODES = {SessionState.POOL: CodeFrom.POOL, SessionState.HUMAN: CodeFrom.SERVICER, SessionState.ENDED: CodeFrom.ENDED}


def state_get(corp: Corp, asked: Asked) -> Json:
    """The state; `servicer_userid` only in state 3."""
    session = _session(corp, asked)
    state = session.state_at(asked.now)
    return {"service_state": int(state)} | ({"servicer_userid": session.servicer} if state is SessionState.HUMAN else {})


def state_trans(corp: Corp, asked: Asked) -> Json:
    """Change the state. The answer has a `msg_code` at the first change to 2 or 3 and at the end; no event tells of it."""
    session = _session(corp, asked)
    before = session.state_at(asked.now)
    after = SessionState(integer_of(asked.fields, "service_state", least=0, most=4))
    if after not in ARROWS[before]:
        raise ApiError(95016, f"transition from {before} to {after} is not allowed")
    servicer = _servicer(corp, asked) if after is SessionState.HUMAN else ""
    return move(corp, asked.fields["external_userid"], after, servicer, now=asked.now)


def move(corp: Corp, external_userid: str, after: SessionState, servicer: str, *, now: datetime) -> Json:
    """Put the session into a state that somebody has checked; {"msg_code": …} where this change gives one."""
    session = corp.sessions[external_userid]
    changed = session.state_at(now) is not after
    session.state, session.servicer = after, servicer or session.servicer
    if not changed or after not in _CODES:
        return {}
    return {"msg_code": issue_event_code(corp, _CODES[after], external_userid, now=now)}


def _session(corp: Corp, asked: Asked) -> Session:
    corp.account(asked.fields)
    external_userid = text_of(asked.fields, "external_userid", missing=41035)
    corp.customer(external_userid)
    return corp.sessions[external_userid]


def _servicer(corp: Corp, asked: Asked) -> str:
    member = corp.members.get(text_of(asked.fields, "servicer_userid").lower())
    if member is None or not member.is_servicer or not member.activated:
        raise ApiError(95014, "not a servicer, or not activated")
    if not member.on_duty:
        raise ApiError(95019, "the servicer is off duty")
    return member.userid
