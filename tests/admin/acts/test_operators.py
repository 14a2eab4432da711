"""Accounts are made, changed and closed by administrators only, and leave a line."""

from datetime import datetime

import pytest
from sqlalchemy import select

from admin import sign_in, store
from admin.acts.operators import Account, change_account, close_account, invite_again, make_account
from admin.models import AuditEntry, Operator
from admin.passwords import hashed
from admin.terms import Blocked, NotAllowed, Role, Who
from core.db import Database

NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")


def boss(database: Database) -> Who:
    with database.unit_of_work() as session:
        return sign_in.who_of(sign_in.new_operator(session, "boss", Role.ADMIN, now=NOW))


def made(database: Database, who: Who, account: Account) -> int:
    with database.unit_of_work() as session:
        make_account(session, who, account, now=NOW)
        operator = store.operator_by_name(session, account.name)
        assert operator is not None
        return operator.id


def audited(database: Database) -> list[AuditEntry]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.STORE_MANAGER, Role.ADVISOR])
def test_only_an_administrator_keeps_accounts(database: Database, role: Role) -> None:
    who = Who(9, "other", "other", role, "s1", "u1")
    with database.unit_of_work() as session:
        for act in (
            lambda: make_account(session, who, Account("x1", "x", Role.ADMIN), now=NOW),
            lambda: change_account(session, who, 1, Account("x1", "x", Role.ADMIN), now=NOW),
            lambda: close_account(session, who, 1, now=NOW),
            lambda: invite_again(session, who, 1, now=NOW),
        ):
            with pytest.raises(NotAllowed):
                act()
    assert audited(database) == []


def test_a_new_account_sets_its_password_through_the_link(database: Database) -> None:
    who = boss(database)
    with database.unit_of_work() as session:
        token = make_account(session, who, Account("Lina", "李娜", Role.STORE_MANAGER, store="sh_pudong"), now=NOW)
        operator = sign_in.accept(session, token, "", hashed("a good password"), now=NOW)
        assert (operator.name, operator.role, operator.store) == ("lina", "store_manager", "sh_pudong")
    entry, used = audited(database)
    assert (entry.operator, entry.act, entry.subject_id) == ("boss", "新建账号", "lina")
    assert (used.operator, used.act, used.subject_id) == ("lina", "设置密码", "lina")
    assert entry.after is not None
    assert entry.after["门店"] == "sh_pudong"


@pytest.mark.parametrize(
    ("account", "wrong"),
    [
        (Account("manager", "", Role.STORE_MANAGER), "门店"),
        (Account("advisor", "", Role.ADVISOR), "userid"),
        (Account("boss", "", Role.OPERATOR), "已经有人用过"),
        (Account("twin", "", Role.ADVISOR, userid="ZhangSan"), "已经绑定"),
    ],
)
def test_an_account_that_could_not_work_is_refused(database: Database, account: Account, wrong: str) -> None:
    who = boss(database)
    made(database, who, Account("zhang", "张三", Role.ADVISOR, userid="zhangsan"))
    with pytest.raises(Blocked, match=wrong):
        made(database, who, account)


def test_a_change_says_what_was_and_what_is(database: Database) -> None:
    who = boss(database)
    operator_id = made(database, who, Account("lina", "李娜", Role.OPERATOR))
    with database.unit_of_work() as session:
        change_account(session, who, operator_id, Account("lina", "李娜", Role.ADVISOR, userid="LiNa"), now=NOW)
    entry = audited(database)[-1]
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["角色"], entry.after["角色"], entry.after["企业微信账号"]) == ("operator", "advisor", "lina")


def test_the_last_administrator_stays(database: Database) -> None:
    who = boss(database)
    with database.unit_of_work() as session, pytest.raises(Blocked, match="自己"):
        close_account(session, who, who.id, now=NOW)
    with database.unit_of_work() as session, pytest.raises(Blocked, match="至少要留一位管理员"):
        change_account(session, who, who.id, Account("boss", "", Role.OPERATOR), now=NOW)
    second = made(database, who, Account("second", "", Role.ADMIN))
    with database.unit_of_work() as session:
        close_account(session, who, second, now=NOW)
        assert store.administrators(session) == 1


def test_a_closed_account_is_out_at_once_and_keeps_its_name(database: Database) -> None:
    who = boss(database)
    operator_id = made(database, who, Account("lina", "李娜", Role.OPERATOR))
    with database.unit_of_work() as session:
        operator = session.get(Operator, operator_id)
        assert operator is not None
        token = sign_in.open_session(session, operator, now=NOW)
        close_account(session, who, operator_id, now=NOW)
        assert sign_in.who_is(session, token, now=NOW) is None
    with database.unit_of_work() as session, pytest.raises(Blocked, match="已停用"):
        invite_again(session, who, operator_id, now=NOW)
