"""Audience rules over customers and groups: each fact, both sides of its boundary, and how they join."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from core.db import Database
from customers.models import Customer, CustomerTag, SignalRecord
from sop.audience import count, meets_goal, members
from sop.audience_rule import OF_CUSTOMERS, OF_GROUPS, NoSuchRule, in_words, read_rule
from sop.store import content_of, plan
from tests.sop.people import DAY, MINUTE, NOW, POST, customer_plan, customers, groups, running, ticked


def counted(database: Database, rule: dict[str, Any], kind: str = "customer") -> int:
    facts = OF_CUSTOMERS if kind == "customer" else OF_GROUPS
    with database.reading() as session:
        return count(session, read_rule(rule, facts), kind, now=NOW)


def tag(database: Database, external_id: str, group: str, name: str, *, ended: bool = False) -> None:
    with database.unit_of_work() as session:
        of = session.query(Customer).filter_by(external_id=external_id).one()
        session.add(
            CustomerTag(
                customer_id=of.id,
                group=group,
                name=name,
                message_id="",
                words="",
                confidence=1.0,
                since=NOW,
                ended_at=NOW if ended else None,
            )
        )


def test_names_and_or_not(database: Database) -> None:
    customers(database, 2, advisor="li", level="H")
    customers(database, 3, advisor="zhao", level="C", store="sh-pudong")
    assert counted(database, {}) == 5
    assert counted(database, {"level": ["H", "A"]}) == 2
    assert counted(database, {"not": {"level": ["H"]}}) == 3
    assert counted(database, {"any": [{"advisor": ["li"]}, {"store": ["sh-pudong"]}]}) == 5
    assert counted(database, {"all": [{"advisor": ["li"]}, {"store": ["sh-pudong"]}]}) == 0


@pytest.mark.parametrize(
    ("ago", "at_least", "at_most"), [(3 * DAY, 1, 1), (3 * DAY - MINUTE, 0, 1), (4 * DAY, 1, 0), (4 * DAY - MINUTE, 1, 1)]
)
def test_days_since_joining_have_two_ends(database: Database, ago: timedelta, at_least: int, at_most: int) -> None:
    customers(database, 1, seen=NOW - ago)
    assert counted(database, {"joined_days": {"at_least": 3}}) == at_least
    assert counted(database, {"joined_days": {"at_most": 3}}) == at_most


def test_who_never_spoke_is_silent_since_he_came(database: Database) -> None:
    customers(database, 1, advisor="quiet", seen=NOW - 20 * DAY)
    customers(database, 1, advisor="talks", seen=NOW - 20 * DAY, last_heard_at=NOW - DAY)
    assert counted(database, {"silent_days": {"at_least": 14}}) == 1


def test_a_tag_counts_while_it_holds(database: Database) -> None:
    ids = customers(database, 3)
    tag(database, ids[0], "身份", "车主")
    tag(database, ids[1], "身份", "车主", ended=True)
    assert counted(database, {"tag": "身份/车主"}) == 1
    assert counted(database, {"not": {"tag": "身份/车主"}}) == 2


@pytest.mark.parametrize("name", ["C", "C级"])
def test_the_tag_of_a_level_is_asked_as_the_level_which_everybody_has(database: Database, name: str) -> None:
    customers(database, 2, advisor="new")
    customers(database, 1, advisor="keen", level="H")
    [fell] = customers(database, 1, advisor="fell", level="C")
    tag(database, fell, "意向级别", "H级", ended=True)
    tag(database, fell, "意向级别", "C级")
    assert counted(database, {"tag": f"意向级别/{name}"}) == 3
    assert counted(database, {"tag": "意向级别/H"}) == 1
    assert counted(database, {"not": {"tag": f"意向级别/{name}"}}) == 1
    assert in_words(read_rule({"tag": f"意向级别/{name}"}, OF_CUSTOMERS), {}) == "意向级别是C"


@pytest.mark.parametrize(("ago", "found"), [(6 * DAY, 1), (8 * DAY, 0)])
def test_a_signal_counts_within_its_days_and_unless_undone(database: Database, ago: timedelta, found: int) -> None:
    ids = customers(database, 2)
    with database.unit_of_work() as session:
        for number, id_ in enumerate(ids):
            of = session.query(Customer).filter_by(external_id=id_).one()
            evidence = {"message_id": f"m{number}", "words": "试驾", "start": 0, "end": 2, "confidence": 1.0, "said_at": NOW - ago}
            session.add(SignalRecord(customer_id=of.id, name="test_drive", undone_at=NOW if number else None, **evidence))
    assert counted(database, {"signal": "test_drive", "within_days": 7}) == found


def test_groups_have_their_owner_s_store_and_the_dismissed_belong_to_none(database: Database) -> None:
    groups(database, 2, owner="li", stage="mature")
    groups(database, 1, owner="zhao", dismissed_at=NOW)
    assert counted(database, {"store": ["sh-pudong"]}, "group") == 2
    assert counted(database, {"stage": ["mature"]}, "group") == 2
    assert counted(database, {"size": {"at_least": 31}}, "group") == 0
    assert counted(database, {"age_days": {"at_most": 0}}, "group") == 2


def test_a_large_audience_is_read_in_slices_in_one_order(database: Database) -> None:
    customers(database, 5)
    with database.reading() as session:
        rows = session.execute(members(read_rule({}, OF_CUSTOMERS), "customer", now=NOW).order_by(Customer.id).limit(3)).all()
    assert [row[1] for row in rows] == ["wmwang00000", "wmwang00001", "wmwang00002"]


@pytest.mark.parametrize(
    "rule",
    [{"colour": ["red"]}, {"level": "H"}, {"all": []}, {"tag": "车主"}, {"level": ["H"], "store": ["x"]}, {"joined_days": {}}, ["H"]],
)
def test_a_rule_that_has_no_meaning_is_refused(rule: Any) -> None:
    with pytest.raises(NoSuchRule):
        read_rule(rule, OF_CUSTOMERS)


def test_a_rule_reads_as_a_sentence() -> None:
    rule = read_rule({"all": [{"level": ["H"]}, {"not": {"tag": "身份/车主"}}, {"silent_days": {"at_least": 14}}]}, OF_CUSTOMERS)
    assert in_words(rule, {"H": "高"}) == "意向级别是高，且没有标签“身份/车主”，且未说话天数 ≥ 14"


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({}, "全部"),
        ({"not": {}}, "没有人"),
        ({"not": {"level": ["O", "L"]}}, "意向级别不是O、L"),
        ({"not": {"heard": True}}, "没说过话"),
        ({"not": {"not": {"heard": True}}}, "说过话"),
        ({"birthday": "today"}, "今天生日"),
        ({"all": [{"level": ["H"]}, {"not": {"birthday": "today"}}]}, "意向级别是H，且今天不是生日"),
        ({"not": {"focus": "range", "within_days": 7}}, "7 天内关注点不含“续航能耗”"),
        ({"not": {"joined_days": {"at_least": 3}}}, "加入天数 < 3"),
        ({"not": {"joined_days": {"at_most": 3}}}, "加入天数 > 3"),
        ({"joined_days": {"at_least": 3, "at_most": 9}}, "加入天数在 3 到 9 之间"),
        ({"not": {"joined_days": {"at_least": 3, "at_most": 9}}}, "加入天数不在 3 到 9 之间"),
        ({"not": {"any": [{"level": ["O"]}, {"heard": True}]}}, "意向级别不是O，且没说过话"),
        ({"not": {"all": [{"level": ["O"]}, {"not": {"heard": True}}]}}, "意向级别不是O，或说过话"),
        (
            {"all": [{"level": ["H"]}, {"not": {"all": [{"heard": True}, {"tag": "身份/车主"}]}}]},
            "意向级别是H，且（没说过话，或没有标签“身份/车主”）",
        ),
        ({"any": [{"heard": True}, {"all": [{"level": ["H"]}, {"slot": "model"}]}]}, "说过话，或（意向级别是H，且谈定的事有“车型”）"),
    ],
)
def test_what_is_denied_is_denied_of_each_fact_in_plain_words(rule: dict[str, Any], told: str) -> None:
    assert in_words(read_rule(rule, OF_CUSTOMERS), {"range": "续航能耗", "model": "车型"}) == told


def test_who_has_met_the_goal_is_found_among_very_many(database: Database) -> None:
    ids = customers(database, 3, level="O")
    running(database, "hello", customer_plan(goal={"level": ["H"]}, steps=[{**POST, "day": 9}]))
    ticked(database, NOW)
    with database.unit_of_work() as session:
        session.execute(update(Customer).where(Customer.external_id == ids[1]).values(level="H"))
    # More than SQLite (32,766 as it ships) and PostgreSQL (65,535) take as single parameters.
    many = [*ids[:2], *(f"wm-another{number}" for number in range(70_000))]
    with database.reading() as session:
        hello = plan(session, "hello")
        assert hello is not None
        assert meets_goal(session, content_of(hello), many, now=NOW) == {ids[1]}
