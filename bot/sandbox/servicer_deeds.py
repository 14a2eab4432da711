"""What a servicer (接待人员) does in the WeCom client: takes, answers, hands over and ends kf sessions, goes on and off duty."""

from datetime import datetime

from bot.sandbox.corp import WINDOW, Bubble, Member, Session
from bot.sandbox.kf_log import record_event, record_message
from bot.sandbox.kf_sessions import move
from bot.sandbox.stage import Stage
from bot.sandbox.terms import CannotDo, SessionState, Speaker

TAKEN, TRANSFERRED, ENDED, RE_ENGAGED = 1, 2, 3, 4  # change_type of session_status_change


class ServicerDeeds(Stage):
    """Everything here is told to the app by `session_status_change` or `servicer_status_change`."""

    def servicer_takes(self, userid: str, external_userid: str) -> None:
        """Take a session out of the pool, or over from the assistant or from nobody."""
        with self._deed() as now:
            member, session = self._servicer(userid), self._session(external_userid)
            state = session.state_at(now)
            if state is SessionState.HUMAN:
                raise CannotDo(f"{session.servicer} 正在接待，请由他转接")
            if state is SessionState.ENDED:
                raise CannotDo("会话已结束，直接回复即可重新接入")
            self._change(external_userid, TAKEN, SessionState.HUMAN, new=member.userid, now=now)

    def servicer_transfers(self, userid: str, external_userid: str, to: str) -> None:
        """Hand the session to a colleague who is on duty."""
        with self._deed() as now:
            self._own(userid, external_userid, now)
            other = self._servicer(to)
            self._change(external_userid, TRANSFERRED, SessionState.HUMAN, old=userid.lower(), new=other.userid, now=now)

    def servicer_ends(self, userid: str, external_userid: str) -> None:
        """End the session; the event brings a code for a closing text or menu."""
        with self._deed() as now:
            self._own(userid, external_userid, now)
            self._change(external_userid, ENDED, SessionState.ENDED, old=userid.lower(), now=now)

    def servicer_says(self, userid: str, external_userid: str, text: str) -> str:
        """Write to the customer in his own session; in an ended one this re-engages it. Returns the msgid."""
        with self._deed() as now:
            member, session = self._corp.member(userid), self._session(external_userid)
            if session.state_at(now) is SessionState.ENDED:
                self._servicer(userid)
                old, session.alive_until = session.servicer, now + WINDOW
                self._change(external_userid, RE_ENGAGED, SessionState.HUMAN, old=old, new=member.userid, now=now)
            self._own(userid, external_userid, now)
            content = {"content": text}
            msgid = record_message(self._corp, external_userid, "text", content, servicer=member.userid, now=now)
            self._corp.chats[external_userid].append(Bubble(msgid, now, Speaker.SERVICER, "text", content, by=member.userid))
            return msgid

    def servicer_duty(self, userid: str, on: bool, *, stop_type: int = 0) -> None:
        """Go on duty, or off (`stop_type` 0 stopped, 1 suspended). His sessions stay his."""
        with self._deed() as now:
            member = self._corp.member(userid)
            if not member.is_servicer:
                raise CannotDo(f"{member.name} 不是接待人员")
            member.on_duty, member.stop_type = on, stop_type
            status = {"status": 1} if on else {"status": 2, "stop_type": stop_type}
            record_event(self._corp, "servicer_status_change", {"servicer_userid": member.userid, **status}, now=now)

    def _change(self, external_userid: str, change_type: int, after: SessionState, *, now: datetime, old: str = "", new: str = "") -> None:
        code = move(self._corp, external_userid, after, new, now=now).get("msg_code", "")
        people = {"old_servicer_userid": old, "new_servicer_userid": new}
        # Only taking and ending bring a code (reference §5.4).
        details = {"change_type": change_type, **people, "msg_code": code if change_type in (TAKEN, ENDED) else ""}
        record_event(self._corp, "session_status_change", details, external_userid=external_userid, now=now)

    def _servicer(self, userid: str) -> Member:
        member = self._corp.member(userid)
        if not member.is_servicer or not member.on_duty:
            raise CannotDo(f"{member.name} 不是接待人员，或不在岗")
        return member

    def _session(self, external_userid: str) -> Session:
        session = self._corp.sessions.get(external_userid)
        if session is None or session.wrote_at is None:
            raise CannotDo("客户还没有发过消息")
        return session

    def _own(self, userid: str, external_userid: str, now: datetime) -> None:
        session = self._session(external_userid)
        if session.state_at(now) is not SessionState.HUMAN or session.servicer != userid.lower():
            raise CannotDo("请先接入会话")
