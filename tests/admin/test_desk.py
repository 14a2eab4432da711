"""An open page: what it may still look up after its operator has signed out, was moved or was let go."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import sign_in, store
from admin.acts import operators
from admin.acts.operators import Account
from admin.desk import Desk
from admin.models import Operator, SignIn
from admin.terms import Blocked, Role
from core.db import Database
from tests.admin.offices import office_over
from tests.admin.people import BOSS as ONE_ADMIN

BOSS = replace(ONE_ADMIN, id=99)
NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")


class Browser:
    """A page of 店长 lina's, and where it was sent."""

    def __init__(self, database: Database) -> None:
        self.database, self.sent = database, list[str]()
        with database.unit_of_work() as session:
            operator = sign_in.new_operator(session, "lina", Role.STORE_MANAGER, store_key="sh_pudong", now=NOW)
            self.token = sign_in.open_session(session, operator, now=NOW)
            self.who = sign_in.who_of(operator)

    def looks(self, *, now: datetime = NOW, by_itself: bool = False) -> list[str]:
        """The names of all accounts, as some page would show them."""
        return asyncio.run(self._desk(now).look(lambda session: [one.name for one in store.operators(session)], by_itself=by_itself))

    def acts(self, *, now: datetime) -> str | None:
        """Who does something there."""
        return asyncio.run(self._desk(now).act(lambda _session, who: who.name))

    def _desk(self, now: datetime) -> Desk:
        return Desk(office_over(self.database, now=now), self.who, self.token, "/customers", {}, {}, self.sent.append)


def change(database: Database, do: Callable[[Session, Operator], object]) -> None:
    with database.unit_of_work() as session:
        do(session, session.scalars(select(Operator).where(Operator.name == "lina")).one())


def test_a_page_looks_things_up_while_its_session_lasts(database: Database) -> None:
    browser = Browser(database)
    assert browser.looks() == ["lina"]
    assert browser.looks(now=NOW + sign_in.IDLE_FOR - timedelta(seconds=1)) == ["lina"]
    assert browser.sent == []


def test_who_works_on_one_page_stays_signed_in(database: Database) -> None:
    browser, at = Browser(database), NOW
    while at < NOW + timedelta(days=2):
        at += sign_in.IDLE_FOR - timedelta(minutes=1)
        assert browser.looks(now=at) == ["lina"]
    while at < NOW + timedelta(days=4):
        at += sign_in.IDLE_FOR - timedelta(minutes=1)
        assert browser.acts(now=at) == "lina"


def test_a_page_that_looks_by_itself_does_not_keep_him_signed_in(database: Database) -> None:
    browser = Browser(database)
    browser.looks(now=NOW + timedelta(hours=6), by_itself=True)
    with pytest.raises(Blocked, match="登录已结束"):
        browser.looks(now=NOW + sign_in.IDLE_FOR)


def test_a_click_is_written_down_once_a_minute_at_most(database: Database) -> None:
    browser = Browser(database)
    for seconds, seen in ((59, 0), (60, 60), (90, 60), (119, 60), (120, 120)):
        browser.looks(now=NOW + timedelta(seconds=seconds))
        with database.reading() as session:
            assert session.scalars(select(SignIn.seen_at)).one() == NOW + timedelta(seconds=seen)


def test_after_signing_out_an_open_page_shows_nothing_more(database: Database) -> None:
    browser = Browser(database)
    change(database, lambda session, _: sign_in.end(session, browser.token))
    with pytest.raises(Blocked, match="登录已结束"):
        browser.looks()
    assert browser.sent == ["/sign-in"]


def test_an_idle_session_ends_on_its_open_pages_too(database: Database) -> None:
    browser = Browser(database)
    with pytest.raises(Blocked, match="登录已结束"):
        browser.looks(now=NOW + sign_in.IDLE_FOR)
    assert browser.sent == ["/sign-in"]


def test_a_closed_account_is_out_of_its_open_pages(database: Database) -> None:
    browser = Browser(database)
    change(database, lambda session, operator: operators.close_account(session, BOSS, operator.id, now=NOW))
    with pytest.raises(Blocked, match="登录已结束"):
        browser.looks()
    assert browser.sent == ["/sign-in"]


@pytest.mark.parametrize(
    "account",
    [Account("lina", "lina", Role.STORE_MANAGER, "sh_minhang"), Account("lina", "lina", Role.ADVISOR, "", "lina")],
    ids=["another store", "another role"],
)
def test_with_another_role_or_store_an_open_page_no_longer_sees_with_the_old_one(database: Database, account: Account) -> None:
    browser = Browser(database)
    change(database, lambda session, operator: operators.change_account(session, BOSS, operator.id, account, now=NOW))
    with pytest.raises(Blocked, match="权限刚有变化"):
        browser.looks()
    assert browser.sent == ["/"]
