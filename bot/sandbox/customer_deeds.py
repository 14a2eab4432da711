"""What a customer does with his phone: enters, writes, sends, recalls, adds and deletes an advisor."""

from datetime import datetime

from bot.sandbox import samples
from bot.sandbox.contact_events import announce_contact
from bot.sandbox.corp import WINDOW, Bubble, Customer, Follow, Media, WelcomeCode, stable_id
from bot.sandbox.kf_log import issue_event_code, record_event, record_message
from bot.sandbox.media import keep
from bot.sandbox.stage import Stage
from bot.sandbox.terms import CannotDo, CodeFrom, Json, SessionState, Speaker

_MEGABYTE = 1024 * 1024

# What kf passes on; larger files arrive as a hint in words (reference §5.3).
LARGEST = {"image": 2 * _MEGABYTE, "voice": 2 * _MEGABYTE, "video": 10 * _MEGABYTE, "file": 20 * _MEGABYTE}


class CustomerDeeds(Stage):
    """A customer who is not known yet comes into being with his first deed."""

    def customer_enters(self, name: str = "", *, external_userid: str = "", scene: str = "", scene_param: str = "") -> str:
        """Come in through a kf link: event `enter_session`, with a welcome_code where one is due. Returns the external_userid.

        The same name is the same customer, also in a later sandbox.
        """
        with self._deed() as now:
            customer = self._corp.meet(external_userid or stable_id("wm", name), name, now=now)
            customer.active_at, customer.scene, customer.scene_param = now, scene, scene_param
            details = {"scene": scene, "scene_param": scene_param, "welcome_code": self._welcome_code(customer, now)}
            record_event(self._corp, "enter_session", details, external_userid=customer.external_userid, now=now)
            return customer.external_userid

    def customer_says(self, external_userid: str, text: str, *, menu_id: str | None = None) -> str:
        """Write, or with `menu_id` tap an item of a menu; returns the msgid."""
        content = {"content": text} if menu_id is None else {"content": text, "menu_id": menu_id}
        return self._sends(external_userid, "text", content)

    def customer_sends(
        self, external_userid: str, kind: str, content: Json | None = None, *, file: tuple[str, str, bytes] | None = None
    ) -> str:
        """Send something that is not text; without `content` or `file` (name, content type, bytes) a sample. Returns the msgid."""
        if kind in LARGEST:
            return self._sends_file(external_userid, kind, file or samples.FILES[kind])
        if kind not in samples.CONTENTS:
            raise CannotDo(f"发不了 {kind}")
        return self._sends(external_userid, kind, samples.CONTENTS[kind] if content is None else content)

    def customer_recalls(self, msgid: str) -> None:
        """Take back a message of his own: event `user_recall_msg`."""
        with self._deed() as now:
            external_userid, bubble = self._corp.bubble(msgid)
            if bubble.speaker is not Speaker.CUSTOMER or bubble.recalled:
                raise CannotDo("只能撤回自己的、还没撤回的消息")
            bubble.recalled = True
            record_event(self._corp, "user_recall_msg", {"recall_msgid": msgid}, external_userid=external_userid, now=now)

    def customer_adds_advisor(
        self, external_userid: str, userid: str, *, state: str = "", welcome: bool = True, half_first: bool = False
    ) -> str:
        """Become the advisor's contact: `add_external_contact` with State and WelcomeCode (returned; empty without `welcome`).

        `half_first`: `add_half_external_contact` comes before it with the same code.
        """
        with self._deed() as now:
            advisor, customer = self._corp.member(userid), self._corp.meet(external_userid, "", now=now)
            pair = (advisor.userid, customer.external_userid)
            if pair in self._corp.follows and not self._corp.follows[pair].one_way:
                raise CannotDo("已经是好友")
            self._corp.follows[pair] = Follow(*pair, created_at=now, state=state)
            code = self._corp.issue("welcomecode") if welcome else ""
            if code:
                self._corp.welcome_codes[code] = WelcomeCode(*pair, issued_at=now)
            for change in ["add_half_external_contact", "add_external_contact"][0 if half_first else 1 :]:
                announce_contact(self._corp, change, *pair, State=state, WelcomeCode=code, now=now)
            return code

    def customer_deletes_advisor(self, external_userid: str, userid: str) -> None:
        """Event `del_follow_user`; a one-way relation stays, the API answers as before."""
        with self._deed() as now:
            follow = self._corp.follow(userid, external_userid)
            follow.one_way = True
            announce_contact(self._corp, "del_follow_user", follow.userid, external_userid, now=now)

    def _welcome_code(self, customer: Customer, now: datetime) -> str:
        """Only when he neither was welcomed nor wrote within 48 h."""
        session = self._corp.sessions[customer.external_userid]
        if any(at is not None and now - at < WINDOW for at in (session.welcomed_at, session.wrote_at)):
            return ""
        return issue_event_code(self._corp, CodeFrom.ENTER, customer.external_userid, now=now)

    def _sends_file(self, external_userid: str, kind: str, file: tuple[str, str, bytes]) -> str:
        name, content_type, data = file
        if len(data) > LARGEST[kind]:
            return self._sends(external_userid, "text", {"content": f"[文件过大，无法接收：{name}]"})
        with self._deed() as now:
            media_id = keep(self._corp, Media(kind, name, content_type, data, now))
            return self._sends(external_userid, kind, {"media_id": media_id})

    def _sends(self, external_userid: str, msgtype: str, content: Json) -> str:
        with self._deed() as now:
            customer = self._corp.meet(external_userid, "", now=now)
            session = self._corp.sessions[external_userid]
            if session.state_at(now) is SessionState.ENDED:
                session.state = SessionState.NEW
            session.wrote_at, session.alive_until, session.sent, customer.active_at = now, now + WINDOW, 0, now
            msgid = record_message(self._corp, external_userid, msgtype, content, now=now)
            self._corp.chats[external_userid].append(Bubble(msgid, now, Speaker.CUSTOMER, msgtype, content))
            return msgid
