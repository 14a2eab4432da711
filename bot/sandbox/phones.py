"""What people see, and what a test may look at: copies, so that nobody changes the memory by looking."""

from copy import deepcopy
from datetime import datetime

from bot.sandbox.cards import keys_of, menu_keys_of
from bot.sandbox.corp import AppMessage, Bubble, Media
from bot.sandbox.mass_deeds import internal_view, mass_view
from bot.sandbox.stage import Stage
from bot.sandbox.terms import ApiCall, CannotDo, Json, SessionState, Speaker
from core.zone import SHANGHAI


class Phones(Stage):
    """Views of one customer, one member, and of the wire between WeCom and the assistant."""

    def heard_by(self, external_userid: str) -> list[Bubble]:
        """Everything on the customer's phone, oldest first, his own words too; without what he recalled or never received."""
        with self._look():
            chat = self._corp.chats.get(external_userid, [])
            return deepcopy([bubble for bubble in chat if not bubble.recalled and bubble.failed is None])

    def said_by_bot(self, external_userid: str) -> list[str]:
        """The words of the assistant that reached the customer in kf: texts, and the heads of menus."""
        return [bubble.text for bubble in self.heard_by(external_userid) if bubble.speaker is Speaker.BOT]

    def app_messages_of(self, userid: str) -> list[AppMessage]:
        """What the member received from the app, oldest first; also what WeCom dropped, with the reason in `dropped`."""
        with self._look():
            return deepcopy([message for message in self._corp.app_messages if message.userid == userid.lower()])

    def session_of(self, external_userid: str) -> tuple[SessionState, str]:
        """(state, userid of who serves; empty but in state 3)."""
        with self._look() as now:
            session = self._corp.sessions[external_userid]
            state = session.state_at(now)
            return state, session.servicer if state is SessionState.HUMAN else ""

    def tags_of(self, userid: str, external_userid: str) -> list[str]:
        """Names of the corp tags of one pair."""
        with self._look():
            follow = self._corp.follow(userid, external_userid)
            names = {tag.id: tag.name for group in self._corp.tag_groups.values() for tag in group.tags}
            return [names[tag_id] for tag_id in follow.tags]

    def api_calls(self, path: str = "") -> list[ApiCall]:
        """The journal of the API, oldest first; of one path (without /cgi-bin/) or of all."""
        with self._look():
            return [call for call in self._corp.calls if not path or call.path == f"/cgi-bin/{path}"]

    def callback_statuses(self) -> list[tuple[str, list[int]]]:
        """(event, HTTP status of each attempt) of every callback: settled ones first, then those still on their way."""
        with self._look():
            both = [*self._corp.callbacks.settled, *self._corp.callbacks.waiting]
            return [(callback.event, list(callback.statuses)) for callback in both]

    def media_behind(self, name: str) -> Media:
        """The file behind a media_id or an address that `uploadimg` gave."""
        with self._look():
            found = self._corp.media.get(name) or self._corp.images.get(name)
            if found is None:
                raise CannotDo(f"没有素材 {name}")
            return found

    def people(self) -> Json:
        """All customers, newest deed first, and all members."""
        with self._look() as now:
            known = sorted(self._corp.customers.values(), key=lambda customer: customer.active_at, reverse=True)
            customers = [{"id": one.external_userid, "name": one.nickname, **self._session_view(one.external_userid, now)} for one in known]
            unread = {userid: sum(message.userid == userid for message in self._corp.app_messages) for userid in self._corp.members}
            members = [
                {"id": one.userid, "name": one.name, "servicer": one.is_servicer, "on_duty": one.on_duty, "messages": unread[one.userid]}
                for one in self._corp.members.values()
            ]
            return {"account": self._corp.kf.name, "customers": customers, "members": members}

    def chat_view(self, external_userid: str) -> list[Json]:
        """The customer's phone for the page: also what failed or was recalled, marked."""
        with self._look():
            return [self._bubble_view(bubble) for bubble in self._corp.chats.get(external_userid, [])[-200:]]

    def member_view(self, userid: str) -> Json:
        """The member's phone for the page: what the app sent, and his contacts with their tags."""
        with self._look():
            messages = [message for message in self._corp.app_messages if message.userid == userid][-100:]
            contacts = [
                {
                    "name": self._corp.customers[follow.external_userid].nickname,
                    "remark": follow.remark,
                    "tags": self.tags_of(userid, follow.external_userid),
                    "id": follow.external_userid,
                    "one_way": follow.one_way,
                }
                for follow in self._corp.follows.values()
                if follow.userid == userid
            ]
            return {
                "messages": [_message_view(message) for message in messages],
                "contacts": contacts,
                "mass": mass_view(self._corp, userid),
                "internal": internal_view(self._corp),
            }

    def wire_view(self) -> Json:
        """What went over the wire lately, and what is set to fail; never what anybody wrote."""
        with self._look():
            calls = [{"at": _clock(call.at), "path": call.path, "errcode": call.errcode} for call in list(self._corp.calls)[-40:]]
            callbacks = [{"event": event, "statuses": statuses} for event, statuses in self.callback_statuses()[-40:]]
            disturbed = {"repeat": self._corp.callbacks.repeat, "reordered": self._corp.callbacks.reordered}
            failures = self._corp.failures.waiting()
            return {"calls": calls[::-1], "callbacks": callbacks[::-1], "failures": failures, **disturbed}

    def _session_view(self, external_userid: str, now: datetime) -> Json:
        session = self._corp.sessions[external_userid]
        state = session.state_at(now)
        servicer = session.servicer if state is SessionState.HUMAN else ""
        last = next((_gist(bubble) for bubble in reversed(self._corp.chats[external_userid]) if not bubble.recalled), "")
        return {"state": int(state), "servicer": servicer, "sent": session.sent, "last": last}

    def _bubble_view(self, bubble: Bubble) -> Json:
        by = self._corp.members[bubble.by].name if bubble.by else ""
        view: Json = {"msgid": bubble.msgid, "at": _clock(bubble.at), "speaker": bubble.speaker, "type": bubble.msgtype, "by": by}
        view |= {"content": bubble.content, "chat": bubble.chat, "cut": bubble.cut, "recalled": bubble.recalled, "failed": bubble.failed}
        media = self._corp.media.get(bubble.content.get("media_id", ""))
        return view | ({"filename": media.filename, "size": len(media.data)} if media else {})


def _message_view(message: AppMessage) -> Json:
    is_card = message.msgtype == "template_card"
    keys = {"keys": keys_of(message.content), "menu": menu_keys_of(message.content)} if is_card else {}
    marks = {"dropped": message.dropped, "replaced": message.replaced, "pressed": message.pressed, "task_id": message.task_id}
    return {"msgid": message.msgid, "at": _clock(message.at), "type": message.msgtype, "content": message.content, **marks, **keys}


_GISTS = {
    "image": "[图片]",
    "voice": "[语音]",
    "video": "[视频]",
    "file": "[文件]",
    "location": "[位置]",
    "link": "[链接]",
    "miniprogram": "[小程序]",
}


def _gist(bubble: Bubble) -> str:
    return (bubble.text or _GISTS.get(bubble.msgtype, "[消息]"))[:24]


def _clock(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%H:%M:%S")
