"""What the page of tags shows: which there are, what they rest on, how many hold them, and whether WeCom has them too.

Everybody has a level from the start, but a row of tags only once it has changed: levels are counted where they stand, at the customers.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from admin.parts.levels import ORDER
from admin.parts.when import when
from bot.messages import Channel
from bot.models import OutboxMessage
from bot.queue import State, is_open
from core.zone import SHANGHAI
from customers.models import Customer, CustomerTag, LevelChange, SlotRecord
from customers.pack import LevelRules
from customers.record import FOCUS_FRESH_FOR, FOCUS_GROUP, FOCUS_TAGS_AT_MOST, LEVEL_GROUP, level_label
from customers.rules import FOCUS_NAMES, LEVEL_NAMES, STATED_FOR
from customers.terms import Level
from sop.standing import BLACKLIST

KINDS: Mapping[str, str] = {FOCUS_GROUP: "模型", LEVEL_GROUP: "预测"}
KIND_MEANS: Mapping[str, str] = {
    "模型": "由模型从客户的话里读出来，每个都有原话",
    "预测": "由打分规则推算，会随时间和新的话改变",
    "事实": "客户亲口说的，或我们的人记录的，不加推断",
}
DAYS = 30
Tag = tuple[str, str]  # group and name


@dataclass(frozen=True)
class Sync:
    """How WeCom's copy stands: deeds that wait, were parked (with the reason and how many), and the last that was done."""

    waiting: int
    parked: list[dict[str, Any]]
    last_done: str


def tags(session: Session, rules: LevelRules, *, now: datetime) -> list[dict[str, Any]]:
    """Every tag that there can be, and any that is held besides, by group."""
    held = _held(session)
    began, ended = _trend(session, now=now)
    everybody = session.scalar(select(func.count()).select_from(Customer)) or 0
    known = [*((LEVEL_GROUP, level_label(level)) for level in ORDER), *((FOCUS_GROUP, name) for name in FOCUS_NAMES.values())]
    every = list(dict.fromkeys([*known, *sorted(held)]))
    return [_row(tag, rules, held.get(tag, 0), everybody, began.get(tag, {}), ended.get(tag, {}), now=now) for tag in every]


def facts(session: Session, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """What customers said of themselves, by kind of fact: not tags in WeCom, but known all the same."""
    said = select(SlotRecord.name, func.count(SlotRecord.customer_id.distinct())).where(SlotRecord.undone_at.is_(None))
    counted = session.execute(said.group_by(SlotRecord.name)).all()
    return [{"name": names.get(name, name), "count": count} for name, count in sorted(counted, key=lambda one: -one[1])]


def may_be_given(session: Session, of_pack: Collection[Tag]) -> list[Tag]:
    """The facts that an operator may give by hand: those that the pack's follow-ups record, those that anybody ever had, and 黑名单."""
    columns = CustomerTag.group, CustomerTag.name
    had = session.execute(select(*columns).where(CustomerTag.group.not_in(KINDS)).distinct().order_by(*columns)).all()
    every = [*of_pack, *((group, name) for group, name in had), BLACKLIST]
    return [tag for tag in dict.fromkeys(every) if tag[0] not in KINDS]


def sync(session: Session, *, now: datetime) -> Sync:
    """The deeds of the outbox that carry our tags to WeCom."""
    ours = OutboxMessage.channel == Channel.TAGS
    waiting = session.scalar(select(func.count()).select_from(OutboxMessage).where(is_open(OutboxMessage), ours)) or 0
    stuck = select(OutboxMessage.reason, func.count()).where(ours, OutboxMessage.state == State.PARKED)
    parked = session.execute(stuck.group_by(OutboxMessage.reason).order_by(func.count().desc())).all()
    newest = select(OutboxMessage.settled_at).where(ours, OutboxMessage.state == State.DONE).order_by(OutboxMessage.id.desc()).limit(1)
    told = [{"reason": reason or "没有写原因", "count": count} for reason, count in parked]
    return Sync(waiting, told, when(session.scalar(newest), now=now))


def rule_of(group: str, name: str, rules: LevelRules) -> str:
    """When a customer holds this tag, in words."""
    if group == FOCUS_GROUP:
        return f"{FOCUS_FRESH_FOR.days} 天内谈到过，按次数和新近排在前 {FOCUS_TAGS_AT_MOST} 个；太久没提就摘下"
    if group != LEVEL_GROUP:
        return "由运营或接口添加"
    return _level_rule(Level(name.removesuffix("级")), rules)


def _level_rule(level: Level, rules: LevelRules) -> str:
    said = f"；或客户说了时间（保持 {STATED_FOR[level].days} 天）" if level in STATED_FOR else ""
    if level in rules.thresholds:
        return f"{LEVEL_NAMES[level]}：意向分达到 {rules.thresholds[level]:g} 分{said}"
    match level:
        case Level.O:
            return "已下订：客户说下了订；直到他另有说法"
        case Level.L:
            return "战败：客户明确说不买了；有新的购买信号就重新算"
        case Level.N:
            return f"沉默待唤醒：{rules.silent_after_days} 天没有说话"
        case _:
            return f"{LEVEL_NAMES[level]}：没有达到其他任何一级{said}"


def _row(
    tag: tuple[str, str],
    rules: LevelRules,
    count: int,
    everybody: int,
    began: Mapping[str, int],
    ended: Mapping[str, int],
    *,
    now: datetime,
) -> dict[str, Any]:
    group, name = tag
    trend = _backwards(count, began, ended, now=now)
    return {
        "id": f"{group}/{name}",
        "group": group,
        "name": name,
        "kind": KINDS.get(group, "事实"),
        "rule": rule_of(group, name, rules),
        "count": count,
        "share": f"{count / everybody:.1%}" if everybody else "—",
        "change": count - trend[0],
        "trend": trend,
    }


def _held(session: Session) -> dict[Tag, int]:
    query = select(CustomerTag.group, CustomerTag.name, func.count()).where(
        CustomerTag.ended_at.is_(None), CustomerTag.group != LEVEL_GROUP
    )
    held = {(group, name): count for group, name, count in session.execute(query.group_by(CustomerTag.group, CustomerTag.name))}
    levels = session.execute(select(Customer.level, func.count()).group_by(Customer.level))
    return held | {_level_tag(level): count for level, count in levels}


def _trend(session: Session, *, now: datetime) -> tuple[dict[Tag, Counter[str]], dict[Tag, Counter[str]]]:
    """How often each tag began and ended on each of the last days."""
    start = now - timedelta(days=DAYS)
    recent = or_(CustomerTag.since >= start, and_(CustomerTag.ended_at.isnot(None), CustomerTag.ended_at >= start))
    tags = select(CustomerTag.group, CustomerTag.name, CustomerTag.since, CustomerTag.ended_at)
    began: defaultdict[Tag, Counter[str]] = defaultdict(Counter)
    ended: defaultdict[Tag, Counter[str]] = defaultdict(Counter)
    for group, name, since, until in session.execute(tags.where(recent, CustomerTag.group != LEVEL_GROUP)):
        for into, moment in ((began, since), (ended, until)):
            if moment is not None and moment >= start:
                into[group, name][_day(moment)] += 1
    moves = select(LevelChange.before, LevelChange.after, LevelChange.changed_at).where(LevelChange.changed_at >= start)
    for before, after, moment in session.execute(moves.where(LevelChange.before != LevelChange.after)):
        ended[_level_tag(before)][_day(moment)] += 1
        began[_level_tag(after)][_day(moment)] += 1
    for moment in session.scalars(select(Customer.first_seen_at).where(Customer.first_seen_at >= start)):
        began[_level_tag(Level.C)][_day(moment)] += 1
    return began, ended


def _level_tag(level: str) -> Tag:
    return LEVEL_GROUP, level_label(Level(level))


def _backwards(count: int, began: Mapping[str, int], ended: Mapping[str, int], *, now: datetime) -> Sequence[int]:
    """How many held it at the end of each of the last days, oldest first: from today's number, day by day back."""
    numbers = [count]
    for back in range(DAYS - 1):
        day = _day(now - timedelta(days=back))
        numbers.append(numbers[-1] - began.get(day, 0) + ended.get(day, 0))
    return [max(0, number) for number in reversed(numbers)]


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d}"
