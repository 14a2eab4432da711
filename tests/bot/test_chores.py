"""What the bot does every minute unasked; doing it twice is doing it once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.attach import Attacher
from bot.chores import Chores
from bot.group_chores import GroupChores
from bot.inbox_terms import KF_POLL
from bot.mass_follow import MassFollow
from bot.messages import Channel
from bot.models import KfCursor
from bot.wecom.group_calls import GroupCalls
from bot.wecom.kf_calls import KfCalls
from bot.wecom.terms import KfAccount
from core.db import Database
from core.errors import Unavailable
from customers import store
from customers.lifecycle import LifecycleRule
from customers.models import Customer
from customers.pack import LevelRules
from customers.recognise import begin_follow, recognise
from customers.terms import Level
from tests.bot.builders import LI, NOW, inbox_rows, later, outbox_rows

MONTH = timedelta(days=30)


class Accounts(KfCalls):
    """Lists these accounts, or cannot be reached."""

    def __init__(self, *listed: KfAccount, reachable: bool = True) -> None:
        self.listed = list(listed)
        self.reachable = reachable

    def accounts(self) -> list[KfAccount]:
        if not self.reachable:
            raise Unavailable("网络不通")
        return self.listed


class NoGroups(GroupCalls):
    """A company without customer groups."""

    def __init__(self) -> None: ...

    def chat_ids(self) -> list[str]:
        return []


class Asked(Attacher):
    """Remembers what was to be kept ready; fails when told to."""

    def __init__(self, *, fails: bool = False) -> None:
        self.keys: list[str] = []
        self.tidied: list[datetime] = []
        self.fails = fails

    def keep_ready(self, keys: list[str], *, now: datetime) -> None:
        self.keys += keys
        if self.fails:
            raise Unavailable("网络不通")

    def tidy(self, now: datetime) -> None:
        self.tidied.append(now)


def chores(database: Database, *, kf: KfCalls | None = None, attach: Attacher | None = None, welcome: Sequence[str] = ()) -> Chores:
    rules = LevelRules(thresholds={Level.H: 60, Level.B: 20}, silent_after_days=30)
    return Chores(
        database,
        kf or Accounts(),
        attach or Asked(),
        rules,
        welcome,
        poll_every=timedelta(seconds=180),
        prune=lambda _: 0,
        mass=MassFollow(database),
        groups=GroupChores(database, NoGroups(), LifecycleRule()),
    )


def pulled(database: Database, account: str, at: datetime) -> None:
    with database.unit_of_work() as session:
        session.add(KfCursor(open_kfid=account, cursor="1", moved_at=at))


def polls(database: Database) -> list[str]:
    return [row.raw for row in inbox_rows(database) if row.kind == KF_POLL]


@pytest.mark.parametrize(("ago", "due"), [(179, []), (180, ["wk-1"]), (9999, ["wk-1"])])
def test_an_account_that_was_silent_is_pulled_without_a_doorbell(sqlite_database: Database, ago: float, due: list[str]) -> None:
    pulled(sqlite_database, "wk-1", later(-ago))
    chores(sqlite_database).poll(NOW)
    assert polls(sqlite_database) == due


def test_two_processes_poll_an_account_once(database: Database) -> None:
    pulled(database, "wk-1", later(-600))
    for seconds in (0, 1):
        chores(database).poll(later(seconds))
    assert polls(database) == ["wk-1"]
    chores(database).poll(later(180))
    assert polls(database) == ["wk-1", "wk-1"]


def test_before_the_first_pull_every_account_that_we_may_drive_is_polled(sqlite_database: Database) -> None:
    kf = Accounts(KfAccount("wk-1", "客服", True), KfAccount("wk-2", "别的应用的", False))
    chores(sqlite_database, kf=kf).poll(NOW)
    assert polls(sqlite_database) == ["wk-1"]


def test_accounts_that_cannot_be_listed_are_asked_for_next_minute(sqlite_database: Database) -> None:
    kf = Accounts(KfAccount("wk-1", "客服", True), reachable=False)
    chores(sqlite_database, kf=kf).poll(NOW)
    assert polls(sqlite_database) == []
    kf.reachable = True
    chores(sqlite_database, kf=kf).poll(later(60))
    assert polls(sqlite_database) == ["wk-1"]


@pytest.mark.parametrize(("silent_for", "level"), [(MONTH - timedelta(seconds=1), Level.B), (MONTH, Level.N)])
def test_who_has_been_silent_for_a_month_becomes_n(sqlite_database: Database, silent_for: timedelta, level: Level) -> None:
    with sqlite_database.unit_of_work() as session:
        customer = recognise(session, LI, now=NOW - MONTH)
        customer.level, customer.last_heard_at = Level.B, NOW - silent_for
        begin_follow(session, customer, "chen", channel="", now=NOW - MONTH)
    for _ in range(2):
        chores(sqlite_database).daily(NOW)
    assert _customer(sqlite_database).level == level
    tags = [row.payload["add"] for row in outbox_rows(sqlite_database) if row.channel == Channel.TAGS]
    assert tags == [[["意向级别", "N级"]]] * (level is Level.N), "told to WeCom once"


def test_a_day_that_is_cut_short_because_the_process_ends_is_finished_by_the_next(sqlite_database: Database) -> None:
    with sqlite_database.unit_of_work() as session:
        customer = recognise(session, LI, now=NOW - MONTH)
        customer.level, customer.last_heard_at = Level.B, NOW - MONTH
    ending = chores(sqlite_database)
    ending.stopping.set()
    with pytest.raises(Unavailable, match="下次启动后继续"):
        ending.daily(NOW)
    assert _customer(sqlite_database).level == Level.B
    chores(sqlite_database).daily(NOW)
    assert _customer(sqlite_database).level == Level.N


def _customer(database: Database) -> Customer:
    with database.reading() as session:
        customer = store.customer_by_external_id(session, LI)
    assert customer is not None
    return customer


def test_a_minute_does_all_of_it(sqlite_database: Database) -> None:
    pulled(sqlite_database, "wk-1", later(-600))
    attach = Asked()
    chores(sqlite_database, attach=attach, welcome=["poster"]).minute(NOW)
    assert (polls(sqlite_database), attach.keys) == (["wk-1"], ["poster"])


def test_a_minute_goes_by_although_wecom_cannot_be_reached(sqlite_database: Database) -> None:
    attach = Asked(fails=True)
    chores(sqlite_database, kf=Accounts(reachable=False), attach=attach, welcome=["poster"]).minute(NOW)
    assert attach.keys == ["poster"]


def test_every_day_asks_for_what_is_old_to_be_forgotten(database: Database) -> None:
    asked: list[datetime] = []
    attach = Asked()
    replace(chores(database, attach=attach), prune=asked.append).daily(NOW)
    assert attach.tidied == [NOW]
    assert asked == [NOW]
