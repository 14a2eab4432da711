"""What an advisor records: his outcome, the level, and the tag that says the fact, once, with who said it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from core.db import Database
from customers.models import Customer, CustomerTag, LevelChange
from customers.record import TagChange
from sop.advisor_talk import AdvisorTalk
from sop.follow_up import FollowUps
from sop.models import Reminder
from sop.reminder_card import card_payload, portrait
from sop.reminder_store import known_of
from sop.reminder_terms import FollowUp
from tests.sop.advised import DAY, FOLLOW_UPS, HOUR, LEVELS, NOW, advisor, ports, reminding, rose, rows, told

RULES = replace(FOLLOW_UPS, facts={FollowUp.TEST_DRIVEN: ("试驾", "已试驾"), FollowUp.DELIVERED: ("身份", "车主")})


def asked(database: Database) -> Reminder:
    """An advisor got a card about a customer who rose."""
    advisor(database, "chen", store="sh-pudong")
    rose(database, "晴天", by="chen")
    for hours in (0, 2):
        reminding(database, RULES).minute(NOW + hours * HOUR)
    [row] = rows(database)
    return row


def tags(database: Database) -> Sequence[CustomerTag]:
    with database.reading() as session:
        return session.scalars(select(CustomerTag).where(CustomerTag.group.in_(["试驾", "身份"])).order_by(CustomerTag.id)).all()


def clicks(
    database: Database, row: Reminder, key: FollowUp, choice: str = "later_1h", *, at: datetime = NOW + 3 * HOUR
) -> list[tuple[TagChange, str]]:
    """What was told to WeCom's tags by a click."""
    changes: list[tuple[TagChange, str]] = []
    keeping: Any = ports(tags_changed=lambda _s, _customer, change, cause, _now: changes.append((change, cause)))
    with database.unit_of_work() as session:
        shown = FollowUps(RULES, LEVELS, keeping).clicked(session, f"{row.card}-1", "chen", key, {"choice": [choice]}, at)
        assert shown is not None
    return changes


def test_who_came_and_drove_gets_the_tag_with_who_said_so_and_when(database: Database) -> None:
    [(change, _)] = clicks(database, asked(database), FollowUp.VISITED, FollowUp.TEST_DRIVEN)
    assert change == TagChange(begun=[("试驾", "已试驾")])
    [tag] = tags(database)
    assert (tag.group, tag.name, tag.words, tag.since) == ("试驾", "已试驾", "顾问记录：已试驾（CHEN）", NOW + 3 * HOUR)
    assert [row.outcome for row in rows(database)] == [FollowUp.TEST_DRIVEN]


@pytest.mark.parametrize("choice", ["later_1h", "lost_1"])
def test_who_only_came_gets_none(database: Database, choice: str) -> None:
    assert clicks(database, asked(database), FollowUp.VISITED, choice) == []
    assert list(tags(database)) == []


def test_a_fetched_car_makes_an_owner_whom_nobody_is_reminded_of_any_more(database: Database) -> None:
    [(change, _)] = clicks(database, asked(database), FollowUp.DELIVERED)
    assert ("身份", "车主") in change.begun
    with database.reading() as session:
        customer = session.scalars(select(Customer)).one()
        assert customer.level == "O"
        assert known_of(session, [customer], ports().contacts)[customer.id].delivered
    before = len(told(database))
    for day in range(1, 30):
        reminding(database, RULES).minute(NOW + day * DAY + HOUR)
    assert len(told(database)) == before


def test_a_second_test_drive_is_news_to_us_and_none_to_wecom(database: Database) -> None:
    clicks(database, asked(database), FollowUp.VISITED, FollowUp.TEST_DRIVEN)
    with database.unit_of_work() as session:
        customer = session.scalars(select(Customer)).one()
        later = NOW + 60 * DAY
        FollowUps(RULES, LEVELS, ports()).record_unasked(session, customer, FollowUp.TEST_DRIVEN, "", "chen", now=later)
    assert [tag.since for tag in tags(database)] == [later]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("晴天 已到店", FollowUp.VISITED),
        ("晴天试驾了", FollowUp.TEST_DRIVEN),
        ("晴天 已试驾", FollowUp.TEST_DRIVEN),
        ("晴天 约了试驾", FollowUp.VISIT_SET),
        ("晴天 提车", FollowUp.DELIVERED),
        ("晴天 已提车了", FollowUp.DELIVERED),
        ("晴天 下定了", FollowUp.ORDERED),
        ("晴天 战败 买了别家", FollowUp.LOST),
        ("约到店 晴天", FollowUp.VISIT_SET),
        ("已到店：晴天", FollowUp.VISITED),
        ("战败 晴天 买了别家", FollowUp.LOST),
        ("约到店 雨天", ""),
        ("试驾 要带什么", ""),
        ("约到店 晴天吗", ""),
        ("晴天 提车了吗", ""),
        ("晴天 到店了没有", ""),
        ("晴天 还没试驾", ""),
    ],
)
def test_what_an_advisor_writes_is_recorded_and_what_he_asks_is_not(sqlite_database: Database, text: str, outcome: str) -> None:
    asked(sqlite_database)
    with sqlite_database.unit_of_work() as session:
        AdvisorTalk(LEVELS, FollowUps(RULES, LEVELS, ports()), ports()).reply(session, "chen", text, NOW + 3 * HOUR)
    assert [row.outcome for row in rows(sqlite_database)] == [outcome]


@pytest.mark.parametrize(
    ("text", "reason", "note"),
    [
        ("晴天 战败 买了别家", "顾问记录：战败，买了别家", "买了别家"),
        ("晴天 战败（听说买了别家的车）", "顾问记录：战败，买了别家", "听说买了别家的车"),
        ("晴天 战败 价格", "顾问记录：战败，价格没谈拢", "价格"),
        ("战败 晴天 搬去外地", "顾问记录：战败，搬去外地", "搬去外地"),
        ("晴天 战败 价", "顾问记录：战败，价", "价"),
        ("晴天 战败", "顾问记录：战败，未说明", "未说明"),
        ("晴天 已下订 全款", "顾问记录：已下订，全款", "全款"),
    ],
)
def test_the_reason_that_an_advisor_writes_stands_in_the_levels_history(database: Database, text: str, reason: str, note: str) -> None:
    asked(database)
    with database.unit_of_work() as session:
        AdvisorTalk(LEVELS, FollowUps(RULES, LEVELS, ports()), ports()).reply(session, "chen", text, NOW + 3 * HOUR)
    with database.reading() as session:
        change = session.scalars(select(LevelChange).order_by(LevelChange.id.desc()).limit(1)).one()
    assert change.reason["text"] == reason
    assert [row.outcome_note for row in rows(database)] == [note]


@pytest.mark.parametrize(("level", "button"), [("H", "ordered"), ("O", "delivered")])
def test_the_card_of_who_has_ordered_asks_for_the_delivery(sqlite_database: Database, level: str, button: str) -> None:
    row = asked(sqlite_database)
    with sqlite_database.unit_of_work() as session:
        customer = session.scalars(select(Customer)).one()
        customer.level = level
        known = known_of(session, [customer], ports().contacts)[customer.id]
        payload = card_payload(row, ["chen"], portrait(session, customer, known, LEVELS, ports(), now=NOW), RULES)
    keys = [key for key, _ in payload["buttons"]]
    assert keys == ["contacted", "visit_set", "visited", button, "later", "lost"]
    assert len(payload["selection"]["options"]) <= 10
