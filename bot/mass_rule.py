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
    LAPSED = "lapsed"  # nobody confirmed while it made sense: it is withdrawn
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
    """How long a task is followed and when its members are reminded, once; `withdraw_for` is how long withdrawing it is tried."""

    first_look: timedelta = timedelta(minutes=10)
    every: timedelta = timedelta(hours=1)
    for_: timedelta = timedelta(days=3)
    withdraw_for: timedelta = timedelta(days=1)
    remind_after: timedelta = timedelta(hours=4)
    remind_from: time = time(9)
    remind_until: time = time(20)


def first_look(rule: FollowRule, created_at: datetime, until: datetime) -> datetime:
    """When a new task that makes sense `until` then is read for the first time."""
    return min(created_at + rule.first_look, until)


def reminder(rule: FollowRule, created_at: datetime, until: datetime) -> datetime | None:
    """When who has not confirmed by then is reminded: within working hours, in the evening it waits for the morning. Where that would be
    too late it comes at half time, at the end of the working day at the latest, or not at all."""
    usual = _in_working_hours(rule, created_at + rule.remind_after)
    if usual < until:
        return usual
    evening = datetime.combine(created_at.astimezone(SHANGHAI), rule.remind_until, SHANGHAI)
    early = min(created_at + (until - created_at) / 2, evening).astimezone(SHANGHAI)
    return early if created_at < early and early.time() >= rule.remind_from else None


def _in_working_hours(rule: FollowRule, moment: datetime) -> datetime:
    local = moment.astimezone(SHANGHAI)
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


def after_look(
    rule: FollowRule, seen: Seen, *, withdrawn: MassState | None, created_at: datetime, until: datetime, now: datetime
) -> tuple[MassState, datetime | None]:
    """The task's state now, and when to look again; None: never. `withdrawn` is the state in which it was cancelled at WeCom."""
    if seen.confirmed_at is not None and (seen.complete or withdrawn is None):
        over = seen.complete or now - created_at >= rule.for_
        return MassState.CONFIRMED, None if over else now + rule.every
    if withdrawn is not None:
        return withdrawn, None
    if now < until:
        return MassState.OPEN, min(now + rule.every, until)
    # Until it is withdrawn it may still be sent.
    return MassState.LAPSED, now + rule.every if now < until + rule.withdraw_for else None


def all_confirmed(at: Sequence[datetime | None]) -> datetime | None:
    """When the last of them confirmed; None while one has not, or there is nobody."""
    known = [one for one in at if one is not None]
    return max(known) if known and len(known) == len(at) else None
