"""Pure: when a task is looked at and who is reminded, what its state is, and the words for what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum

from core.zone import SHANGHAI


class MassState(StrEnum):
    """The life of a task at WeCom."""

    MAKING = "making"  # a moment's job runs
    OPEN = "open"  # somebody has still to confirm
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"  # nobody looks any more
    FAILED = "failed"  # WeCom made no task


STATE_NAMES = {
    MassState.MAKING: "创建中",
    MassState.OPEN: "待确认",
    MassState.CONFIRMED: "已确认",
    MassState.CANCELLED: "已取消",
    MassState.LAPSED: "超时未确认",
    MassState.FAILED: "创建失败",
}


class Reach(IntEnum):
    """What became of one customer, group or member; the first four are WeCom's numbers (reference §7.4), the last is ours."""

    NOT_SENT = 0
    SENT = 1
    NO_CONTACT = 2
    LIMIT = 3
    REFUSED = 9  # WeCom would not take him into the task


REACH_NAMES = {
    Reach.NOT_SENT: "还没有发送",
    Reach.SENT: "已送达",
    Reach.NO_CONTACT: "已不是好友",
    Reach.LIMIT: "本月接收群发次数已满",
    Reach.REFUSED: "创建时被拒：无效或不能接收",
}

LOST = frozenset({Reach.NO_CONTACT, Reach.LIMIT, Reach.REFUSED})


@dataclass(frozen=True)
class FollowRule:
    """How long a task is followed and when its members are reminded, once. A reminder in the evening waits for the morning."""

    first_look: timedelta = timedelta(minutes=10)
    every: timedelta = timedelta(hours=1)
    for_: timedelta = timedelta(days=3)
    remind_after: timedelta = timedelta(hours=4)
    remind_from: time = time(9)
    remind_until: time = time(20)


def first_look(rule: FollowRule, created_at: datetime) -> datetime:
    """When a new task is read for the first time."""
    return created_at + rule.first_look


def reminder(rule: FollowRule, created_at: datetime) -> datetime:
    """When who has not confirmed by then is reminded: within working hours."""
    local = (created_at + rule.remind_after).astimezone(SHANGHAI)
    if local.time() >= rule.remind_until:
        local += timedelta(days=1)
    elif local.time() >= rule.remind_from:
        return local
    return local.replace(hour=rule.remind_from.hour, minute=rule.remind_from.minute, second=0, microsecond=0)


@dataclass(frozen=True)
class Seen:
    """What a look at a task found: when all had confirmed (None: not yet), and whether all results are final."""

    confirmed_at: datetime | None
    complete: bool


def after_look(rule: FollowRule, seen: Seen, *, cancelled: bool, created_at: datetime, now: datetime) -> tuple[MassState, datetime | None]:
    """The task's state now, and when to look again; None: never."""
    over = now - created_at >= rule.for_
    if cancelled:
        return MassState.CANCELLED, None
    if seen.confirmed_at is None:
        return (MassState.LAPSED, None) if over else (MassState.OPEN, now + rule.every)
    return MassState.CONFIRMED, None if over or seen.complete else now + rule.every


def all_confirmed(at: Sequence[datetime | None]) -> datetime | None:
    """When the last of them confirmed; None while one has not, or there is nobody."""
    known = [one for one in at if one is not None]
    return max(known) if known and len(known) == len(at) else None
