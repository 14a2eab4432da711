"""POST kf/send_msg and kf/send_msg_on_event: who may be written to, how often, and until when (reference §5.5, §5.6)."""

from datetime import timedelta

from bot.sandbox.corp import WINDOW, Bubble, Corp, EventCode, Session
from bot.sandbox.fields import Asked, text_of
from bot.sandbox.kf_content import checked_content, own_msgid
from bot.sandbox.terms import ApiError, CodeFrom, Json, SessionState, Speaker

BUDGET = 5
_TEXT = frozenset({"text"})
_TEXT_OR_MENU = frozenset({"text", "msgmenu"})


def send_msg(corp: Corp, asked: Asked) -> Json:
    """Accept one message. Success means accepted: a failed delivery is told later by `msg_send_fail`."""
    corp.account(asked.fields)
    external_userid = text_of(asked.fields, "touser", missing=41035)
    corp.customer(external_userid)
    msgid = own_msgid(corp, asked.fields)
    msgtype, content, cut = checked_content(corp, asked.fields, now=asked.now)
    session = corp.sessions[external_userid]
    _check_session(session, asked)
    session.sent += 1
    return _deliver(corp, external_userid, Bubble(msgid, asked.now, Speaker.BOT, msgtype, content, cut=cut))


def _check_session(session: Session, asked: Asked) -> None:
    if session.wrote_at is not None and asked.now - session.wrote_at >= WINDOW:
        raise ApiError(95002, "the customer's last message is older than 48 hours")
    if session.state_at(asked.now) not in (SessionState.NEW, SessionState.ASSISTANT):
        raise ApiError(95018, "send msg session status invalid")
    if session.sent >= BUDGET:
        raise ApiError(95001, "more than 5 messages since the customer's last one")


def send_msg_on_event(corp: Corp, asked: Asked) -> Json:
    """Answer one event by its code. The reference names no errcode for a bad code; 41050 is the one for welcome codes."""
    code = corp.event_codes.get(text_of(asked.fields, "code", missing=41049))
    if code is None or code.used or asked.now - code.issued_at > _RULES[code.origin][0]:
        raise ApiError(41050, "invalid code, or it is used or too old")
    _, types, state = _RULES[code.origin]
    session = corp.sessions[code.external_userid]
    if state is not None and session.state_at(asked.now) is not state:
        raise ApiError(95018, "the session has left the state that gave this code")
    msgid = own_msgid(corp, asked.fields)
    msgtype, content, cut = checked_content(corp, asked.fields, only=types, now=asked.now)
    _use(code, session, asked)
    return _deliver(corp, code.external_userid, Bubble(msgid, asked.now, Speaker.BOT, msgtype, content, cut=cut))


def _use(code: EventCode, session: Session, asked: Asked) -> None:
    code.used = True
    if code.origin is CodeFrom.ENTER:
        session.welcomed_at = asked.now


def _deliver(corp: Corp, external_userid: str, bubble: Bubble) -> Json:
    corp.kf.accepted.add(bubble.msgid)
    corp.chats[external_userid].append(bubble)
    return {"msgid": bubble.msgid}


# How long a code lives, which types it allows, and in which state the session must still be.
_RULES: dict[CodeFrom, tuple[timedelta, frozenset[str], SessionState | None]] = {
    CodeFrom.ENTER: (timedelta(seconds=20), _TEXT_OR_MENU, None),
    CodeFrom.POOL: (WINDOW, _TEXT, SessionState.POOL),
    CodeFrom.SERVICER: (WINDOW, _TEXT, SessionState.HUMAN),
    CodeFrom.ENDED: (timedelta(seconds=20), _TEXT_OR_MENU, SessionState.ENDED),
}
