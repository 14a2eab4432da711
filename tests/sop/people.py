"""Groups, customers and plans for the tests of what is said unprompted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.models import OutboxMessage
from core.db import Database
from customers.models import Advisor, Customer, Follow, GroupChat
from sop import steer
from sop.models import Enrolment, Plan, PolicyRecord, Touch
from sop.tick import Ticked, Ticker, run_tick

# A Monday.
NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DEFAULTS = {"称呼": "您", "顾问": "您的专属顾问", "门店": "就近门店", "车型": "您关注的车型"}
POST = {"key": "hello", "title": "问候", "day": 0, "at": "10:30", "wordings": ["大家好，我是{顾问}。"]}


def group_plan(**changed: Any) -> dict[str, Any]:
    """A plan that says hello to every group half an hour later."""
    return {"title": "群问候", "kind": "group_post", "steps": [POST], **changed}


def customer_plan(**changed: Any) -> dict[str, Any]:
    """The same for single customers."""
    return {"title": "客户问候", "kind": "mass_message", "steps": [POST], **changed}


def running(database: Database, key: str, data: Mapping[str, Any], *, now: datetime = NOW) -> None:
    """The plan is in the table and was started."""
    with database.unit_of_work() as session:
        row = Plan(
            key=key,
            state="draft",
            version=1,
            title="",
            kind="",
            audience={},
            tracks=[],
            steps=[],
            policy={},
            goal={},
            made_by="",
            updated_at=now,
        )
        session.add(row)
        assert steer.change(session, row, data, "li", now=now) == []
        steer.start(session, row, now=now)


def policy(database: Database, body: Mapping[str, Any]) -> None:
    """The caps and quiet hours for all."""
    with database.unit_of_work() as session:
        session.add(PolicyRecord(id=1, body=dict(body), made_by="li", updated_at=NOW))


def groups(database: Database, count: int, *, owner: str = "owner", made: datetime = NOW, **columns: Any) -> list[str]:
    """So many groups of one owner."""
    ids = [f"wr{owner}{number:05}" for number in range(count)]
    with database.unit_of_work() as session:
        session.add_all(GroupChat(chat_id=id_, owner=owner, created_at=made, first_seen_at=made, size=30, **columns) for id_ in ids)
        if session.scalar(select(Advisor.id).where(Advisor.userid == owner)) is None:
            session.add(Advisor(userid=owner, name="李顾问", store="sh-pudong"))
    return ids


def customers(database: Database, count: int, *, advisor: str = "wang", seen: datetime = NOW, **columns: Any) -> list[str]:
    """So many customers whom one advisor has had as contacts since then."""
    ids = [f"wm{advisor}{number:05}" for number in range(count)]
    with database.unit_of_work() as session:
        some = [Customer(external_id=id_, advisor=advisor, first_seen_at=seen, **columns) for id_ in ids]
        session.add_all(some)
        session.flush()
        session.add_all(Follow(customer_id=one.id, advisor=advisor, since=seen) for one in some if advisor)
    return ids


def ticked(database: Database, at: datetime, **ports: Any) -> Ticked:
    """One look at this moment."""
    return run_tick(Ticker(database, DEFAULTS, **ports), now=at)


def touches(database: Database) -> list[Touch]:
    """The ledger, oldest first."""
    with database.reading() as session:
        return list(session.scalars(select(Touch).order_by(Touch.planned, Touch.key)))


def queued(database: Database) -> list[OutboxMessage]:
    """What was handed to the outbox."""
    with database.reading() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def enrolments(database: Database) -> list[Enrolment]:
    """Who is or was in which plan."""
    with database.reading() as session:
        return list(session.scalars(select(Enrolment).order_by(Enrolment.id)))


def verdicts(database: Database) -> list[tuple[str, str]]:
    """(verdict, reason) of every touch."""
    return [(touch.verdict, touch.reason) for touch in touches(database)]
