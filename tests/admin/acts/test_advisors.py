"""Advisors get a name and a store from administrators, and their customers go with them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.acts.advisors import add_advisor, change_advisor
from admin.looks.advisors import advisors
from admin.looks.wanted import Wanted
from admin.terms import Blocked, NotAllowed, Role
from core.db import Database
from customers.models import Advisor
from customers.recognise import begin_follow, recognise
from tests.admin.people import BOSS, NOW, STORES, audited, talked, who


def liming(session: Session) -> Advisor:
    return session.scalars(select(Advisor).where(Advisor.userid == "liming")).one()


def test_customers_follow_their_advisor_to_his_store(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session, advisor="liming")
        change_advisor(session, BOSS, liming(session).id, " 李明 ", "sh_minhang", is_active=True, stores=STORES, now=NOW)
        assert customer.store == "sh_minhang"
        assert liming(session).name == "李明"
        change_advisor(session, BOSS, liming(session).id, "李明", "", is_active=False, stores=STORES, now=NOW)
        assert customer.store == "sh_pudong", "what he said himself holds again"
    first, second = audited(database)
    assert first.before == {"名字": "", "门店": "", "状态": "在岗"}
    assert second.after == {"名字": "李明", "门店": "", "状态": "离岗"}


def test_an_advisor_may_be_added_before_wecom_tells_of_him(database: Database) -> None:
    with database.unit_of_work() as session:
        add_advisor(session, BOSS, " LiMing ", "李明", "sh_minhang", stores=STORES, now=NOW)
        customer = recognise(session, "wm-li", now=NOW)
        begin_follow(session, customer, "liming", channel="", now=NOW)
        assert customer.store == "sh_minhang"
        for userid, why in (("liming", "已经在列表里"), (" ", "请填")):
            with pytest.raises(Blocked, match=why):
                add_advisor(session, BOSS, userid, "", "", stores=STORES, now=NOW)


def test_a_store_that_is_not_in_the_pack_is_refused(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session, advisor="liming")
        for advisor_id, store, why in ((liming(session).id, "nowhere", "没有这家门店"), (999, "", "没有这位顾问")):
            with pytest.raises(Blocked, match=why):
                change_advisor(session, BOSS, advisor_id, "x", store, is_active=True, stores=STORES, now=NOW)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.STORE_MANAGER, Role.ADVISOR])
def test_only_an_administrator_changes_advisors(database: Database, role: Role) -> None:
    with database.unit_of_work() as session:
        talked(session, advisor="liming")
        with pytest.raises(NotAllowed):
            change_advisor(session, who(role), liming(session).id, "x", "", is_active=True, stores=STORES, now=NOW)
        with pytest.raises(NotAllowed):
            add_advisor(session, who(role), "lina", "", "", stores=STORES, now=NOW)


def test_the_list_counts_the_customers_of_each(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session, advisor="liming")
        add_advisor(session, BOSS, "lina", "李娜", "sh_pudong", stores=STORES, now=NOW)
    with database.reading() as session:
        rows, total = advisors(session, Wanted(), STORES)
        assert total == 2
        assert {row["userid"]: (row["customers"], row["store"]) for row in rows} == {"liming": (1, "未分配"), "lina": (0, "浦东店")}
        assert [row["userid"] for row in advisors(session, Wanted({"q": "娜"}), STORES)[0]] == ["lina"]
        assert [row["userid"] for row in advisors(session, Wanted({"store": "-"}), STORES)[0]] == ["liming"]
        assert advisors(session, Wanted({"active": "no"}), STORES) == ([], 0)
