"""Tells an advisor that a customer needs him: who, what was asked, what is known, what could be said."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import outbox
from bot.decide import Why
from bot.messages import Channel, deed_key
from bot.models import Brief, Utterance
from bot.pack import Replies
from bot.sessions import busy_with, by_load, servicers
from bot.wecom.card import task_id
from core.db import insert_once
from customers import store
from customers.models import Customer
from customers.rules import FOCUS_NAMES, LEVEL_NAMES
from customers.terms import FocusPoint, Level, SlotName
from kb.terms import ScriptMatch

BUTTONS = ("taken", "called", "later")
SLOT_NAMES: Mapping[SlotName, str] = {
    SlotName.MODEL: "车型",
    SlotName.TRIM: "版本",
    SlotName.COLOUR: "颜色",
    SlotName.BUDGET: "预算",
    SlotName.DOWN_PAYMENT: "首付",
    SlotName.MONTHLY_PAYMENT: "月供",
    SlotName.CITY: "城市",
    SlotName.STORE: "门店",
    SlotName.VISIT_TIME: "到店时间",
    SlotName.PHONE: "电话",
    SlotName.RIVAL: "在看竞品",
    SlotName.TRADE_IN: "现有车",
}


class _Asked(Protocol):
    """The turn, as far as a brief needs it."""

    @property
    def open_kfid(self) -> str: ...
    @property
    def external_id(self) -> str: ...
    @property
    def msgid(self) -> str: ...
    @property
    def text(self) -> str: ...


class _Speech(Protocol):
    """The words, as far as a brief needs them."""

    @property
    def replies(self) -> Replies: ...
    @property
    def names(self) -> Mapping[str, str]: ...
    @property
    def duty_advisors(self) -> tuple[str, ...]: ...


def queue_brief(
    session: Session,
    speech: _Speech,
    asked: _Asked,
    customer: Customer,
    why: Why,
    suggested: Sequence[ScriptMatch],
    slots: Mapping[SlotName, str],
    *,
    now: datetime,
) -> None:
    """One card to whoever is responsible; the same turn makes it once. Without anybody to tell, the outbox row is parked and says so."""
    key = deed_key("brief", asked.msgid)
    task = task_id(key)
    recipients = recipients_of(session, customer, asked.open_kfid, speech.duty_advisors)
    row = {
        "task_id": task,
        "external_id": customer.external_id,
        "open_kfid": asked.open_kfid,
        "reason": why,
        "recipients": recipients,
        "created_at": now,
        "outcome": "",
        "outcome_by": "",
    }
    insert_once(session, Brief, [row], unique=["task_id"])
    labels = speech.replies
    payload: dict[str, Any] = {
        "userids": recipients,
        "task_id": task,
        "title": f"{labels.say('advisor_brief.title')}：{labels.reasons.get(why, why)}",
        "desc": f"{labels.say('advisor_brief.who')}：{customer.nickname or '微信客户'}",
        "quote_title": labels.say("advisor_brief.asked"),
        "quote": asked.text,
        "facts": _facts(session, speech, customer, slots),
        "sub_title": _suggestions(labels, suggested),
        "buttons": [[name, labels.say(f"advisor_brief.buttons.{name}")] for name in BUTTONS],
    }
    outbox.enqueue(session, key, Channel.ADVISOR_CARD, payload, lane=f"app:{task}", now=now)


def queue_undelivered(session: Session, speech: _Speech, reply: str, payload: Mapping[str, Any], why: str, *, now: datetime) -> None:
    """A customer did not get what the outbox row `reply` said: an advisor is told, once a turn, however many pieces the answer had."""
    external_id, open_kfid = str(payload["external_id"]), str(payload["open_kfid"])
    customer = store.customer_by_external_id(session, external_id)
    if customer is None:
        return
    recipients = recipients_of(session, customer, open_kfid, speech.duty_advisors)
    if recipients:
        # What an operator wrote is not the assistant's; he also sees it fail in the console.
        by = session.scalar(select(Utterance.by).where(Utterance.msgid == reply)) or "助手"
        key = f"undelivered:{reply.rpartition(':')[0]}"
        text = f"客户{customer.nickname or '（微信客户）'}没有收到{by}的回复：{why}。请您直接联系客户。"
        outbox.enqueue(session, key, Channel.ADVISOR_TEXT, {"userids": recipients, "text": text}, lane=f"app:{key}", now=now)


def recipients_of(session: Session, customer: Customer, open_kfid: str, duty_advisors: Sequence[str]) -> list[str]:
    """Who is told: his own advisor; else a servicer on duty; else whoever the settings name; else every servicer of the account."""
    advisors = store.advisors_of(session, customer.id)
    everybody = servicers(session, open_kfid)
    on_duty = by_load([row.userid for row in everybody if row.on_duty], busy_with(session, [row.userid for row in everybody]))
    for people in (advisors[:1], on_duty[:1], list(duty_advisors), [row.userid for row in everybody]):
        if people:
            return people
    return []


def brief_of(session: Session, task: str) -> Brief | None:
    """The brief behind a card, held until the transaction ends: two advisors may tap at the same moment."""
    return session.scalar(select(Brief).where(Brief.task_id == task).with_for_update())


def _facts(session: Session, speech: _Speech, customer: Customer, slots: Mapping[SlotName, str]) -> list[list[str]]:
    """A card shows six lines: the level, what is settled, then the points he spoke of last with his own words."""
    facts = [[speech.replies.say("advisor_brief.level"), f"{customer.level} {LEVEL_NAMES[Level(customer.level)]}"]]
    facts += [[SLOT_NAMES[name], _readable(speech.names.get(value, value))] for name, value in slots.items()]
    newest: dict[FocusPoint, str] = {}
    for row in sorted(store.live_focus(session, customer.id), key=lambda row: row.said_at, reverse=True):
        newest.setdefault(FocusPoint(row.point), row.words)
    focus = [[FOCUS_NAMES[point], f"“{words}”"] for point, words in newest.items()]
    return [*facts[:5], *focus][:6]


def _readable(value: str) -> str:
    """A moment or span in ISO 8601 as people write it; anything else as it is."""
    return value.replace("T", " ").replace("/", "-") if re.match(r"\d{4}-\d{2}-\d{2}", value) else value


def _suggestions(labels: Replies, suggested: Sequence[ScriptMatch]) -> str:
    if not suggested:
        return ""
    return f"{labels.say('advisor_brief.suggested')}：" + "；".join(script.title for script in suggested[:3])
