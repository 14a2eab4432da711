"""Does one deed of the outbox at WeCom: one function a channel. Raises core.errors; `bot/worker.py` settles the row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot import sessions, transcript
from bot.attach import Attacher
from bot.budget import AskState, Shut, Speak, TakeOver, may_speak
from bot.messages import Channel, Payload, is_by_hand
from bot.models import KfSession
from bot.move_session import move_session, queue_goodbye
from bot.outbox import Deed
from bot.read_groups import read_group
from bot.sessions import Talk
from bot.transcript import Line
from bot.wecom.card import Button, Card, Selection, card_body
from bot.wecom.errcodes import Code
from bot.wecom.messenger import Messenger
from bot.wecom.speech import Body, MenuItem, kf_msgid, menu_body, text_body, welcome
from bot.wecom.tags import TagBook
from bot.wecom.terms import KfState
from core.clock import Clock
from core.db import Database
from core.errors import AlreadySent, Refused, SessionTaken, Unavailable, WindowClosed
from customers import store

SAME_CARD_WITHIN = timedelta(hours=4)
Told = tuple[KfState, str] | None  # (state, servicer) as WeCom just told it


@dataclass(frozen=True)
class Said:
    """It is done. `wecom_id` is WeCom's name for it, if any; `talk` when it was said in a kf session."""

    wecom_id: str | None = None
    note: str = ""
    talk: Talk | None = None


@dataclass(frozen=True)
class NotSaid:
    """It was left unsaid on purpose, and why; `talk` when WeCom told why."""

    why: str
    talk: Talk | None = None


@dataclass
class Speaker:
    """Everything that a deed needs; shared by all sender threads."""

    database: Database
    wecom: Messenger
    attach: Attacher
    tags: TagBook
    clock: Clock
    more: Mapping[Channel, Callable[[Deed], Said | NotSaid]] = field(default_factory=dict)  # bot/speak_mass.py
    deeds: Mapping[Channel, Callable[[Deed], Said | NotSaid]] = field(init=False)

    def __post_init__(self) -> None:
        self.deeds = {
            Channel.KF_TEXT: self._kf_message,
            Channel.KF_MENU: self._kf_message,
            Channel.KF_MATERIAL: self._kf_message,
            Channel.KF_ON_EVENT: self._kf_on_event,
            Channel.KF_HAND_OVER: self._kf_hand_over,
            Channel.KF_SESSION: self._kf_session,
            Channel.KF_PROFILE: self._kf_profile,
            Channel.CONTACT_WELCOME: self._contact_welcome,
            Channel.CONTACT_PROFILE: self._contact_profile,
            Channel.GROUP_PROFILE: self._group_profile,
            Channel.TAGS: self._tags,
            Channel.ADVISOR_CARD: self._advisor_card,
            Channel.ADVISOR_TEXT: self._advisor_text,
            Channel.CARD_UPDATE: self._card_update,
            **self.more,
        }

    def do(self, deed: Deed) -> Said | NotSaid:
        """Carry it out. Unavailable: again later. Refused and Misconfigured: park it with the reason."""
        return self.deeds[deed.channel](deed)

    # -- 微信客服

    def _kf_message(self, deed: Deed) -> Said | NotSaid:
        to = (str(deed.payload["open_kfid"]), str(deed.payload["external_id"]))
        # The same key always gives the same msgid, so a repeat after a crash is recognised by WeCom as the same message.
        msgid = kf_msgid(deed.key)
        shut, told = (None, None) if deed.left_open else self._may_speak(*to, by_hand=is_by_hand(deed.key))
        if shut is not None:
            return NotSaid(shut, Talk(*to, said=0, told=told))
        try:
            self.wecom.kf.send(*to, msgid, self._kf_body(deed))
        except AlreadySent:
            return Said(msgid, "此前已送达，未重复发送", Talk(*to, told=told, begun=deed.created_at))
        except SessionTaken:
            # WeCom moved the session by itself (reference §5.7, known trap). What it says now decides about this and later messages.
            self._ask_state(*to)
            raise
        except Refused as refused:
            if refused.code not in (Code.MEDIA_ID_INVALID, Code.MEDIA_EXPIRED):
                raise
            # WeCom forgot the upload before its time: uploaded anew, it is sent with the next attempt.
            self.attach.forget(str(deed.payload["material"]))
            raise Unavailable(str(refused)) from None
        return Said(msgid, talk=Talk(*to, told=told, begun=deed.created_at))

    def _may_speak(self, open_kfid: str, external_id: str, *, by_hand: bool) -> tuple[Shut | None, Told]:
        """Why not, or None; and the session's state where WeCom had to be asked. A new session is taken over on the way."""
        with self.database.reading() as session:
            kf = sessions.session_now(session, open_kfid, external_id)
        if kf is None:
            return Shut.NEVER_HEARD, None
        if not by_hand and sessions.is_held(kf, now=self.clock()):
            return Shut.HELD, None  # thought up before an operator took over
        verdict, told = self._verdict(kf, kf.state, just_asked=False), None
        if isinstance(verdict, AskState):
            told = self.wecom.kf.state(open_kfid, external_id)
            verdict = self._verdict(kf, told[0], just_asked=True)
        if isinstance(verdict, TakeOver):
            self.wecom.kf.move(open_kfid, external_id, KfState.ASSISTANT)
            told = (KfState.ASSISTANT, "")
        return (verdict if isinstance(verdict, Shut) else None), told

    def _verdict(self, kf: KfSession, state: int, *, just_asked: bool) -> Speak | AskState | TakeOver | Shut:
        return may_speak(
            state=state,
            checked_at=kf.checked_at,
            heard_at=kf.heard_at,
            said_since=kf.said_since,
            now=self.clock(),
            just_asked=just_asked,
        )

    def _ask_state(self, open_kfid: str, external_id: str) -> KfSession:
        state, servicer = self.wecom.kf.state(open_kfid, external_id)
        return self._note_state(open_kfid, external_id, state, servicer)

    def _note_state(self, open_kfid: str, external_id: str, state: KfState, servicer: str = "") -> KfSession:
        with self.database.unit_of_work(durable=False) as session:
            return sessions.note_state(session, open_kfid, external_id, state, servicer=servicer, now=self.clock())

    def _kf_body(self, deed: Deed) -> Body:
        match deed.channel:
            case Channel.KF_TEXT:
                return text_body(deed.payload["text"])
            case Channel.KF_MENU:
                return _menu(deed.payload)
            case _:
                return self.attach.kf_body(str(deed.payload["material"]), now=self.clock())

    def _kf_on_event(self, deed: Deed) -> Said:
        body = _menu(deed.payload) if "items" in deed.payload else text_body(deed.payload["text"])
        msgid = kf_msgid(deed.key)
        try:
            self.wecom.kf.send_on_event(str(deed.payload["code"]), msgid, body)
        except AlreadySent:
            return Said(msgid, "此前已送达，未重复发送")
        except WindowClosed:
            # The code works once and its time has not run out yet, or the outbox would not have given the deed: we used it ourselves.
            if deed.attempts == 1:
                raise
            return Said(msgid, "凭证已用过：上一次尝试已送达")
        return Said(msgid)

    def _kf_hand_over(self, deed: Deed) -> Said:
        """To a preferred servicer, else to the one on duty with the fewest sessions, else to the pool (reference §5.7)."""
        to = (str(deed.payload["open_kfid"]), str(deed.payload["external_id"]))
        kf = self._ask_state(*to)
        if kf.state == KfState.HUMAN:
            return Said(note=f"已由 {kf.servicer} 接待")
        for servicer in self._candidates(to[0], list(deed.payload["prefer"])):
            try:
                self.wecom.kf.move(*to, KfState.HUMAN, servicer=servicer)
            except Refused as refused:
                if refused.code in (Code.NOT_A_SERVICER, Code.SERVICER_OFF_DUTY):
                    continue
                raise
            self._note_state(*to, KfState.HUMAN, servicer)
            return Said(note=f"已转给 {servicer}")
        if kf.state != KfState.POOL:
            self.wecom.kf.move(*to, KfState.POOL)
            self._note_state(*to, KfState.POOL)
        return Said(note="没有在岗的接待人员，已放入待接入池")

    def _candidates(self, open_kfid: str, prefer: list[str]) -> list[str]:
        listed = self.wecom.kf.servicers(open_kfid)
        on_duty = [servicer.userid for servicer in listed if servicer.on_duty]
        with self.database.unit_of_work() as session:
            sessions.note_duty(session, open_kfid, [(s.userid, s.on_duty) for s in listed], now=self.clock())
            busy = sessions.busy_with(session, on_duty)
        return sessions.by_load(on_duty, busy, prefer=prefer)

    def _kf_session(self, deed: Deed) -> Said:
        """Where an operator sends it; the transcript says what became of that."""
        to = (str(deed.payload["open_kfid"]), str(deed.payload["external_id"]))
        before = self._ask_state(*to)
        moved = move_session(self.wecom.kf, to, deed.payload, state=KfState(before.state), servicer=before.servicer)
        with self.database.unit_of_work() as session:
            kf = sessions.note_state(session, *to, moved.state, servicer=moved.servicer, now=self.clock())
            if moved.state == KfState.ASSISTANT:
                kf.waiting_since = None
            lines = [Line(deed.key, to[1], "system", moved.note, self.clock(), kind="event")]
            if moved.code and moved.state == KfState.ENDED:
                lines.append(queue_goodbye(session, to, moved.code, str(deed.payload["goodbye"]), cause=deed.key, now=self.clock()))
            transcript.append(session, lines)
        return Said(note=moved.note)

    def _kf_profile(self, deed: Deed) -> Said:
        external_id = str(deed.payload["external_id"])
        known = self.wecom.kf.customers([external_id]).get(external_id)
        if known is None:
            return Said(note="企业微信没有返回资料")
        self._note_profile(external_id, known.nickname, known.unionid)
        return Said()

    # -- 客户联系

    def _contact_welcome(self, deed: Deed) -> Said:
        attachments = [self.attach.welcome_body(key, now=self.clock()) for key in deed.payload["attachments"]]
        try:
            self.wecom.contacts.send_welcome(str(deed.payload["code"]), welcome(str(deed.payload["text"]), attachments))
        except WindowClosed:
            if deed.attempts == 1:
                raise
            return Said(note="凭证已用过：上一次尝试已送达")
        return Said()

    def _group_profile(self, deed: Deed) -> Said:
        return Said(note=read_group(self.database, self.wecom.groups, deed.payload, attempt=deed.attempts, now=self.clock()))

    def _contact_profile(self, deed: Deed) -> Said:
        contact = self.wecom.contacts.contact(str(deed.payload["external_id"]))
        self._note_profile(contact.external_userid, contact.name, contact.unionid)
        return Said()

    def _note_profile(self, external_id: str, nickname: str, unionid: str) -> None:
        with self.database.unit_of_work() as session:
            customer = store.customer_by_external_id(session, external_id)
            if customer is not None:
                customer.nickname, customer.unionid = nickname or customer.nickname, unionid or customer.unionid

    def _tags(self, deed: Deed) -> Said:
        add, remove = ([(group, name) for group, name in deed.payload[which]] for which in ("add", "remove"))
        ids = self.tags.ids([*add, *remove], create=add)
        self.wecom.contacts.mark_tags(
            str(deed.payload["advisor"]),
            str(deed.payload["external_id"]),
            add=[ids[tag] for tag in add],
            remove=[ids[tag] for tag in remove if tag in ids],
        )
        return Said()

    # -- 应用消息

    def _advisor_card(self, deed: Deed) -> Said:
        p = deed.payload
        if not p["userids"]:
            raise Refused("没有可以通知的顾问：请在企业微信里为客服账号添加接待人员，或设置 ZHANTING_DUTY_ADVISORS")
        card = Card(
            title=p["title"],
            desc=p["desc"],
            sub_title=p["sub_title"],
            facts=[(name, value) for name, value in p["facts"]],
            quote_title=p["quote_title"],
            quote=p["quote"],
            buttons=[Button(key, text, style=1 if key in ("taken", "contacted") else 2) for key, text in p["buttons"]],
            selection=_selection(p),
        )
        sent = self.wecom.app.send(p["userids"], card_body(card, p["task_id"]), same_within=SAME_CARD_WITHIN)
        return Said(sent.msgid, f"未送达：{'、'.join(sorted(sent.invalid))}" if sent.invalid else "")

    def _advisor_text(self, deed: Deed) -> Said:
        sent = self.wecom.app.send(deed.payload["userids"], text_body(deed.payload["text"]), same_within=SAME_CARD_WITHIN)
        return Said(sent.msgid)

    def _card_update(self, deed: Deed) -> Said:
        p: dict[str, Any] = deed.payload
        try:
            self.wecom.app.settle_card(p["userids"], p["response_code"], p["label"])
        except WindowClosed:
            return Said(note="卡片已更新过")
        return Said()


def _selection(payload: Payload) -> Selection | None:
    asked = payload.get("selection")
    return Selection(asked["key"], asked["title"], [(id_, text) for id_, text in asked["options"]]) if asked else None


def _menu(payload: Payload) -> Body:
    return menu_body(payload["head"], [MenuItem(id_, words) for id_, words in payload["items"]], payload.get("tail", ""))
