"""The shipped birthday plan: one greeting on the day, none late, again a year later; and how birthdays become known."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from core.db import Database
from core.zone import SHANGHAI
from customers.models import Customer
from sop import steer, store
from sop.advisor_talk import AdvisorTalk
from sop.audience import count, members
from sop.audience_rule import OF_CUSTOMERS, OF_GROUPS, NoSuchRule, read_rule
from sop.follow_up import FollowUps
from sop.pack import read_sop, seed_plans
from tests.sop.advised import FOLLOW_UPS, LEVELS, ports
from tests.sop.people import HOUR, MINUTE, customer_plan, customers, enrolments, queued, running, ticked, touches

SHIPPED = Path(__file__).resolve().parents[2] / "packs/ev_dealer"
TODAY: dict[str, Any] = {"birthday": "today"}


def at(day: str, time: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}:00+08:00")


def started(database: Database, now: datetime) -> None:
    """The shipped plan and the shipped policy for all run from now on."""
    pack, _ = read_sop(SHIPPED)
    with database.unit_of_work() as session:
        seed_plans(session, pack, now=now)
        plan = store.plan(session, "birthday")
        assert plan is not None
        steer.start(session, plan, now=now)


def lives(database: Database, start: datetime, days: int) -> None:
    """Time passes in looks of some hours."""
    for step in range(days * 6):
        ticked(database, start + step * 4 * HOUR + 5 * MINUTE)


def greeted(database: Database) -> list[str]:
    """The moments for which greetings were made, in Shanghai."""
    return [f"{one.planned.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for one in touches(database) if one.verdict == "go"]


def born(database: Database, birthday: str, advisor: str = "wang") -> str:
    [external_id] = customers(database, 1, advisor=advisor, seen=at("2026-01-01"), birthday=birthday)
    return external_id


@pytest.mark.parametrize(
    ("now", "belong"),
    [
        (at("2027-05-20", "00:00"), ["05-20"]),
        (at("2027-05-20", "23:59"), ["05-20"]),
        (at("2027-05-21", "00:00"), []),
        (at("2027-05-19", "23:59"), []),
        (at("2027-02-28"), ["02-28", "02-29"]),
        (at("2028-02-28"), ["02-28"]),
        (at("2028-02-29"), ["02-29"]),
        (at("2027-03-01"), []),
    ],
)
def test_today_is_shanghais_and_who_was_born_on_the_29th_of_february_has_it_each_year(
    database: Database, now: datetime, belong: list[str]
) -> None:
    ids = {born(database, day, f"a{number}"): day for number, day in enumerate(["", "05-20", "02-28", "02-29"])}
    rule = read_rule(TODAY, OF_CUSTOMERS)
    with database.reading() as session:
        found = [ids[row[1]] for row in session.execute(members(rule, "contact", now=now))]
        assert sorted(found) == belong
        assert count(session, read_rule({"not": TODAY}, OF_CUSTOMERS), "customer", now=now) == 4 - len(belong)


@pytest.mark.parametrize(("value", "facts"), [("tomorrow", OF_CUSTOMERS), (True, OF_CUSTOMERS), ("today", OF_GROUPS)])
def test_only_a_customer_has_a_birthday_and_only_today_is_asked(value: Any, facts: frozenset[str]) -> None:
    with pytest.raises(NoSuchRule):
        read_rule({"birthday": value}, facts)


def test_one_greeting_on_the_day_none_the_day_after_and_again_a_year_later(database: Database) -> None:
    born(database, "05-20")
    born(database, "", "zhao")
    started(database, at("2027-05-18"))
    lives(database, at("2027-05-18", "00:00"), 5)
    assert greeted(database) == ["2027-05-20 10:00"]
    assert {one.channel for one in queued(database)} == {"mass_message"}
    lives(database, at("2028-05-18", "00:00"), 5)
    assert greeted(database) == ["2027-05-20 10:00", "2028-05-20 10:00"]
    assert len(queued(database)) == 2


def test_who_was_born_on_the_29th_of_february_is_greeted_once_in_each_year(database: Database) -> None:
    born(database, "02-29")
    started(database, at("2027-02-26"))
    for year in ("2027", "2028", "2029"):
        lives(database, at(f"{year}-02-26", "00:00"), 5)
    assert greeted(database) == ["2027-02-28 10:00", "2028-02-29 10:00", "2029-02-28 10:00"]


@pytest.mark.parametrize("told_at", ["10:30", "23:00"])
def test_who_tells_it_later_on_the_day_is_greeted_next_year_and_not_late(database: Database, told_at: str) -> None:
    external_id = born(database, "")
    started(database, at("2027-05-19"))
    ticked(database, at("2027-05-20", "09:00"))
    with database.unit_of_work() as session:
        session.execute(update(Customer).where(Customer.external_id == external_id).values(birthday="05-20"))
    lives(database, at("2027-05-20", told_at), 3)
    assert greeted(database) == []
    assert [one.ended_at is not None for one in enrolments(database)] == [True], "else he could not come again"
    lives(database, at("2028-05-19", "00:00"), 3)
    assert greeted(database) == ["2028-05-20 10:00"]


@pytest.mark.parametrize(("back_at", "verdict"), [("19:55", "go"), ("20:05", "skip")])
def test_what_the_machine_slept_through_is_said_that_day_or_not_at_all(database: Database, back_at: str, verdict: str) -> None:
    born(database, "05-20")
    started(database, at("2027-05-19"))
    ticked(database, at("2027-05-20", "00:05"))
    ticked(database, at("2027-05-20", back_at))
    ticked(database, at("2027-05-21"))
    assert [one.verdict for one in touches(database)] == [verdict]


def test_a_plan_started_on_the_day_greets_whose_birthday_it_is(database: Database) -> None:
    """Also one that asks for more: it is not who belonged before, the birthday comes anew each year."""
    born(database, "05-20")
    running(database, "both", customer_plan(audience={"all": [TODAY, {"joined_days": {"at_least": 30}}]}), now=at("2027-05-20", "09:00"))
    lives(database, at("2027-05-20", "09:00"), 1)
    assert greeted(database) == ["2027-05-20 10:30"]


@pytest.mark.parametrize(
    ("text", "kept", "told"),
    [
        ("晴天 生日 5-20", "05-20", "已登记 晴天：生日5月20日"),
        ("晴天生日：1990年5月20日", "05-20", "已登记 晴天：生日5月20日"),
        ("晴天 生日是5.21", "05-21", "已登记 晴天：生日5月21日"),
        ("晴天 生日 2-30", "", "没有登记：日历上没有 2 月 30 日，请核对一下。"),
        ("雨天 生日 5-20", "", "没有找到叫“雨天 生日 5-20”的客户"),
        ("晴天 生日是5-20吗", "", "没有找到叫"),
        ("帮助", "", "张三 生日 5-20：登记生日"),
    ],
)
def test_what_an_advisor_writes_of_a_birthday_is_kept_and_answered(database: Database, text: str, kept: str, told: str) -> None:
    customers(database, 1, advisor="chen", nickname="晴天")
    customers(database, 1, advisor="lin", nickname="雨天")
    [answer] = written(database, text)
    assert told in answer
    with database.reading() as session:
        assert session.scalars(select(Customer.birthday).order_by(Customer.id)).all() == [kept, ""]


def test_a_birthday_that_is_corrected_says_what_stood_there(database: Database) -> None:
    customers(database, 1, advisor="chen", nickname="晴天")
    written(database, "晴天 生日 5-20")
    assert written(database, "晴天 生日 5-21") == ["已登记 晴天：生日5月21日（原来是5月20日）"]
    assert written(database, "晴天 生日 5-21") == ["已登记 晴天：生日5月21日"]


def test_of_two_of_one_name_none_is_changed(database: Database) -> None:
    customers(database, 2, advisor="chen", nickname="晴天")
    [answer] = written(database, "晴天 生日 5-20")
    assert "有几位客户叫“晴天”" in answer
    with database.reading() as session:
        assert set(session.scalars(select(Customer.birthday))) == {""}


def written(database: Database, text: str) -> list[str]:
    with database.unit_of_work() as session:
        talk = AdvisorTalk(LEVELS, FollowUps(FOLLOW_UPS, LEVELS, ports()), ports())
        return list(talk.reply(session, "chen", text, at("2027-05-01")))
