"""What the page of one customer shows: who he is, who looks after him, his levels, and all that happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.looks import evidence
from admin.looks.customers import advisor_names
from admin.looks.timeline import timeline
from admin.parts.levels import level_name, level_tone
from admin.parts.phones import masked
from admin.parts.when import exactly, when
from admin.sight import customer_for
from admin.terms import Who
from customers import store
from customers.birthday import birthday_name
from customers.models import Customer, Follow, LevelChange
from customers.pack import LevelRules
from customers.record import FOCUS_GROUP, LEVEL_GROUP, standing_change
from customers.rules import EXPLICIT, FOCUS_NAMES

ENDED_BY: Mapping[str, str] = {"advisor": "顾问删除了客户", "customer": "客户删除了顾问", "transfer": "转给了同事"}
_POINTS = {name: str(point) for point, name in FOCUS_NAMES.items()}


@dataclass(frozen=True)
class Words:
    """What keys are called: stores, everything else of the pack, and why an advisor was asked."""

    stores: Mapping[str, str]
    names: Mapping[str, str]


@dataclass(frozen=True)
class Portrait:
    """Plain values, as the page shows them."""

    id: int
    external_id: str
    title: str
    facts: list[tuple[str, str]]
    level: str
    tone: str
    score: str
    opted_out: str
    birthday: str
    tags: list[dict[str, Any]]
    follows: list[dict[str, Any]]
    focus: list[dict[str, Any]]
    signals: list[dict[str, Any]]
    slots: list[dict[str, Any]]
    levels: list[dict[str, Any]]
    timeline: list[dict[str, Any]]


def portrait(session: Session, who: Who, external_id: str, rules: LevelRules, words: Words, *, now: datetime) -> Portrait:
    """Blocked when he may not see this customer."""
    customer = customer_for(session, who, external_id)
    advisors = advisor_names(session)
    history = store.level_history(session, customer.id)
    follows = session.scalars(select(Follow).where(Follow.customer_id == customer.id).order_by(Follow.since.desc())).all()
    signals = evidence.signals_of(session, customer, rules, now=now)
    return Portrait(
        id=customer.id,
        external_id=customer.external_id,
        title=customer.nickname or "微信客户",
        facts=_facts(customer, advisors, words, now=now),
        level=level_name(customer.level),
        tone=level_tone(customer.level),
        score=f"{sum(one['points'] for one in signals):.0f}",
        opted_out=when(customer.opted_out_at, now=now) if customer.opted_out_at else "",
        birthday=customer.birthday,
        tags=_tags(session, customer, standing_change(history), now=now),
        follows=[_follow(one, advisors, words.names) for one in follows],
        focus=evidence.focus_of(session, customer, now=now),
        signals=signals,
        slots=evidence.slots_of(session, customer, words.names, now=now),
        levels=[_change(one, now=now) for one in reversed(history)],
        timeline=timeline(session, customer, history, follows, advisors, now=now),
    )


def _facts(customer: Customer, advisors: Mapping[str, str], words: Words, *, now: datetime) -> list[tuple[str, str]]:
    return [
        ("顾问", advisors.get(customer.advisor, customer.advisor) or "还没有"),
        ("门店", words.stores.get(customer.store, customer.store) or "还不知道"),
        ("渠道", words.names.get(customer.channel, customer.channel) or "不详"),
        ("生日", birthday_name(customer.birthday) or "还没登记"),
        ("首次出现", exactly(customer.first_seen_at)),
        ("最近说话", when(customer.last_heard_at, now=now)),
    ]


def _tags(session: Session, customer: Customer, standing: LevelChange | None, *, now: datetime) -> list[dict[str, Any]]:
    explicit = standing.id if standing and standing.reason.get("kind") in EXPLICIT and standing.after == customer.level else 0
    return [
        {
            "group": tag.group,
            "name": tag.name,
            "point": _POINTS.get(tag.name, "") if tag.group == FOCUS_GROUP else "",
            "change": explicit if tag.group == LEVEL_GROUP else 0,
            "is_fact": tag.group not in (FOCUS_GROUP, LEVEL_GROUP),
            "words": masked(tag.words),
            "confidence": f"{tag.confidence:.0%}",
            "since": when(tag.since, now=now),
        }
        for tag in store.tags_of(session, customer.id)
    ]


def _follow(follow: Follow, advisors: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "advisor": advisors.get(follow.advisor, follow.advisor),
        "since": exactly(follow.since),
        "channel": names.get(follow.channel, follow.channel),
        "ended": f"{exactly(follow.ended_at)} {ENDED_BY.get(follow.ended_by, '结束')}" if follow.ended_at else "",
    }


def _change(change: LevelChange, *, now: datetime) -> dict[str, Any]:
    reason = change.reason
    undone_at = datetime.fromisoformat(reason["undone_at"]) if reason.get("undone_at") else None
    by = str(reason.get("undone_by", "")) or "运营"
    return {
        "id": change.id,
        "can_undo": reason.get("kind") in EXPLICIT,
        "undone": f"{by} {when(undone_at, now=now)} 撤回：{reason.get('undone_why', '')}" if undone_at else "",
        "before": change.before,
        "after": change.after,
        "tone": level_tone(change.after),
        "text": str(reason.get("text", "")),
        "words": masked(str(reason.get("words", ""))),
        "at": when(change.changed_at, now=now),
        "exactly": exactly(change.changed_at),
    }
