"""Pure: the words of advisors' reminders: why one is due, what an advisor answers, and the rules of when."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from customers.terms import Level


class ReminderKind(StrEnum):
    """Why an advisor had better be in touch."""

    PERSON_ASKED = "person_asked"
    LOST_CONTACT = "lost_contact"
    ROSE = "rose"
    PROMISE = "promise"
    VISIT_EVE = "visit_eve"
    VISIT_PAST = "visit_past"
    ORDER = "order"
    LEVEL = "level"


KIND_NAMES: Mapping[ReminderKind, str] = {
    ReminderKind.PERSON_ASKED: "已转告顾问，还没有人接",
    ReminderKind.LOST_CONTACT: "客户删除了顾问",
    ReminderKind.ROSE: "意向升级，尽快首次联系",
    ReminderKind.PROMISE: "答应过客户的事",
    ReminderKind.VISIT_EVE: "客户明天到店",
    ReminderKind.VISIT_PAST: "昨天约了到店，还没有记录",
    ReminderKind.ORDER: "订单多日没有进展",
    ReminderKind.LEVEL: "按级别定期跟进",
}
# What cannot wait until tomorrow; the order is that of urgency.
URGENT = frozenset({ReminderKind.PERSON_ASKED, ReminderKind.ROSE, ReminderKind.PROMISE, ReminderKind.VISIT_EVE})
# Each is about an event of its own: no other card about the same customer stands for it.
OWN_EVENT = frozenset({ReminderKind.VISIT_EVE, ReminderKind.VISIT_PAST, ReminderKind.PROMISE, ReminderKind.LOST_CONTACT})


class ReminderState(StrEnum):
    """OPEN waits for its moment, ASKED for the advisor, ESCALATED for him or the manager who was told, UNHEARD for a manager to be there
    at all; the others are over."""

    OPEN = "open"
    ASKED = "asked"
    ESCALATED = "escalated"
    UNHEARD = "unheard"
    DONE = "done"
    DROPPED = "dropped"


LIVE = (ReminderState.OPEN, ReminderState.ASKED, ReminderState.ESCALATED, ReminderState.UNHEARD)
# Somebody was asked, or should have been: nothing less urgent is said of the same customer, except for what is an event of its own.
WAITING = (ReminderState.ASKED, ReminderState.ESCALATED, ReminderState.UNHEARD)


class FollowUp(StrEnum):
    """跟进结果: what an advisor did about it; LATER is none yet."""

    CONTACTED = "contacted"
    VISIT_SET = "visit_set"
    VISITED = "visited"
    TEST_DRIVEN = "test_driven"
    ORDERED = "ordered"
    DELIVERED = "delivered"
    LATER = "later"
    LOST = "lost"


FOLLOW_UP_NAMES: Mapping[FollowUp, str] = {
    FollowUp.CONTACTED: "已联系",
    FollowUp.VISIT_SET: "约到店",
    FollowUp.VISITED: "已到店",
    FollowUp.TEST_DRIVEN: "已试驾",
    FollowUp.ORDERED: "已下订",
    FollowUp.DELIVERED: "已提车",
    FollowUp.LATER: "稍后",
    FollowUp.LOST: "战败",
}
# With any of these he was here.
CAME = frozenset({FollowUp.VISITED, FollowUp.TEST_DRIVEN, FollowUp.ORDERED, FollowUp.DELIVERED})
# What the card's list offers beside the buttons: how much later, or why lost.
LATER_NAMES: Mapping[str, str] = {"later_1h": "稍后：1 小时后", "later_tomorrow": "稍后：明天", "later_3d": "稍后：3 天后"}


@dataclass(frozen=True)
class LevelRule:
    """How often to be in touch; a level without days is left in peace. `first_touch` is for who has just risen to it."""

    every: timedelta | None
    first_touch: timedelta | None = None


@dataclass(frozen=True)
class FollowUpRules:
    """followups.yaml. Times of day are Asia/Shanghai's."""

    levels: Mapping[Level, LevelRule] = field(default_factory=dict)
    duty_from: time = time(9)
    duty_until: time = time(20)
    digest_at: time = time(9)
    cards_a_day: int = 8
    kept_for_urgent: int = 3
    again_after: timedelta = timedelta(hours=20)
    urgent_again_after: timedelta = timedelta(hours=2)
    asks_before_manager: int = 2
    person_asked_after: timedelta = timedelta(minutes=10)
    visit_eve_at: time = time(17)
    order_quiet: timedelta = timedelta(days=7)
    promise_ahead: timedelta = timedelta(minutes=30)
    weekly_at: time = time(9, 30)
    managers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    facts: Mapping[FollowUp, tuple[str, str]] = field(default_factory=dict)  # outcome → the tag (group, name) that says it
    lost_reasons: Sequence[str] = ("价格没谈拢", "买了别家", "暂时不买了", "联系不上", "其他原因")


@dataclass(frozen=True)
class TimeSaid:
    """A time that a sentence names, in Asia/Shanghai; `whole_day` when it names no hour."""

    at: datetime
    whole_day: bool


@dataclass(frozen=True)
class Spoken:
    """Something that a person of ours said to a customer; `by` is his userid or name."""

    msgid: str
    external_id: str
    words: str
    said_at: datetime
    by: str


@dataclass(frozen=True)
class Asking:
    """A person was asked for, and nobody has said yet that he looks after the customer: `why` is the reason, `words` are the customer's."""

    cause: str
    external_id: str
    asked_at: datetime
    why: str
    words: str
    told: Sequence[str] = ()


@dataclass(frozen=True)
class Suggested:
    """A script that could be said; `text` as a customer would read it."""

    title: str
    text: str


ReadTimes = Callable[[str, datetime], Sequence[TimeSaid]]
