"""Each change of our tags is an errand for every advisor of the customer."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import Channel
from bot.models import OutboxMessage
from bot.project_tags import queue_all_tags, queue_tags
from core.db import Database
from customers.models import Customer, CustomerTag
from customers.recognise import begin_follow, recognise
from customers.record import TagChange
from tests.bot.builders import LI, NOW, later

CHANGE = TagChange(begun=[("关注点", "价格")], ended=[("意向级别", "C级")])


@pytest.fixture
def session(sqlite_database: Database) -> Iterator[Session]:
    with sqlite_database.unit_of_work() as session:
        yield session


@pytest.fixture
def li(session: Session) -> Customer:
    return recognise(session, LI, now=NOW)


def queued(session: Session) -> list[OutboxMessage]:
    return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_every_advisor_of_the_customer_gets_his_own_errand(session: Session, li: Customer) -> None:
    for advisor in ("chen", "zhou"):
        begin_follow(session, li, advisor, channel="", now=NOW)
    queue_tags(session, li, CHANGE, "m1", now=NOW)
    rows = queued(session)
    assert {row.payload["advisor"] for row in rows} == {"chen", "zhou"}
    assert len({row.lane for row in rows}) == 2, "concurrent writes to one pair are refused, to two they are not"
    assert {row.channel for row in rows} == {Channel.TAGS}
    assert (rows[0].payload["add"], rows[0].payload["remove"]) == ([["关注点", "价格"]], [["意向级别", "C级"]])


def test_the_same_cause_is_queued_once_another_again(session: Session, li: Customer) -> None:
    begin_follow(session, li, "chen", channel="", now=NOW)
    for cause in ("m1", "m1", "m2"):
        queue_tags(session, li, CHANGE, cause, now=NOW)
    assert len(queued(session)) == 2


def test_without_a_change_or_an_advisor_there_is_nothing_to_do(session: Session, li: Customer) -> None:
    queue_tags(session, li, CHANGE, "m1", now=NOW)
    begin_follow(session, li, "chen", channel="", now=NOW)
    queue_tags(session, li, TagChange(), "m2", now=NOW)
    assert queued(session) == []


def test_a_new_advisor_gets_all_that_is_known_already(session: Session, li: Customer) -> None:
    queue_all_tags(session, li, "chen", "added:1", now=NOW)
    assert [row.payload["add"] for row in queued(session)] == [[["意向级别", "C级"]]], "nothing else is known yet"
    for name, ended_at in (("价格", None), ("空间", later(1))):
        said = {"message_id": "m1", "words": name, "confidence": 0.9, "since": NOW, "ended_at": ended_at}
        session.add(CustomerTag(customer_id=li.id, group="关注点", name=name, **said))
    session.flush()
    queue_all_tags(session, li, "chen", "added:2", now=NOW)
    assert queued(session)[-1].payload["add"] == [["关注点", "价格"], ["意向级别", "C级"]], "and not what holds no longer"


def test_the_level_that_he_began_with_goes_when_another_comes(session: Session, li: Customer) -> None:
    begin_follow(session, li, "chen", channel="", now=NOW)
    for cause, begun, ended, removed in (
        ("m1", "B级", [], [["意向级别", "C级"]]),
        ("m2", "A级", [("意向级别", "B级")], [["意向级别", "B级"]]),
        ("m3", "C级", [("意向级别", "A级")], [["意向级别", "A级"]]),
    ):
        queue_tags(session, li, TagChange([("意向级别", begun)], ended), cause, now=NOW)
        assert queued(session)[-1].payload["remove"] == removed
