"""Callbacks that arrive together share a commit, and none of them is answered before it is kept."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime

import pytest
from sqlalchemy import event
from sqlalchemy.exc import StatementError

from bot.acceptor import Acceptor
from bot.inbox_terms import Received
from bot.queue import State
from core.db import Database
from tests.bot.builders import NOW, inbox_rows


def callback(key: str, *, occurred_at: datetime = NOW) -> Received:
    return Received(key, "kf_notice", "kf:hall", "<xml/>", occurred_at)


FAULTY = callback("faulty", occurred_at=NOW.replace(tzinfo=None))


@contextmanager
def arriving_together(database: Database, callbacks: Sequence[Received]) -> Iterator[list[Future[None]]]:
    """The first is on its way to the disk and held up there, while the others gather; then all go on."""
    acceptor = Acceptor(database, lambda: NOW)
    with ThreadPoolExecutor(len(callbacks)) as threads:
        with database.unit_of_work():
            answers = [threads.submit(acceptor.keep, received) for received in callbacks]
            time.sleep(0.1)
        yield answers


def keys(database: Database) -> set[str]:
    return {row.dedup_key for row in inbox_rows(database)}


def test_a_callback_is_kept_when_keeping_returns(database: Database) -> None:
    acceptor = Acceptor(database, lambda: NOW)
    acceptor.keep(callback("c1"))
    acceptor.keep(callback("c1"))
    acceptor.keep(callback("c2"), not_handled="未处理的事件：brand_new")
    assert [(row.dedup_key, row.state, row.reason) for row in inbox_rows(database)] == [
        ("c1", State.WAITING, ""),
        ("c2", State.IGNORED, "未处理的事件：brand_new"),
    ]


def test_who_arrives_during_a_commit_shares_the_next_one(sqlite_database: Database) -> None:
    commits: list[object] = []
    event.listen(sqlite_database.engine, "commit", commits.append)
    with arriving_together(sqlite_database, [callback(f"c{number}") for number in range(8)]) as answers:
        assert [answer.result(10) for answer in answers] == [None] * 8
    assert keys(sqlite_database) == {f"c{number}" for number in range(8)}
    assert len(commits) < 8


@pytest.mark.parametrize("place", range(4))
def test_one_that_cannot_be_kept_costs_nobody_else_his_place(sqlite_database: Database, place: int) -> None:
    callbacks = [callback(f"c{number}") for number in range(3)]
    callbacks.insert(place, FAULTY)
    with arriving_together(sqlite_database, callbacks) as answers:
        errors = [type(answer.exception(10)) for answer in answers]
    assert errors == [StatementError if received is FAULTY else type(None) for received in callbacks], "each hears of his own"
    assert keys(sqlite_database) == {"c0", "c1", "c2"}


def test_after_a_failure_the_next_is_kept(sqlite_database: Database) -> None:
    acceptor = Acceptor(sqlite_database, lambda: NOW)
    with pytest.raises(StatementError):
        acceptor.keep(FAULTY)
    acceptor.keep(callback("c1"))
    assert keys(sqlite_database) == {"c1"}
