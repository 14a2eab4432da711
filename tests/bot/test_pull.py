"""A pulled page and its cursor are one transaction; each entry becomes one inbox row."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import sessions
from bot.burst import BurstRule
from bot.inbox_terms import HISTORY, KF_ENTRY, KF_TEXT
from bot.models import KfCursor
from bot.pull import PullRule, pull
from bot.queue import State
from bot.sessions import Talk
from bot.wecom.kf_calls import KfCalls
from bot.wecom.terms import Page
from core.db import Database
from core.errors import Unavailable
from tests.bot.builders import KF, LI, NOW, Raw, inbox_rows, later, raw, raw_event, raw_image, raw_text

BURST = BurstRule(quick=timedelta(seconds=0.3), quiet=timedelta(seconds=2), longest=timedelta(seconds=8))
RULE = PullRule(BURST, history_after=timedelta(minutes=10))
LONG_AGO = NOW - timedelta(hours=5)


class Pages(KfCalls):
    """Gives each page at its cursor; an exception instead of a page is raised once."""

    def __init__(self, pages: dict[str, Page | Exception]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def sync_page(self, open_kfid: str, *, cursor: str, token: str = "", limit: int = 1000) -> Page:
        self.asked.append(cursor)
        page = self.pages[cursor]
        if isinstance(page, Exception):
            self.pages[cursor] = Page([], cursor, False)
            raise page
        return page


class Crash(Exception):
    """The process dies here."""


def nothing_more(_session: Session, _new: int) -> None:
    """Nothing ends with the last page."""


def page(*entries: Raw, next_cursor: str, has_more: bool = False) -> Page:
    return Page(list(entries), next_cursor, has_more)


def pull_all(database: Database, pages: Pages, now: Callable[[], datetime] = lambda: NOW) -> int:
    return pull(database, pages, KF, "token", RULE, now=now, at_the_end=nothing_more)


def keep(database: Database, *entries: Raw, cursor: str = "0") -> None:
    """One page of an account that was pulled before."""
    with database.unit_of_work() as session:
        session.add(KfCursor(open_kfid=KF, cursor=cursor, moved_at=NOW))
    pull_all(database, Pages({cursor: page(*entries, next_cursor="1")}))


def cursor_of(database: Database) -> str | None:
    with database.reading() as session:
        return session.scalar(select(KfCursor.cursor))


def found(database: Database) -> list[tuple[str, str]]:
    return [(row.kind, row.state) for row in inbox_rows(database)]


def keys(database: Database) -> list[str]:
    return [row.dedup_key.rpartition(":")[2] for row in inbox_rows(database)]


def test_pages_are_drained_to_the_end_past_an_empty_one(database: Database) -> None:
    pages = Pages(
        {
            "": page(raw_text("m1", "你好"), next_cursor="1", has_more=True),
            "1": page(next_cursor="2", has_more=True),
            "2": page(raw_text("m2", "E7多少钱"), next_cursor="3"),
        }
    )
    assert pull_all(database, pages) == 2
    assert pages.asked == ["", "1", "2"]
    assert (keys(database), cursor_of(database)) == (["m1", "m2"], "3")


def test_the_next_pull_goes_on_where_the_last_one_ended(database: Database) -> None:
    pages = Pages({"": page(raw_text("m1", "你好"), next_cursor="1"), "1": page(next_cursor="1")})
    assert [pull_all(database, pages), pull_all(database, pages)] == [1, 0]
    assert pages.asked == ["", "1"]


@pytest.mark.parametrize("next_cursor", ["", "0"])
def test_a_cursor_that_does_not_move_is_not_followed_for_ever(database: Database, next_cursor: str) -> None:
    with database.unit_of_work() as session:
        session.add(KfCursor(open_kfid=KF, cursor="0", moved_at=NOW))
    pages = Pages({"0": page(raw_text("m1", "你好"), next_cursor=next_cursor, has_more=True)})
    assert pull_all(database, pages) == 1
    assert (pages.asked, cursor_of(database)) == (["0"], "0")


def test_a_failure_between_two_pages_loses_nothing_and_doubles_nothing(database: Database) -> None:
    first = page(raw_text("m1", "你好"), next_cursor="1", has_more=True)
    with pytest.raises(Unavailable):
        pull_all(database, Pages({"": first, "1": Unavailable("网络不通")}))
    assert (keys(database), cursor_of(database)) == (["m1"], "1")
    again = Pages({"1": page(raw_text("m2", "E7多少钱"), next_cursor="2")})
    assert pull_all(database, again) == 1
    assert keys(database) == ["m1", "m2"]


def test_messages_and_cursor_are_kept_together_or_not_at_all(database: Database) -> None:
    pages = Pages({"": page(raw_text("m1", "你好"), next_cursor="1")})
    moments = iter([NOW])

    def dies_before_the_cursor_moves() -> datetime:
        moment = next(moments, None)
        if moment is None:
            raise Crash
        return moment

    with pytest.raises(Crash):
        pull_all(database, pages, dies_before_the_cursor_moves)
    assert (keys(database), cursor_of(database)) == ([], None)
    assert pull_all(database, pages) == 1


def test_a_page_read_again_counts_nothing_twice(database: Database) -> None:
    told = [raw_text("m1", "你好"), raw_image("m2")]
    pages = Pages({"": page(*told, next_cursor="1"), "1": page(*told, raw_text("m3", "在吗"), next_cursor="2")})
    assert [pull_all(database, pages), pull_all(database, pages)] == [2, 1]
    assert keys(database) == ["m1", "m2", "m3"]


def test_the_same_msgid_in_two_accounts_is_two_messages(database: Database) -> None:
    for account in (KF, "wk-other"):
        pull(
            database,
            Pages({"": page(raw_text("m1", "你好"), next_cursor="1")}),
            account,
            "",
            RULE,
            now=lambda: NOW,
            at_the_end=nothing_more,
        )
    assert len(inbox_rows(database)) == 2


def test_the_first_pull_of_an_account_finds_history(database: Database) -> None:
    pages = Pages(
        {
            "": page(raw_text("m1", "你好", at=LONG_AGO), raw_image("m2", at=LONG_AGO), next_cursor="1", has_more=True),
            "1": page(raw_text("m3", "在吗", at=LONG_AGO), raw_text("m4", "E7多少钱"), next_cursor="2"),
        }
    )
    pull_all(database, pages)
    assert found(database) == [
        (HISTORY, State.WAITING),
        (KF_ENTRY, State.IGNORED),
        (HISTORY, State.WAITING),  # also on the second page
        (KF_TEXT, State.WAITING),
    ]


@pytest.mark.parametrize(("minutes", "kind"), [(10, KF_TEXT), (11, HISTORY)])
def test_what_was_said_just_before_we_were_connected_is_answered(database: Database, minutes: int, kind: str) -> None:
    pull_all(database, Pages({"": page(raw_text("m1", "你好", at=NOW - timedelta(minutes=minutes)), next_cursor="1")}))
    assert found(database) == [(kind, State.WAITING)]


def test_later_on_old_messages_are_answered_however_late(database: Database) -> None:
    keep(database, raw_text("m1", "你好", at=LONG_AGO))
    assert found(database) == [(KF_TEXT, State.WAITING)]


@pytest.mark.parametrize(
    ("entry", "kind", "state"),
    [
        (raw_text("m1", "你好"), KF_TEXT, State.WAITING),
        (raw_text("m1", "价格", menu_id="ask:price"), KF_TEXT, State.WAITING),
        (raw_image("m1"), KF_ENTRY, State.WAITING),
        (raw("m1", "text", origin=4, text={"content": "您好"}), KF_ENTRY, State.IGNORED),  # our own words come back
        (raw("m1", "text", origin=5, servicer_userid="chen", text={"content": "我来"}), KF_ENTRY, State.WAITING),
        (raw_event("m1", "enter_session", welcome_code="c"), KF_ENTRY, State.WAITING),
        (raw_event("m1", "brand_new"), KF_ENTRY, State.WAITING),
    ],
)
def test_every_kind_of_entry_is_kept(database: Database, entry: Raw, kind: str, state: State) -> None:
    keep(database, entry)
    assert found(database) == [(kind, state)]


def test_the_texts_of_a_burst_become_due_together(database: Database) -> None:
    keep(database, raw_text("m1", "你好"), raw_text("m2", "那个"), raw_text("m3", "在吗", customer="wm-wang"))
    assert [row.due_at for row in inbox_rows(database)] == [later(2), later(2), later(2)]
    assert len({row.lane for row in inbox_rows(database)}) == 2


def test_events_with_a_short_lived_code_are_urgent(database: Database) -> None:
    keep(
        database,
        raw_event("m1", "enter_session", welcome_code="c"),
        raw_event("m2", "session_status_change", change_type=3),
        raw_image("m3"),
    )
    assert [row.priority for row in inbox_rows(database)] == [0, 0, 1]


def test_a_message_taken_back_before_anybody_read_it_is_ignored(database: Database) -> None:
    keep(database, raw_text("m1", "E7多少钱"), raw_text("m2", "在吗"), raw_event("m3", "user_recall_msg", recall_msgid="m1"))
    assert found(database) == [(KF_TEXT, State.IGNORED), (KF_TEXT, State.WAITING), (KF_ENTRY, State.WAITING)]
    assert inbox_rows(database)[0].reason == "客户在处理前撤回"


@pytest.mark.parametrize("entry", [raw_text("m1", "你好", at=later(-5)), raw_image("m1", at=later(-5))])
def test_whatever_the_customer_sends_opens_the_window_anew(database: Database, entry: dict[str, Any]) -> None:
    with database.unit_of_work() as session:
        sessions.note_talk(session, Talk(KF, LI), now=NOW)
    keep(database, entry)
    with database.reading() as session:
        kf = sessions.session_now(session, KF, LI)
    assert kf is not None
    assert (kf.heard_at, kf.said_since) == (later(-5), 0)
