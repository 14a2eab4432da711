"""Serving a customer by hand: take over, write, give back. What WeCom has to do goes through the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import audit
from admin.looks.conversation import room_in
from admin.looks.conversations import holder, holders
from admin.rights import must
from admin.sight import customer_for
from admin.terms import Blocked, Right, Who
from bot import outbox, sessions, transcript
from bot.budget import Room
from bot.by_hand import is_queued, pieces_of
from bot.messages import Channel, MoveTo, Payload, deed_key, hand_key, kf_lane
from bot.models import KfSession, Utterance
from bot.serving import Serves, who_serves
from bot.transcript import Line
from customers.models import Customer

SUBJECT = "conversation"


@dataclass(frozen=True)
class Talk:
    """One customer in one kf account."""

    open_kfid: str
    external_id: str


@dataclass(frozen=True)
class Words:
    """What an operator says: his own text, or an approved script with its materials."""

    text: str
    script: str = ""  # key@version
    materials: tuple[str, ...] = ()


def take_over(session: Session, who: Who, talk: Talk, *, now: datetime) -> None:
    """The assistant only listens from now on, and he writes here. Takes it from a colleague, too, who sees it on his page."""
    kf = _session_for(session, who, talk)
    serves = who_serves(kf, now=now)
    if serves in (Serves.SERVICER, Serves.POOL, Serves.PROMISED):
        raise Blocked("会话在企业微信的人工一侧，这里不能发消息。请在企业微信里回复，或先交还助手")
    before = kf.held_by if serves is Serves.OPERATOR else ""
    if before == who.name:
        return
    sessions.hold(kf, who.name, now=now)
    _say_system(session, talk, f"{who.shown_as} 接管会话，助手只记录不回复", now=now)
    audit.note(session, who, "接管会话", SUBJECT, talk.external_id, before={"接管人": before}, after={"接管人": who.name}, now=now)


def give_back(session: Session, who: Who, talk: Talk, click: str, *, goodbye: str, now: datetime) -> None:
    """The assistant answers again: at once where an operator held it; through WeCom where its servicer or pool has it."""
    kf = _session_for(session, who, talk)
    serves = who_serves(kf, now=now)
    if serves is Serves.OPERATOR:
        before = kf.held_by
        sessions.let_go(kf)
        _say_system(session, talk, f"{who.shown_as} 交还助手", now=now)
        audit.note(session, who, "交还助手", SUBJECT, talk.external_id, before={"接管人": before}, after={"接管人": ""}, now=now)
        return
    if serves not in (Serves.SERVICER, Serves.POOL):
        raise Blocked("现在就是助手在接待")
    _move(session, talk, MoveTo.ASSISTANT, click, {"goodbye": goodbye}, now=now)
    audit.note(session, who, "交还助手", SUBJECT, talk.external_id, before={"接待": kf.servicer or "待接入池"}, now=now)


def hand_to(session: Session, who: Who, talk: Talk, servicer: str, click: str, *, now: datetime) -> None:
    """To a servicer on duty, who goes on in WeCom; with an empty userid to the pool. Blocked where WeCom would refuse it."""
    kf = _session_for(session, who, talk)
    serves = who_serves(kf, now=now)
    if serves is Serves.ENDED or kf.heard_at is None:
        raise Blocked("会话已结束，等客户再次开口才能转接")
    if not servicer and serves in (Serves.SERVICER, Serves.POOL):
        raise Blocked("人工接待中的会话不能放回待接入池，可以转给另一位接待人员" if serves is Serves.SERVICER else "已经在待接入池里")
    on_duty = {one.userid for one in sessions.servicers(session, talk.open_kfid) if one.on_duty}
    if servicer and servicer not in on_duty:
        raise Blocked(f"{servicer} 不在岗，或不是这个客服账号的接待人员")
    kf.handing_over = serves is not Serves.SERVICER
    _move(session, talk, MoveTo.SERVICER if servicer else MoveTo.POOL, click, {"servicer": servicer}, now=now)
    audit.note(session, who, "转接会话", SUBJECT, talk.external_id, after={"接待": servicer or "待接入池"}, now=now)


def write(session: Session, who: Who, talk: Talk, words: Words, click: str, *, now: datetime) -> None:
    """Say it to the customer in the assistant's place, which means taking over. The same `click` says it once."""
    kf = _session_for(session, who, talk)
    pieces = pieces_of(words.text)
    if not pieces:
        raise Blocked("还没有写内容")
    if is_queued(session, click):
        return
    serves = who_serves(kf, now=now)
    if serves is Serves.OPERATOR and kf.held_by != who.name:
        name = holders(session, [kf]).get(holder(kf), kf.held_by)
        raise Blocked(f"{name} 正在接管这位客户，要由您回复请先点「接管」")
    _check_room(room_in(session, kf, now=now), len(pieces) + len(words.materials))
    if serves is not Serves.OPERATOR:
        take_over(session, who, talk, now=now)
    sessions.hold(kf, who.name, now=now)
    _queue(session, who, talk, words, pieces, click, now=now)
    kf.read_at = now
    after: dict[str, Any] = {"话术": words.script} if words.script else {"字数": len(words.text)}
    audit.note(session, who, "回复客户", SUBJECT, talk.external_id, after=after, now=now)


def show_number(session: Session, who: Who, external_id: str, msgid: str, *, now: datetime) -> str:
    """A message with its phone number in full; that he looked is kept, the number is not."""
    must(who, Right.SEE_PHONES)
    customer_for(session, who, external_id)
    line = session.scalar(select(Utterance).where(Utterance.msgid == msgid, Utterance.external_id == external_id))
    if line is None:
        raise Blocked("没有这句话")
    audit.note(session, who, "查看电话", SUBJECT, external_id, now=now)
    return line.words


def note_read(session: Session, who: Who, external_id: str, *, now: datetime) -> None:
    """Somebody has this conversation open; no change that an audit would want."""
    must(who, Right.SEE_CONVERSATIONS)
    customer_for(session, who, external_id)
    sessions.note_read(session, external_id, now=now)


def _session_for(session: Session, who: Who, talk: Talk) -> KfSession:
    """Locked, so that two clicks do not both find it free."""
    must(who, Right.SERVE)
    _customer(session, who, talk)
    kf = sessions.session_locked(session, talk.open_kfid, talk.external_id)
    if kf is None:
        raise Blocked("这位客户还没有在微信客服里开口")
    return kf


def _customer(session: Session, who: Who, talk: Talk) -> Customer:
    return customer_for(session, who, talk.external_id)


def _check_room(room: Room, wanted: int) -> None:
    if room.shut is not None:
        raise Blocked(f"现在不能发：{room.shut}")
    if wanted > room.left:
        raise Blocked(f"这次要发 {wanted} 条，但客户这句话之后只能再发 {room.left} 条（企业微信限 5 条），请精简")


def _queue(session: Session, who: Who, talk: Talk, words: Words, pieces: Sequence[str], click: str, *, now: datetime) -> None:
    said = [(Channel.KF_TEXT, {"text": piece}, piece, "text") for piece in pieces]
    said += [(Channel.KF_MATERIAL, {"material": key}, f"[素材] {key}", "material") for key in words.materials]
    for part, (channel, payload, shown, kind) in enumerate(said):
        key = hand_key(click, part)
        _enqueue(session, key, channel, talk, payload, now=now)
        line = Line(key, talk.external_id, "person", shown, now, kind=kind, script=words.script, by=who.shown_as)
        transcript.append(session, [line])


def _move(session: Session, talk: Talk, to: MoveTo, click: str, more: Payload, *, now: datetime) -> None:
    _enqueue(session, deed_key("session", click), Channel.KF_SESSION, talk, {"move_to": to, **more}, now=now)


def _enqueue(session: Session, key: str, channel: Channel, talk: Talk, payload: Payload, *, now: datetime) -> None:
    body = {"open_kfid": talk.open_kfid, "external_id": talk.external_id, **payload}
    outbox.enqueue(session, key, channel, body, lane=kf_lane(talk.open_kfid, talk.external_id), now=now)


def _say_system(session: Session, talk: Talk, words: str, *, now: datetime) -> None:
    key = f"console:{talk.open_kfid[-8:]}:{talk.external_id}:{now.timestamp():.6f}"
    transcript.append(session, [Line(key, talk.external_id, "system", words, now, kind="event")])
