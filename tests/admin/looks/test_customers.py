"""The list of customers: filters, orders, and nobody whom the operator may not see."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from admin.looks import customers
from admin.looks.customer_export import HEADER, sheet_rows
from admin.looks.wanted import Wanted
from admin.terms import Role, Who
from core.db import Database
from customers import undo
from customers.models import Advisor, Customer, FocusRecord
from customers.recognise import recognise
from tests.admin.people import BOSS, NOW, PHONE, STORES, talked, who


def person(session: Session, name: str, level: str = "C", score: float = 0.0, **known: object) -> Customer:
    customer = recognise(session, f"wm-{name}", channel="booth", now=NOW)
    customer.nickname, customer.level, customer.score = name, level, score
    for key, value in known.items():
        setattr(customer, key, value)
    return customer


def listed(database: Database, operator: Who = BOSS, *, sort: str = "", descending: bool = False, **filters: str) -> list[str]:
    with database.reading() as session:
        rows, total = customers.customers(session, operator, Wanted(filters, sort, descending), STORES, now=NOW)
    assert total == len(rows)
    return [row["nickname"] for row in rows]


def test_who_is_nearest_to_a_purchase_stands_first(database: Database) -> None:
    with database.unit_of_work() as session:
        for level in "NLCBAHO":
            person(session, level, level)
        person(session, "H2", "H", 80.0)
    assert listed(database) == ["O", "H2", "H", "A", "B", "C", "N", "L"]
    assert listed(database, sort="level", descending=True)[0] == "L"


def test_last_heard_puts_those_who_never_spoke_at_the_end_either_way(database: Database) -> None:
    with database.unit_of_work() as session:
        person(session, "old", last_heard_at=NOW - timedelta(days=9))
        person(session, "never")
        person(session, "new", last_heard_at=NOW)
    assert listed(database, sort="heard", descending=True) == ["new", "old", "never"]
    assert listed(database, sort="heard") == ["old", "new", "never"]


@pytest.mark.parametrize(
    ("span", "found"),
    [("7", ["edge", "new"]), ("-30", ["old"]), ("never", ["never"]), ("nonsense", ["edge", "never", "new", "old"])],
)
def test_last_heard_filters_by_days(database: Database, span: str, found: list[str]) -> None:
    with database.unit_of_work() as session:
        person(session, "old", last_heard_at=NOW - timedelta(days=31))
        person(session, "edge", last_heard_at=NOW - timedelta(days=7))
        person(session, "new", last_heard_at=NOW)
        person(session, "never")
    assert sorted(listed(database, heard=span)) == found


def test_filters_narrow_together(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session, "wm-li", nickname="李雷", advisor="liming")
        talked(session, "wm-wang", msgid="m2", nickname="王芳")
        person(session, "张三", level="H", store="sh_minhang")
    assert sorted(listed(database, tag="关注点/续航能耗")) == ["李雷", "王芳"]
    assert listed(database, tag="关注点/续航能耗", advisor="liming", focus="range", level="B", store="sh_pudong") == ["李雷"]
    assert listed(database, tag="关注点/续航能耗", level="H") == []
    assert listed(database, advisor=customers.NOBODY, channel="booth", level="H") == ["张三"]
    assert listed(database, q="李") == ["李雷"]
    assert listed(database, q="wm-wang") == ["王芳"]


def test_an_undone_focus_point_is_not_found(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session)
        [row] = session.query(FocusRecord).all()
        undo.undo_focus(session, customer, row.id, now=NOW)
    assert listed(database, focus="range") == []
    assert listed(database, tag="关注点/续航能耗") == []


@pytest.mark.parametrize(
    ("operator", "found"),
    [
        (BOSS, ["far", "near"]),
        (who(Role.OPERATOR), ["far", "near"]),
        (who(Role.STORE_MANAGER, store="sh_pudong"), ["near"]),
        (who(Role.STORE_MANAGER), []),
        (who(Role.ADVISOR, userid="liming"), ["near"]),
        (who(Role.ADVISOR, userid="zhangwei"), []),
    ],
)
def test_everybody_sees_and_exports_his_own_customers_only(database: Database, operator: Who, found: list[str]) -> None:
    with database.unit_of_work() as session:
        person(session, "near", store="sh_pudong", advisor="liming")
        person(session, "far", store="sh_minhang", advisor="lina")
    assert sorted(listed(database, operator)) == found
    with database.reading() as session:
        rows = list(sheet_rows(session, operator, Wanted(), STORES, with_phones=False, now=NOW))
    assert sorted(row[0] for row in rows) == found


def test_the_sheet_says_what_the_list_says_and_hides_numbers(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session, nickname="李雷", advisor="liming")
        session.query(Advisor).one().name = "李明"
    with database.reading() as session:
        [hidden] = sheet_rows(session, BOSS, Wanted(), STORES, with_phones=False, now=NOW)
        [told] = sheet_rows(session, BOSS, Wanted(), STORES, with_phones=True, now=NOW)
    row = dict(zip(HEADER, told, strict=True))
    assert (row["昵称"], row["意向级别"], row["关注点"], row["顾问"], row["门店"]) == ("李雷", "B 三个月内", "续航能耗", "李明", "浦东店")
    assert (row["电话"], hidden[HEADER.index("电话")]) == (PHONE, "138****5678")


def test_what_can_be_filtered_by_is_what_there_is(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session, advisor="liming")
    with database.reading() as session:
        found = customers.choices(session, {})
    assert "关注点/续航能耗" in found.tags
    assert list(found.channels) == ["booth"]
    assert found.advisors == {customers.NOBODY: "没有顾问", "liming": "liming"}
