"""Every Monday managers read how the week went: follow-ups kept and missed, how fast, and which levels moved."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import outbox
from bot.messages import Channel
from core.db import Database
from core.zone import SHANGHAI
from customers.models import Advisor, Customer, LevelChange
from customers.terms import Level
from sop import ledger
from sop.models import Reminder
from sop.reminder_terms import FollowUpRules

WEEK = timedelta(days=7)
_WITHIN = timedelta(hours=8)
_RANK = {level: number for number, level in enumerate(Level)}


@dataclass(frozen=True)
class Week:
    """A store's week. `kept`: answered before a manager had to be told; `hours` from card to answer, the median, None without any."""

    kept: int
    missed: int
    hours: float | None
    up: int
    down: int
    ordered: int
    lost: int
    worst: Sequence[tuple[str, int]] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing happened that a manager could read of."""
        return not (self.kept or self.missed or self.up or self.down)


@dataclass
class Weekly:
    """`told` spares looks only."""

    database: Database
    rules: FollowUpRules
    managers: Callable[[Session, str], Sequence[str]]
    told: date | None = None

    def minute(self, now: datetime) -> None:
        """On a Monday from its hour on, once a store."""
        here = now.astimezone(SHANGHAI)
        at = datetime.combine(here.date(), self.rules.weekly_at, SHANGHAI)
        if here.weekday() != 0 or self.told == here.date() or not at <= now < at + _WITHIN:
            return
        end = datetime.combine(here.date(), datetime.min.time(), SHANGHAI)
        with self.database.reading() as session:
            stores = session.scalars(select(Advisor.store).distinct().order_by(Advisor.store)).all()
        for store in stores:
            with self.database.unit_of_work() as session:
                self._tell(session, store, end, now)
        self.told = here.date()

    def _tell(self, session: Session, store: str, end: datetime, now: datetime) -> None:
        week, people = week_of(session, store, begin=end - WEEK, end=end), list(self.managers(session, store))
        if people and not week.is_empty:
            key = f"weekly:{store}:{end.date()}"
            payload = {"userids": people, "text": week_text(week, begin=end - WEEK)}
            outbox.enqueue(session, key, Channel.ADVISOR_TEXT, payload, lane=f"app:{key}", now=now)
            ledger.note_told(session, key, people, "weekly", now=now)


def week_of(session: Session, store: str, *, begin: datetime, end: datetime) -> Week:
    """begin ≤ moment < end, of the store's advisors and customers."""
    ours = Reminder.advisor.in_(select(Advisor.userid).where(Advisor.store == store))
    answered = session.execute(
        select(Reminder.asked_at, Reminder.outcome_at, Reminder.escalated_at).where(
            ours, Reminder.outcome_at >= begin, Reminder.outcome_at < end
        )
    ).all()
    missed = session.execute(
        select(Reminder.advisor, func.count())
        .where(ours, Reminder.escalated_at >= begin, Reminder.escalated_at < end)
        .group_by(Reminder.advisor)
    ).all()
    waits = [(done - asked) / timedelta(hours=1) for asked, done, _ in answered if asked and done]
    moves = session.execute(
        select(LevelChange.before, LevelChange.after)
        .join(Customer, Customer.id == LevelChange.customer_id)
        .where(Customer.store == store, LevelChange.changed_at >= begin, LevelChange.changed_at < end)
    ).all()
    ways = Counter(_RANK[Level(after)] < _RANK[Level(before)] for before, after in moves if before != after)
    names = {row[0]: row[1] for row in session.execute(select(Advisor.userid, Advisor.name).where(Advisor.store == store))}
    return Week(
        kept=sum(escalated is None for _, _, escalated in answered),
        missed=sum(count for _, count in missed),
        hours=median(waits) if waits else None,
        up=ways[True],
        down=ways[False],
        ordered=sum(after == Level.O for _, after in moves),
        lost=sum(after == Level.L for _, after in moves),
        worst=[(names.get(userid) or userid, count) for userid, count in sorted(missed, key=lambda one: -one[1])[:3]],
    )


def week_text(week: Week, *, begin: datetime) -> str:
    """What a manager reads."""
    first = begin.astimezone(SHANGHAI).date()
    lines = [
        f"跟进周报 {first:%m-%d} 至 {first + timedelta(days=6):%m-%d}",
        f"按时跟进 {week.kept} 次，超时上报 {week.missed} 次",
        f"从提醒到处理，一半在 {week.hours:.1f} 小时以内" if week.hours is not None else "",
        f"级别上升 {week.up} 次，下降 {week.down} 次；新下订 {week.ordered}，战败 {week.lost}",
        "超时较多：" + "、".join(f"{name} {count} 次" for name, count in week.worst) if week.worst else "",
    ]
    return "\n".join(line for line in lines if line)
