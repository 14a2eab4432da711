"""Audience rules over customers and groups: each fact, both sides of its boundary, and how they join."""

from datetime import timedelta
from typing import Any

import pytest

from core.db import Database
from customers.models import Customer, CustomerTag, SignalRecord
from sop.audience import count, members
from sop.audience_rule import OF_CUSTOMERS, OF_GROUPS, NoSuchRule, in_words, read_rule
from tests.sop.people import DAY, MINUTE, NOW, customers, groups


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
    assert in_words(rule, {"H": "高"}) == "意向级别是高 且 非（有标签“身份/车主”） 且 未说话天数 ≥ 14"
