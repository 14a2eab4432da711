"""Everything known about one customer in one file, in Chinese and readable: what he may ask for before he is forgotten."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.looks.customers import advisor_names
from admin.looks.timeline import OUTCOMES, SPEAKERS
from admin.parts.levels import level_name
from admin.parts.when import exactly
from bot import transcript
from bot.brief import SLOT_NAMES
from bot.describe import reason_name
from bot.models import Brief, Utterance
from customers import store
from customers.birthday import birthday_name
from customers.models import Customer, CustomerTag, FocusRecord, Follow, LevelChange, SignalRecord, SlotRecord
from customers.pack import LevelRules
from customers.rules import FOCUS_NAMES, POLARITY_NAMES
from customers.terms import FocusPoint, Polarity, SlotName

_ALL = 1_000_000


def dossier(session: Session, customer: Customer, rules: LevelRules, names: Mapping[str, str], *, now: datetime) -> str:
    """JSON, moments in Shanghai's time."""
    advisors = advisor_names(session)
    told: dict[str, Any] = {
        "导出时间": exactly(now),
        "客户": _person(customer, advisors, names),
        "顾问关系": [_follow(one, advisors, names) for one in _all(session, Follow, customer)],
        "标签": [_tag(one) for one in _all(session, CustomerTag, customer)],
        "关注点": [_focus(one) for one in _all(session, FocusRecord, customer)],
        "购买信号": [_signal(one, rules) for one in _all(session, SignalRecord, customer)],
        "已知信息": [_slot(one, names) for one in _all(session, SlotRecord, customer)],
        "级别变化": [_change(one) for one in store.level_history(session, customer.id)],
        "聊天记录": [_line(one) for one in transcript.of_customer(session, customer.external_id, limit=_ALL)],
        "给顾问的提醒": [_brief(one, advisors) for one in _briefs(session, customer)],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _person(customer: Customer, advisors: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "外部联系人ID": customer.external_id,
        "UnionID": customer.unionid,
        "昵称": customer.nickname,
        "生日": birthday_name(customer.birthday),
        "渠道": names.get(customer.channel, customer.channel),
        "意向级别": level_name(customer.level),
        "意向分": customer.score,
        "顾问": advisors.get(customer.advisor, customer.advisor),
        "门店": names.get(customer.store, customer.store),
        "首次出现": exactly(customer.first_seen_at),
        "最近说话": exactly(customer.last_heard_at),
        "不再打扰": exactly(customer.opted_out_at),
    }


def _all(session: Session, table: type[Any], customer: Customer) -> list[Any]:
    return list(session.scalars(select(table).where(table.customer_id == customer.id).order_by(table.id)))


def _briefs(session: Session, customer: Customer) -> list[Brief]:
    return list(session.scalars(select(Brief).where(Brief.external_id == customer.external_id).order_by(Brief.id)))


def _proof(row: FocusRecord | SignalRecord | SlotRecord) -> dict[str, Any]:
    undone = {"撤销时间": exactly(row.undone_at), "撤销人": row.undone_by} if row.undone_at else {}
    return {"原话": row.words, "把握": round(row.confidence, 2), "时间": exactly(row.said_at), "消息": row.message_id, **undone}


def _focus(row: FocusRecord) -> dict[str, Any]:
    return {"关注点": FOCUS_NAMES[FocusPoint(row.point)], "态度": POLARITY_NAMES[Polarity(row.polarity)], **_proof(row)}


def _signal(row: SignalRecord, rules: LevelRules) -> dict[str, Any]:
    weight = rules.weights.get(row.name)
    return {"信号": weight.zh if weight else row.name, **_proof(row)}


def _slot(row: SlotRecord, names: Mapping[str, str]) -> dict[str, Any]:
    return {"名称": SLOT_NAMES[SlotName(row.name)], "内容": names.get(row.value, row.value), **_proof(row)}


def _follow(row: Follow, advisors: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "顾问": advisors.get(row.advisor, row.advisor),
        "渠道": names.get(row.channel, row.channel),
        "开始": exactly(row.since),
        "结束": exactly(row.ended_at),
    }


def _tag(row: CustomerTag) -> dict[str, Any]:
    told = {"组": row.group, "标签": row.name, "原话": row.words, "把握": round(row.confidence, 2)}
    return {**told, "开始": exactly(row.since), "结束": exactly(row.ended_at)}


def _change(row: LevelChange) -> dict[str, Any]:
    why = {"原因": row.reason.get("text", ""), "原话": row.reason.get("words", "")}
    if row.reason.get("undone_at"):
        why["撤回"] = f"{row.reason.get('undone_by', '')}：{row.reason.get('undone_why', '')}"
    return {"时间": exactly(row.changed_at), "从": level_name(row.before), "到": level_name(row.after), **why}


def _line(row: Utterance) -> dict[str, Any]:
    return {"时间": exactly(row.said_at), "谁": row.by or SPEAKERS.get(row.speaker, row.speaker), "内容": row.words}


def _brief(row: Brief, advisors: Mapping[str, str]) -> dict[str, Any]:
    told = {"时间": exactly(row.created_at), "原因": reason_name(row.reason), "通知": [advisors.get(one, one) for one in row.recipients]}
    return {**told, "结果": OUTCOMES.get(row.outcome, row.outcome), "谁": advisors.get(row.outcome_by, row.outcome_by)}
