"""What the first page counts: today and the last 30 days. Each definition stands beside its query; days are Shanghai's.

Only rows of the last 30 days are read, by index; what stands open now is held by partial indexes (bot/models.py).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from statistics import median

from sqlalchemy import ColumnElement, Float, String, cast, extract, func, select, true
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import SQLCoreOperations

from admin.looks import tasks
from admin.sight import in_sight, sees_all
from admin.terms import Who
from bot.boxes import is_stuck
from bot.decide import Why
from bot.models import InboxMessage, KfSession, OutboxMessage, Utterance
from core.zone import SHANGHAI
from customers.models import Customer
from customers.terms import Level

DAYS = 30
_NOT_ANSWERED = (Why.NOT_COVERED, Why.NOT_UNDERSTOOD_TWICE)


@dataclass(frozen=True)
class Tally:
    """What happened in a day, or in all days together; `first_reply` is the median in seconds, None when nobody was answered."""

    conversations: int = 0
    answered: int = 0
    asked_back: int = 0
    handed_off: int = 0
    unanswered: int = 0
    new_customers: int = 0
    first_reply: float | None = None

    @property
    def turns(self) -> int:
        """Turns on which the assistant decided something."""
        return self.answered + self.asked_back + self.handed_off + self.unanswered

    @property
    def share(self) -> float | None:
        """Of those, the part that it answered by itself; None without any."""
        return self.answered / self.turns if self.turns else None


@dataclass(frozen=True)
class Standing:
    """What stands open now, and since when."""

    count: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True)
class Home:
    """`days` holds DAYS of them, oldest first, the last one is today; `channels` and `levels` are (name as kept, how many)."""

    days: Sequence[tuple[str, Tally]]
    month: Tally
    channels: Sequence[tuple[str, int]]
    channels_today: Sequence[tuple[str, int]]
    levels: Sequence[tuple[str, int]]
    follow_ups: Standing
    people: Standing
    inbox: Standing
    outbox: Standing
    customers: int = 0

    @property
    def today(self) -> Tally:
        """So far."""
        return self.days[-1][1]


def home(session: Session, who: Who, *, now: datetime) -> Home:
    """Everything on the page, within his sight."""
    since = first_day(now)
    names = [f"{(since + timedelta(days=n)).astimezone(SHANGHAI):%Y-%m-%d}" for n in range(DAYS)]
    conversations, decided = _conversations(session, who, since), _decided(session, who, since)
    waited, arrived = _first_replies(session, who, since), _new_customers(session, who, since)

    def tally(days: Sequence[str]) -> Tally:
        seconds = [one for day in days for one in waited.get(day, [])]
        return Tally(
            conversations=sum(conversations.get(day, 0) for day in days),
            **{kind: sum(decided.get((day, kind), 0) for day in days) for kind in KINDS},
            new_customers=sum(count for day, _, count in arrived if day in days),
            first_reply=median(seconds) if seconds else None,
        )

    levels = _levels(session, who)
    inbox, outbox = _stuck(session, who, InboxMessage), _stuck(session, who, OutboxMessage)
    return Home(
        days=[(day, tally([day])) for day in names],
        month=tally(names),
        channels=_summed(arrived),
        channels_today=_summed([row for row in arrived if row[0] == names[-1]]),
        levels=levels,
        follow_ups=Standing(*tasks.today(session, who, now=now)),
        people=_people(session, who),
        inbox=inbox,
        outbox=outbox,
        customers=sum(count for _, count in levels),
    )


def first_day(now: datetime) -> datetime:
    """The midnight with which the last DAYS days begin; today is one of them."""
    day = now.astimezone(SHANGHAI).date() - timedelta(days=DAYS - 1)
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


CONVERSATIONS = "一位客户在一天里说过话，算一次会话；当天来回多少条都只算一次。30 天的数是每天相加。"


def _conversations(session: Session, who: Who, since: datetime) -> dict[str, int]:
    day = _day(session, Utterance.said_at)
    query = select(day, func.count(Utterance.external_id.distinct())).where(*_customers_words(who, since)).group_by(day)
    return {str(name): count for name, count in session.execute(query)}


ANSWERED = "助手自己答上的轮数 ÷ 助手作过决定的轮数（答复、追问、转人工、未答之和）。客户连发的几条算一轮；人工接待中只记录不回复的不算。"
ASKED_BACK = "助手给出几个选项请客户选的轮数。"
HANDED_OFF = "转给人工或转告顾问的轮数：客户要求人工、投诉、故障、试驾、订单、留电话、图片等。话术库没有答案的不算在这里，算未答。"
UNANSWERED = "话术库没有答案、两次没听懂，或没听懂请客户换个说法的轮数。"
KINDS = ("answered", "asked_back", "handed_off", "unanswered")


def kind_of(decision: str, why: str, options: bool) -> str:
    """Which figure a decided turn counts in; empty for a silence. `options`: the customer was offered scripts to choose from."""
    match decision:
        case "answer" | "acknowledge" | "opt_out":
            return "answered"
        case "clarify":
            return "asked_back" if options else "unanswered"
        case "hand_off" | "pass_on":
            return "unanswered" if why in _NOT_ANSWERED else "handed_off"
        case _:
            return ""


def _decided(session: Session, who: Who, since: datetime) -> dict[tuple[str, str], int]:
    day, options = _day(session, Utterance.said_at), Utterance.script != ""
    query = select(day, Utterance.decision, Utterance.why, options, func.count()).where(*_customers_words(who, since))
    found: dict[tuple[str, str], int] = {}
    for name, decision, why, offered, count in session.execute(query.group_by(day, Utterance.decision, Utterance.why, options)):
        key = (str(name), kind_of(decision, why, bool(offered)))
        found[key] = found.get(key, 0) + count
    return found


FIRST_REPLY = "每次会话从客户当天第一句话，到之后第一条回复（助手或人工）的时间，取中位数：一半的会话比它快。一直没有回复的会话不算。"


def _first_replies(session: Session, who: Who, since: datetime) -> dict[str, list[float]]:
    """Seconds, by day."""
    day = _day(session, Utterance.said_at)
    first = func.min(Utterance.said_at, type_=Utterance.said_at.type)
    begun = (
        select(Utterance.external_id, day.label("day"), first.label("asked_at"))
        .where(*_customers_words(who, since))
        # The day first: else SQLite walks through all years in the order of the index on external_id.
        .group_by(day, Utterance.external_id)
        .subquery()
    )
    said = aliased(Utterance)
    # The index on (external_id, said_at) leads straight to the first one.
    replied = (
        select(_epoch(session, said.said_at))
        .where(said.external_id == begun.c.external_id, said.said_at >= begun.c.asked_at, said.speaker.in_(["assistant", "person"]))
        .order_by(said.said_at)
        .limit(1)
        .correlate(begun)
        .scalar_subquery()
    )
    found: defaultdict[str, list[float]] = defaultdict(list)
    for name, asked_at, replied_at in session.execute(select(begun.c.day, _epoch(session, begun.c.asked_at), replied)):
        if replied_at is not None:
            found[str(name)].append(max(0.0, replied_at - asked_at))
    return found


NEW_CUSTOMERS = "第一次在这里出现的客户：第一次进入客服会话，或第一次被顾问加为好友。"
CHANNELS = "新客户第一次是从哪里来的：渠道活码的参数，或客服链接的场景值。"


def _new_customers(session: Session, who: Who, since: datetime) -> list[tuple[str, str, int]]:
    day = _day(session, Customer.first_seen_at)
    query = select(day, Customer.channel, func.count()).where(Customer.first_seen_at >= since, in_sight(who))
    return [(str(name), channel, count) for name, channel, count in session.execute(query.group_by(day, Customer.channel).order_by(day))]


LEVELS = "所有客户现在的意向级别，不限 30 天。"


def _levels(session: Session, who: Who) -> list[tuple[str, int]]:
    query = select(Customer.level, func.count()).where(in_sight(who)).group_by(Customer.level)
    found = {str(level): count for level, count in session.execute(query)}
    return [(level.value, found.get(level.value, 0)) for level in Level]


FOLLOW_UPS = "今天该联系的和已经逾期的跟进任务，点开就是这些；明天以后才到时间的不算。"
PEOPLE = "说了话还没有得到任何回复的客户。"


def _people(session: Session, who: Who) -> Standing:
    oldest = func.min(KfSession.waiting_since, type_=KfSession.waiting_since.type)
    query = select(func.count(), oldest).where(KfSession.waiting_since.isnot(None), _of_his(who, KfSession.external_id))
    return Standing(*session.execute(query).one())


STUCK = "停下来等人处理的收件和发件：失败了不再自动重试的，和不确定对方是否收到的。"


def _stuck(session: Session, who: Who, table: type[InboxMessage] | type[OutboxMessage]) -> Standing:
    """The boxes are nobody's store: only who sees everybody is told."""
    if not sees_all(who):
        return Standing()
    oldest = func.min(table.settled_at, type_=table.settled_at.type)
    return Standing(*session.execute(select(func.count(), oldest).where(is_stuck(table))).one())


def _customers_words(who: Who, since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Utterance.said_at >= since, Utterance.speaker == "customer", _of_his(who, Utterance.external_id))


def _of_his(who: Who, external_id: SQLCoreOperations[str]) -> ColumnElement[bool]:
    return true() if sees_all(who) else external_id.in_(select(Customer.external_id).where(in_sight(who)))


def _day(session: Session, moment: SQLCoreOperations[datetime]) -> ColumnElement[str]:
    """«2026-11-20» in Shanghai, which has no summer time."""
    if session.get_bind().dialect.name == "sqlite":
        return func.date(moment, "+8 hours", type_=String())
    return func.to_char(func.timezone("Asia/Shanghai", moment), "YYYY-MM-DD", type_=String())


def _epoch(session: Session, moment: SQLCoreOperations[datetime]) -> ColumnElement[float]:
    """Seconds since some moment, with their fractions."""
    if session.get_bind().dialect.name == "sqlite":
        return cast(func.julianday(moment) * 86400.0, Float)
    return cast(extract("epoch", moment), Float)


def _summed(rows: Sequence[tuple[str, str, int]]) -> list[tuple[str, int]]:
    """By channel, the largest first."""
    found: dict[str, int] = {}
    for _, channel, count in rows:
        found[channel] = found.get(channel, 0) + count
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))
