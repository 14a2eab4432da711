"""Pure: when an advisor is due to be in touch, whether he still need be when the moment has come, and who is told when he is not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from core.zone import SHANGHAI
from customers.terms import Level
from sop.promises import Promise
from sop.reminder_terms import URGENT, FollowUpRules, ReminderKind

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ORDER = {kind: number for number, kind in enumerate(ReminderKind)}
_LEVELS = {level: number for number, level in enumerate((Level.H, Level.O, Level.A, Level.B, Level.C, Level.N, Level.L))}


@dataclass(frozen=True)
class Known:
    """What is known of one customer's contacts: when he came to his level, and whether from a lower one; when he last spoke (`heard_at`),
    and when a person of ours last spoke with him or recorded that he did (`contacted_at`)."""

    level: Level
    since: datetime  # the advisor has had him since then
    changed_at: datetime | None = None
    rose: bool = False
    heard_at: datetime | None = None
    contacted_at: datetime | None = None
    delivered: bool = False  # he has ordered and has his car


@dataclass(frozen=True)
class Due:
    """A reminder that ought to be there; `cause` makes it itself and no other."""

    kind: ReminderKind
    at: datetime
    cause: str


def due_by_level(known: Known, rules: FollowUpRules) -> Due | None:
    """When this customer is due next; None for a level that is left in peace, and for an owner: the plans for owners speak to him.

    Who has risen to a level with a first touch is due from that moment on, whatever he chats with the assistant: a person has to speak
    with him. Later his own words count as well as ours: nobody has to call a customer who talked with us yesterday.
    """
    rule = rules.levels.get(known.level)
    if rule is None or rule.every is None or known.delivered:
        return None
    if rule.first_touch is not None and known.rose and known.changed_at and not _after(known.contacted_at, known.changed_at):
        return Due(ReminderKind.ROSE, known.changed_at + rule.first_touch, _stamp(known.changed_at))
    last = max(filter(None, (known.since, known.changed_at, known.heard_at, known.contacted_at)))
    return Due(ReminderKind.LEVEL, last + rule.every, f"{known.level}:{_stamp(last)}")


def due_by_order(known: Known, rules: FollowUpRules) -> Due | None:
    """An order that nobody of ours has spoken of for long; that the customer asks about it is no progress."""
    if known.level is not Level.O or known.delivered:
        return None
    last = max(filter(None, (known.since, known.changed_at, known.contacted_at)))
    return Due(ReminderKind.ORDER, last + rules.order_quiet, _stamp(last))


def due_by_promise(promise: Promise, cause: str, rules: FollowUpRules) -> Due:
    """A little before the promised hour; on a promised day when duty begins, so that there is time to keep it."""
    at = _at(promise.by.astimezone(SHANGHAI).date(), rules.duty_from) if promise.whole_day else promise.by - rules.promise_ahead
    return Due(ReminderKind.PROMISE, at, cause)


def due_by_visit(visit: date, cause: str, rules: FollowUpRules, *, today: date) -> Due | None:
    """The evening before a customer comes, and the morning after, when nobody has recorded it yet."""
    match (visit - today).days:
        case 1:
            return Due(ReminderKind.VISIT_EVE, _at(today, rules.visit_eve_at), f"{visit}:{cause}")
        case -1:
            return Due(ReminderKind.VISIT_PAST, _at(today, rules.duty_from), f"{visit}:{cause}")
        case _:
            return None


def visit_day(value: str) -> date | None:
    """The day of a visit as its slot holds it; None for a stretch of several days."""
    days = set(_DAY.findall(value))
    return date.fromisoformat(days.pop()) if len(days) == 1 else None


def urgency_of(kind: ReminderKind, level: Level) -> int:
    """Smaller goes first: by the kind, then by the level."""
    return _ORDER[kind] * 10 + _LEVELS[level]


def why_not_now(kind: ReminderKind, due_at: datetime, made_at: datetime, known: Known, now_due: Due | None) -> str:
    """Why a reminder whose moment has come is not needed any more; empty when it is."""
    contacted = known.contacted_at
    if kind in (ReminderKind.ROSE, ReminderKind.LEVEL, ReminderKind.ORDER):
        if now_due is None:
            return "现在的级别不需要定期跟进"
        if now_due.at > due_at:
            return "顾问刚和客户联系过" if _after(contacted, made_at) else "客户刚说过话，改到下次"
        return ""
    if kind is ReminderKind.PERSON_ASKED and _after(contacted, made_at):
        return "已有同事联系客户"
    if kind is ReminderKind.PROMISE and _after(contacted, max(made_at, due_at - timedelta(hours=1))):
        return "顾问已经联系过客户"
    return ""


def on_duty_at(rules: FollowUpRules, moment: datetime) -> datetime:
    """The moment itself within duty hours, else the next beginning of duty."""
    here = moment.astimezone(SHANGHAI)
    if here.time() < rules.duty_from:
        return _at(here.date(), rules.duty_from)
    return moment if here.time() < rules.duty_until else _at(here.date() + timedelta(days=1), rules.duty_from)


def cards_left(rules: FollowUpRules, kinds_sent: Sequence[ReminderKind], kind: ReminderKind) -> bool:
    """Whether another card of this kind goes to an advisor who got these today; some are kept for what cannot wait."""
    if kind in URGENT:
        return len(kinds_sent) < rules.cards_a_day
    usual = sum(one not in URGENT for one in kinds_sent)
    return len(kinds_sent) < rules.cards_a_day and usual < rules.cards_a_day - min(rules.kept_for_urgent, rules.cards_a_day - 1)


class Next(StrEnum):
    """What follows when a card got no answer."""

    WAIT = "wait"
    AGAIN = "again"
    MANAGER = "manager"


def when_unanswered(kind: ReminderKind, asked: int, asked_at: datetime, rules: FollowUpRules, *, now: datetime) -> Next:
    """Wait, ask again, or tell the manager."""
    patience = rules.urgent_again_after if kind in URGENT else rules.again_after
    if now - asked_at < patience:
        return Next.WAIT
    return Next.AGAIN if asked < rules.asks_before_manager else Next.MANAGER


def later_at(choice: str, rules: FollowUpRules, *, now: datetime) -> datetime:
    """When a card that was put off comes again; an hour later where nothing else was chosen."""
    day = now.astimezone(SHANGHAI).date()
    days = {"later_tomorrow": 1, "later_3d": 3}.get(choice)
    return _at(day + timedelta(days=days), rules.duty_from) if days else on_duty_at(rules, now + timedelta(hours=1))


def day_begins(moment: datetime) -> datetime:
    """Midnight in Shanghai."""
    return _at(moment.astimezone(SHANGHAI).date(), time())


def _after(moment: datetime | None, than: datetime) -> bool:
    return moment is not None and moment >= than


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, SHANGHAI)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y%m%dT%H%M%S")
