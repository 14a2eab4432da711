"""All that happened with one customer in the order of time: messages with what became of them, levels, advisors, cards."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.looks.said import said, titles_in
from admin.parts.when import exactly, when
from bot import transcript
from bot.describe import reason_name
from bot.models import Brief, OutboxMessage, Utterance
from bot.queue import State
from customers.models import Customer, Follow, LevelChange

MESSAGES = 50
EVENTS = 30
SPEAKERS: Mapping[str, str] = {"customer": "客户", "assistant": "助手", "person": "顾问", "system": "系统"}
OUTCOMES: Mapping[str, str] = {"": "还没有结果", "taken": "已跟进", "called": "已联系", "later": "稍后处理"}
_FATES: Mapping[str, str] = {
    State.WAITING: "等待发送",
    State.CLAIMED: "正在发送",
    State.DONE: "",
    State.SKIPPED: "没有发",
    State.PARKED: "没有发出",
    State.UNCLEAR: "不确定是否收到",
}


def timeline(
    session: Session,
    customer: Customer,
    history: Sequence[LevelChange],
    follows: Sequence[Follow],
    advisors: Mapping[str, str],
    *,
    now: datetime,
) -> list[dict[str, Any]]:
    """Newest first: the last 50 messages, and the last events of each kind."""
    briefs = session.scalars(
        select(Brief).where(Brief.external_id == customer.external_id).order_by(Brief.created_at.desc()).limit(EVENTS)
    ).all()
    entries = [
        *_messages(session, customer, advisors),
        *(_entry(one.changed_at, "级别", f"{one.before} → {one.after}：{one.reason.get('text', '')}") for one in history[-EVENTS:]),
        *(_entry(one.since, "顾问", f"加为 {advisors.get(one.advisor, one.advisor)} 的客户") for one in follows),
        *(_entry(one.ended_at, "顾问", f"不再是 {advisors.get(one.advisor, one.advisor)} 的客户") for one in follows if one.ended_at),
        *(_brief(one, advisors, now=now) for one in briefs),
    ]
    if customer.opted_out_at:
        entries.append(_entry(customer.opted_out_at, "打扰", "不再打扰"))
    entries.sort(key=lambda one: one["moment"], reverse=True)
    return [{**one, "at": when(one["moment"], now=now), "exactly": exactly(one["moment"])} for one in entries]


def _messages(session: Session, customer: Customer, advisors: Mapping[str, str]) -> list[dict[str, Any]]:
    lines = transcript.of_customer(session, customer.external_id, limit=MESSAGES)
    # What we say stands in the transcript under the key of its outbox row.
    rows = select(OutboxMessage).where(OutboxMessage.key.in_([line.msgid for line in lines if line.speaker != "customer"]))
    sent = {row.key: row for row in session.scalars(rows)}
    titles = titles_in(session, lines)
    return [_message(line, advisors.get(line.by, line.by), said(line, titles), sent.get(line.msgid)) for line in lines]


def _message(line: Utterance, by: str, words: str, row: OutboxMessage | None) -> dict[str, Any]:
    fate = _FATES.get(row.state, "") if row else ""
    return {
        **_entry(line.said_at, by or SPEAKERS.get(line.speaker, line.speaker), words),
        "speaker": line.speaker,
        "fate": f"{fate}：{row.reason}" if row and fate and row.reason else fate,
        "recalled": line.recalled_at is not None,
    }


def _brief(brief: Brief, advisors: Mapping[str, str], *, now: datetime) -> dict[str, Any]:
    told = "、".join(advisors.get(one, one) for one in brief.recipients) or "没有人可以通知"
    outcome = OUTCOMES.get(brief.outcome, brief.outcome)
    by = f"，{advisors.get(brief.outcome_by, brief.outcome_by)}，{when(brief.outcome_at, now=now)}" if brief.outcome else ""
    return _entry(brief.created_at, "提醒", f"通知 {told}：{reason_name(brief.reason)}（{outcome}{by}）")


def _entry(moment: datetime, who: str, text: str) -> dict[str, Any]:
    return {"moment": moment, "who": who, "text": text, "speaker": "event", "fate": "", "recalled": False}
