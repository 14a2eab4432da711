"""Everything in a kf session that is not a customer's text: pictures, events, what servicers say. Nothing is dropped in silence."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import outbox, sessions, transcript
from bot.brief import queue_brief, queue_undelivered
from bot.decide import Silence, Why
from bot.inbox_terms import Item
from bot.messages import HUMAN, TO_CUSTOMER, Channel, deed_key, kf_lane, menu_id_of, reply_key
from bot.queue import State
from bot.reply import Speech
from bot.transcript import Line
from bot.wecom.kf_entry import (
    CustomerMedia,
    CustomerRecalled,
    EnteredSession,
    RejectSwitch,
    SendFailed,
    ServicerDuty,
    ServicerMessage,
    ServicerRecalled,
    SessionChange,
    SessionChanged,
    parse_entry,
)
from bot.wecom.terms import KfState
from customers.recognise import recognise

# A code works 20 seconds (reference §5.4); what is later than this would only be refused.
WELCOME_LIVES = timedelta(seconds=20)
# Several pictures in a row get one reply and one brief.
MEDIA_REPLY_PAUSE = timedelta(seconds=60)
Outcome = tuple[State, str]

_KIND_NAMES = {
    "image": "图片",
    "voice": "语音",
    "video": "视频",
    "file": "文件",
    "location": "位置",
    "link": "链接",
    "business_card": "名片",
    "miniprogram": "小程序",
    "channels": "视频号",
    "merged_msg": "聊天记录",
}


@dataclass(frozen=True)
class _Sent:
    """What a brief needs to know of something that is not text."""

    open_kfid: str
    external_id: str
    msgid: str
    text: str


def hear_entry(session: Session, speech: Speech, item: Item, *, now: datetime) -> Outcome:
    """Act on one entry of kf/sync_msg; returns the state in which its inbox row ends, and why."""
    entry = parse_entry(json.loads(item.raw))
    match entry:
        case CustomerMedia():
            return _media(session, speech, entry, item, now=now)
        case EnteredSession():
            return _entered(session, speech, entry, item, now=now)
        case SendFailed():
            return _send_failed(session, speech, entry, now=now)
        case SessionChanged():
            return _session_changed(session, speech, entry, item, now=now)
        case CustomerRecalled() | ServicerRecalled():
            transcript.note_recall(session, entry.recall_msgid, now=now)
            return State.DONE, "已记录撤回"
        case ServicerDuty():
            sessions.note_duty(session, entry.open_kfid, [(entry.servicer_userid, entry.on_duty)], now=now)
            return State.DONE, "接待人员上岗" if entry.on_duty else "接待人员离岗"
        case ServicerMessage():
            return _servicer_spoke(session, entry, now=now)
        case RejectSwitch():
            sessions.session_of(session, entry.open_kfid, entry.external_userid).rejects = entry.rejects
            return State.DONE, "接待人员拒收" if entry.rejects else "接待人员恢复接收"
        case _:
            return State.IGNORED, f"未识别的消息类型：{getattr(entry, 'kind', type(entry).__name__)}"


def _media(session: Session, speech: Speech, entry: CustomerMedia, item: Item, *, now: datetime) -> Outcome:
    customer = recognise(session, entry.external_userid, now=now)
    before = transcript.last_from(session, entry.external_userid, "customer")
    words = f"[{_KIND_NAMES.get(entry.kind, '消息')}]" + " ".join(filter(None, (entry.title, entry.detail)))
    kf = sessions.session_of(session, entry.open_kfid, entry.external_userid)
    again = before is not None and before.kind not in ("text", "menu") and entry.sent_at - before.said_at < MEDIA_REPLY_PAUSE
    silence = Silence.PERSON_SERVES if sessions.only_listens(kf, now=now) else Silence.JUST_SAID if again else None
    decision = ("quiet", silence) if silence else ("pass_on", Why.MEDIA)
    sessions.note_turn(kf, decision[0], needs_nothing=silence is Silence.JUST_SAID)
    lines = [_customer_line(entry, words, decision)]
    if not silence:
        reply = speech.replies.unsupported(entry.kind)
        key = reply_key(entry.msgid, 0)
        to = {"open_kfid": entry.open_kfid, "external_id": entry.external_userid}
        lane = kf_lane(entry.open_kfid, entry.external_userid)
        outbox.enqueue(session, key, Channel.KF_TEXT, {**to, "text": reply}, lane=lane, now=now)
        lines.append(Line(key, entry.external_userid, "assistant", reply, now, turn=entry.msgid))
        sent = _Sent(entry.open_kfid, entry.external_userid, entry.msgid, words)
        queue_brief(session, speech, sent, customer, Why.MEDIA, (), {}, now=now)
    transcript.append(session, lines)
    return State.DONE, f"{decision[0]}: {decision[1]}"


def _customer_line(entry: CustomerMedia, words: str, decision: tuple[str, str]) -> Line:
    return Line(
        entry.msgid, entry.external_userid, "customer", words, entry.sent_at, str(entry.kind), entry.msgid, None, decision[0], decision[1]
    )


def _entered(session: Session, speech: Speech, entry: EnteredSession, item: Item, *, now: datetime) -> Outcome:
    recognise(session, entry.external_userid, channel=entry.scene_param or entry.scene, now=now)
    sessions.session_of(session, entry.open_kfid, entry.external_userid)
    profile = {"external_id": entry.external_userid}
    outbox.enqueue(
        session, deed_key("kf-profile", entry.msgid), Channel.KF_PROFILE, profile, lane=f"profile:{entry.external_userid}", now=now
    )
    if not entry.welcome_code:
        return State.DONE, "没有欢迎语凭证（48 小时内已欢迎过，或客户已开口）"
    left = entry.sent_at + WELCOME_LIVES - now
    if left <= timedelta(0):
        return State.SKIPPED, "超过 20 秒，欢迎语凭证已失效"
    items = [[menu_id_of(script) if script else HUMAN, text] for text, script in speech.welcome_menu()]
    payload = {
        "code": entry.welcome_code,
        "open_kfid": entry.open_kfid,
        "external_id": entry.external_userid,
        "head": speech.replies.say("welcome.head"),
        "items": items,
        "tail": speech.replies.say("welcome.tail"),
    }
    key = deed_key("kf-welcome", entry.msgid)
    lane = f"welcome:{entry.external_userid}"
    outbox.enqueue(session, key, Channel.KF_ON_EVENT, payload, lane=lane, now=now, expires_in=left, urgent=True)
    words = "\n".join([speech.replies.say("welcome.head"), *(text for _, text in items)])
    transcript.append(session, [Line(key, entry.external_userid, "assistant", words, now, kind="menu")])
    return State.DONE, "欢迎语已排队"


def _send_failed(session: Session, speech: Speech, entry: SendFailed, *, now: datetime) -> Outcome:
    row = outbox.fail_by_wecom_id(session, entry.fail_msgid, reason=f"未送达：{entry.reason}", now=now)
    if row is None:
        return State.DONE, f"发送失败：{entry.reason}；不是本系统发出的消息"
    if row.channel in TO_CUSTOMER:
        queue_undelivered(session, speech, row.key, row.payload, entry.reason, now=now)
    return State.DONE, f"发送失败：{entry.reason}"


def _session_changed(session: Session, speech: Speech, entry: SessionChanged, item: Item, *, now: datetime) -> Outcome:
    kf = (session, entry.open_kfid, entry.external_userid)
    if entry.change is SessionChange.ENDED:
        sessions.note_state(*kf, KfState.ENDED, now=now)
        if entry.msg_code:
            _goodbye(session, speech, entry, item, now=now)
        return State.DONE, "人工结束会话，助手恢复接待"
    sessions.note_state(*kf, KfState.HUMAN, servicer=entry.new_servicer_userid, now=now)
    stopped = outbox.silence(session, kf_lane(entry.open_kfid, entry.external_userid), reason=Silence.PERSON_SERVES, now=now)
    words = f"{entry.new_servicer_userid} 接待会话"
    transcript.append(session, [Line(entry.msgid, entry.external_userid, "system", words, entry.sent_at, kind="event")])
    return State.DONE, f"{words}；停发 {stopped} 条" if stopped else words


def _goodbye(session: Session, speech: Speech, entry: SessionChanged, item: Item, *, now: datetime) -> None:
    words = speech.replies.say("back_from_human")
    payload = {"code": entry.msg_code, "open_kfid": entry.open_kfid, "external_id": entry.external_userid, "text": words}
    key = deed_key("kf-goodbye", entry.msgid)
    left = entry.sent_at + WELCOME_LIVES - now
    if left > timedelta(0):
        outbox.enqueue(
            session, key, Channel.KF_ON_EVENT, payload, lane=f"welcome:{entry.external_userid}", now=now, expires_in=left, urgent=True
        )
        transcript.append(session, [Line(key, entry.external_userid, "assistant", words, now)])


def _servicer_spoke(session: Session, entry: ServicerMessage, *, now: datetime) -> Outcome:
    words = entry.text or "[非文字消息]"
    transcript.append(session, [Line(entry.msgid, entry.external_userid, "person", words, entry.sent_at, by=entry.servicer_userid)])
    kf = sessions.session_of(session, entry.open_kfid, entry.external_userid)
    sessions.note_person_spoke(kf, at=entry.sent_at)
    if not kf.is_with_person:
        # The event that should have told us is lost or on its way: who writes by hand, serves.
        sessions.note_state(session, entry.open_kfid, entry.external_userid, KfState.HUMAN, servicer=entry.servicer_userid, now=now)
    return State.DONE, "人工消息，已记录"
