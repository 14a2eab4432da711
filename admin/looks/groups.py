"""What the group pages show: the list, and one group with its members, its days and its stages."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from admin.looks.paging import contains, part_of
from admin.looks.wanted import Wanted
from admin.parts.when import exactly, when
from admin.sight import group_for, groups_in_sight, seen
from admin.terms import Who
from core.zone import SHANGHAI
from customers import group_store
from customers.lifecycle import PART_NAMES, STAGE_NAMES
from customers.models import Advisor, Customer, GroupChat, GroupMember, GroupStageChange
from customers.terms import GroupStage, JoinScene, LeftReason

Row = dict[str, Any]
WEEK = timedelta(days=7)
CHART_DAYS = 90
STATES: Mapping[str, str] = {"alive": "正常", "dismissed": "已解散", "held": "阶段已固定"}
TONES: Mapping[str, str] = {"new": "info", "warming": "good", "mature": "", "ageing": "warn"}
_SCENES = {JoinScene.INVITED: "成员邀请", JoinScene.LINK: "邀请链接", JoinScene.QR: "群二维码", JoinScene.UNKNOWN: "—"}
_LEFT = {LeftReason.LEFT: "主动退群", LeftReason.REMOVED: "被移出", LeftReason.UNSEEN: "已不在群里（没收到退群通知）"}
_SHARE = GroupChat.active * 1.0 / func.nullif(GroupChat.customers, 0)


@dataclass(frozen=True)
class Day:
    """Customers at the end of a day, and who came and went on it."""

    day: date
    size: int
    joins: int
    leaves: int


@dataclass(frozen=True)
class Portrait:
    """One group as its page shows it; `stays` are all who are or were in it, those here first."""

    group: GroupChat
    head: Row
    days: Sequence[Day]
    stays: Sequence[Row]
    stages: Sequence[Row]


def groups(session: Session, who: Who, wanted: Wanted, stores: Mapping[str, str], *, now: datetime) -> tuple[list[Row], int]:
    """A page of the list, and how many groups there are in all."""
    query: Any = select(GroupChat, Advisor.name, Advisor.store).outerjoin(Advisor, Advisor.userid == GroupChat.owner)
    query = query.where(groups_in_sight(who))
    if words := wanted.get("q"):
        query = query.where(or_(contains(GroupChat.name, words), contains(GroupChat.owner, words), contains(Advisor.name, words)))
    if stage := wanted.get("stage"):
        query = query.where(GroupChat.stage == stage, GroupChat.dismissed_at.is_(None))
    if store := wanted.get("store"):
        query = query.where(Advisor.store == store)
    conditions = {
        "alive": GroupChat.dismissed_at.is_(None),
        "dismissed": GroupChat.dismissed_at.is_not(None),
        "held": GroupChat.held_by != "",
    }
    if wanted.get("state") in conditions:
        query = query.where(conditions[wanted.get("state")])
    sortable = {"size": GroupChat.customers, "age": GroupChat.created_at, "share": _SHARE, "stage": GroupChat.coefficient}
    usual = [GroupChat.dismissed_at.is_not(None), GroupChat.customers.desc(), GroupChat.id]
    part = part_of(session, query, wanted, sortable=sortable, usual=usual)
    moves = group_store.moves_of(session, [row[0].id for row in part.rows], since=now - WEEK)
    return [_row(group, name, stores.get(store, store), moves[group.id], now) for group, name, store in map(tuple, part.rows)], part.total


def portrait(session: Session, who: Who, chat_id: str, stores: Mapping[str, str], *, now: datetime) -> Portrait:
    """One group, with at most 90 days in its chart. Blocked when he may not see it."""
    group = group_for(session, who, chat_id)
    owner = session.scalar(select(Advisor).where(Advisor.userid == group.owner))
    store = owner.store if owner else ""
    head = _row(
        group,
        owner.name if owner else "",
        stores.get(store, store),
        group_store.moves_of(session, [group.id], since=now - WEEK)[group.id],
        now,
    )
    stays = list(session.scalars(select(GroupMember).where(GroupMember.group_id == group.id)))
    stays.sort(key=lambda stay: (stay.left_at is not None, -(stay.left_at or stay.joined_at).timestamp()))
    names, his = _names(session, who, stays)
    stages = [_stage(change, now) for change in group_store.stage_history(session, group.id)]
    return Portrait(group, head, days_of(group, stays, now=now), [_stay(stay, names, his, now) for stay in stays], stages)


def days_of(group: GroupChat, stays: Sequence[GroupMember], *, now: datetime) -> list[Day]:
    """Each day's end, the last 90 days at most; a group's days end with its dismissal."""
    customers = [stay for stay in stays if stay.is_customer]
    joins = Counter(_day(stay.joined_at) for stay in customers)
    leaves = Counter(_day(stay.left_at) for stay in customers if stay.left_at)
    last = _day(group.dismissed_at or now)
    first = max(min([_day(group.created_at), *joins]), last - timedelta(days=CHART_DAYS - 1))
    size = sum(count for day, count in joins.items() if day < first) - sum(count for day, count in leaves.items() if day < first)
    days = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        size += joins[day] - leaves[day]
        days.append(Day(day, size, joins[day], leaves[day]))
    return days


def _row(group: GroupChat, owner: str, store: str | None, moves: tuple[int, int], now: datetime) -> Row:
    share = group.active / group.customers if group.customers else 0.0
    return {
        "id": group.id,
        "chat_id": group.chat_id,
        "name": group.name or "（未命名的群）",
        "dismissed": group.dismissed_at is not None,
        "dismissed_at": when(group.dismissed_at, now=now),
        "owner": owner or group.owner or "—",
        "store": store or "—",
        "size": group.customers,
        "people": group.size,
        "moves": f"+{moves[0]} / −{moves[1]}",
        "share": f"{share:.0%}",
        "active": group.active,
        "stage": STAGE_NAMES[GroupStage(group.stage)] if group.judged_at or group.held_by else "待计算",
        "tone": TONES[group.stage] if group.judged_at or group.held_by else "",
        "held": bool(group.held_by),
        "why": "\n".join(
            [f"系数 {group.coefficient:.2f}", *(f"{PART_NAMES[p['name']]} {p['points']:.2f}：{p['text']}" for p in group.parts)]
        ),
        "age": f"{max(0, (now - group.created_at).days)} 天",
        "created": exactly(group.created_at),
    }


def _names(session: Session, who: Who, stays: Sequence[GroupMember]) -> tuple[dict[str, str], set[str]]:
    """Names that we know better than the group does, advisors' and customers', and which are customers' that he may see.

    Customers of another store are in the group, too: of them he knows what the group itself says.
    """
    ids = [stay.userid for stay in stays] + [stay.inviter for stay in stays if stay.inviter]
    names: dict[str, str] = {}
    his: set[str] = set()
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        names_of: Any = select(Customer.external_id, Customer.nickname).where(Customer.external_id.in_(some))
        for userid, name in session.execute(seen(who, names_of)):
            names[userid] = name
            his.add(userid)
        for userid, name in session.execute(select(Advisor.userid, Advisor.name).where(Advisor.userid.in_(some))):
            names[userid] = name
    return names, his


def _stay(stay: GroupMember, names: Mapping[str, str], his: Collection[str], now: datetime) -> Row:
    return {
        "id": stay.id,
        "name": names.get(stay.userid) or stay.name or "（未知）",
        "kind": "客户" if stay.is_customer else "成员",
        "external_id": stay.userid if stay.is_customer and stay.userid in his else "",
        "joined": when(stay.joined_at, now=now),
        "joined_exactly": exactly(stay.joined_at),
        "scene": _SCENES[JoinScene(stay.join_scene)],
        "inviter": (names.get(stay.inviter) or stay.inviter) if stay.inviter else "—",
        "left": f"{when(stay.left_at, now=now)} {_LEFT[LeftReason(stay.left_reason)]}" if stay.left_at else "",
    }


def _stage(change: GroupStageChange, now: datetime) -> Row:
    parts = [f"{PART_NAMES[part['name']]} {part['points']:.2f}" for part in change.reason.get("parts", [])]
    by = {"held": "运营固定", "released": "恢复自动", "computed": "自动"}[change.reason["kind"]]
    return {
        "at": when(change.changed_at, now=now),
        "at_exactly": exactly(change.changed_at),
        "before": STAGE_NAMES[GroupStage(change.before)],
        "after": STAGE_NAMES[GroupStage(change.after)],
        "by": " ".join(filter(None, [by, change.reason.get("by", "")])),
        "text": change.reason["text"],
        "parts": " · ".join(parts),
    }


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
