"""Customers, advisors and managers for the tests of advisors' reminders, and ports that find nothing by themselves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.models import OutboxMessage
from core.db import Database
from customers.models import Advisor, Customer, Follow, LevelChange
from customers.pack import LevelRules
from customers.terms import Level
from sop.models import Reminder
from sop.remind import Reminding
from sop.reminder_ports import ReminderPorts
from sop.reminder_terms import FollowUpRules, LevelRule
from tests.admin.offices import quiet_ports
from tests.admin.people import RULES

# A Monday.
NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LEVELS: LevelRules = RULES
FOLLOW_UPS = FollowUpRules(levels={Level.H: LevelRule(DAY, 2 * HOUR), Level.B: LevelRule(7 * DAY), Level.O: LevelRule(3 * DAY)})


def ports(**changed: Any) -> ReminderPorts:
    """Ports that find nothing, except for what is named."""
    return replace(quiet_ports(), **changed)


def reminding(database: Database, rules: FollowUpRules = FOLLOW_UPS, **changed: Any) -> Reminding:
    """What each minute's look works with."""
    return Reminding(database, rules, LEVELS, ports(**changed))


def advisor(database: Database, userid: str, *, store: str = "", is_active: bool = True) -> None:
    """A member who looks after customers."""
    with database.unit_of_work() as session:
        session.add(Advisor(userid=userid, name=userid.upper(), store=store, is_active=is_active))


def rose(database: Database, name: str, *, by: str = "", store: str = "", at: datetime = NOW) -> str:
    """A customer who has just risen from B to H; his id."""
    external_id = f"wm-{name}"
    with database.unit_of_work() as session:
        seen = at - 30 * DAY
        one = Customer(external_id=external_id, nickname=name, advisor=by, store=store, level="H", first_seen_at=seen, last_heard_at=at)
        session.add(one)
        session.flush()
        session.add(LevelChange(customer_id=one.id, before="B", after="H", reason={"text": "这周就定"}, changed_at=at))
        if by:
            session.add(Follow(customer_id=one.id, advisor=by, since=seen))
    return external_id


def rows(database: Database) -> Sequence[Reminder]:
    """All reminders, oldest first."""
    with database.reading() as session:
        return session.scalars(select(Reminder).order_by(Reminder.id)).all()


def told(database: Database) -> list[tuple[str, list[str]]]:
    """(channel, members) of everything that was queued, in order."""
    with database.reading() as session:
        found = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    return [(row.channel, list(row.payload["userids"])) for row in found]
