"""The database: all or nothing, one committer, moments in UTC, on both engines."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError, StatementError

from core.db import Database, insert_once, sqlite_path, why_closed
from core.errors import Misconfigured
from core.zone import SHANGHAI
from customers.models import Customer

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


class Crash(Exception):
    """Something went wrong in mid-deed."""


def known(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Customer.external_id).order_by(Customer.external_id)))


def row(external_id: str) -> dict[str, object]:
    return {"external_id": external_id, "first_seen_at": NOON, "level": "C", "nickname": "", "unionid": "", "channel": "", "score": 0.0}


def test_a_unit_of_work_is_kept_whole(database: Database) -> None:
    with database.unit_of_work() as session:
        session.add_all([Customer(external_id="wm-li", first_seen_at=NOON), Customer(external_id="wm-wang", first_seen_at=NOON)])
    assert known(database) == ["wm-li", "wm-wang"]


def test_a_unit_of_work_that_fails_leaves_nothing(database: Database) -> None:
    def half_a_deed() -> None:
        with database.unit_of_work() as session:
            session.add(Customer(external_id="wm-li", first_seen_at=NOON))
            session.flush()
            raise Crash

    with pytest.raises(Crash):
        half_a_deed()
    assert known(database) == []


def test_after_a_failure_the_next_writer_gets_his_turn(database: Database) -> None:
    with pytest.raises(Crash), database.unit_of_work():
        raise Crash
    with database.unit_of_work() as session:
        session.add(Customer(external_id="wm-li", first_seen_at=NOON))
    assert known(database) == ["wm-li"]


def test_reading_never_writes(database: Database) -> None:
    with database.reading() as session:
        session.add(Customer(external_id="wm-li", first_seen_at=NOON))
        session.flush()
    assert known(database) == []


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.unit_of_work() as session:
        session.add(Customer(external_id="wm-li", first_seen_at=NOON))
        session.flush()
        assert known(database) == [], "a reader sees what was committed, at once"
    assert known(database) == ["wm-li"]


def test_insert_once_inserts_once(database: Database) -> None:
    with database.unit_of_work() as session:
        first = insert_once(session, Customer, [row("wm-li"), row("wm-wang")], unique=["external_id"])
        again = insert_once(session, Customer, [row("wm-wang"), row("wm-zhao")], unique=["external_id"])
        zhao = session.scalars(select(Customer.id).where(Customer.external_id == "wm-zhao")).one()
    assert len(set(first)) == 2
    assert again == [zhao], "only what is new has a new id"
    assert known(database) == ["wm-li", "wm-wang", "wm-zhao"]


def test_insert_once_of_nothing_is_nothing(database: Database) -> None:
    with database.unit_of_work() as session:
        assert insert_once(session, Customer, [], unique=["external_id"]) == []


def test_insert_once_within_one_batch_inserts_once(database: Database) -> None:
    with database.unit_of_work() as session:
        assert len(insert_once(session, Customer, [row("wm-li"), row("wm-li")], unique=["external_id"])) == 1


def test_a_naive_moment_is_refused(database: Database) -> None:
    def naive() -> None:
        with database.unit_of_work() as session:
            session.add(Customer(external_id="wm-li", first_seen_at=NOON.replace(tzinfo=None)))

    with pytest.raises(StatementError, match="a naive datetime reached the database"):
        naive()


def test_a_moment_comes_back_aware_and_the_same(database: Database) -> None:
    evening = datetime(2026, 5, 1, 20, 0, 0, 123456, tzinfo=SHANGHAI)
    with database.unit_of_work() as session:
        session.add(Customer(external_id="wm-li", first_seen_at=evening))
    with database.reading() as session:
        customer = session.scalars(select(Customer)).one()
    assert customer.first_seen_at == evening
    assert customer.first_seen_at.utcoffset() == timedelta(0)
    assert customer.last_heard_at is None


def test_moments_compare_by_time_and_not_by_zone(database: Database) -> None:
    with database.unit_of_work() as session:
        session.add(Customer(external_id="wm-li", first_seen_at=NOON))
    with database.reading() as session:
        earlier = NOON.astimezone(SHANGHAI) - timedelta(seconds=1)
        found = session.scalar(select(func.count()).where(Customer.first_seen_at > earlier))
    assert found == 1


def test_many_writers_lose_nothing(database: Database) -> None:
    with database.unit_of_work() as session:
        session.add(Customer(external_id="wm-li", first_seen_at=NOON, score=0.0))

    def one_point_more(_: int) -> None:
        with database.unit_of_work() as session:
            # FOR UPDATE locks the row on PostgreSQL; SQLite has locked the whole file at BEGIN IMMEDIATE.
            customer = session.scalars(select(Customer).with_for_update()).one()
            customer.score += 1

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(one_point_more, range(80)))
    with database.reading() as session:
        assert session.scalars(select(Customer.score)).one() == 80


def test_two_databases_on_one_file_share_it_without_losing_a_write(sqlite_database: Database) -> None:
    other = Database(sqlite_database.url)
    begun, finish = Event(), Event()

    def slow_writer() -> None:
        with sqlite_database.unit_of_work() as session:
            session.add(Customer(external_id="wm-li", first_seen_at=NOON))
            session.flush()
            begun.set()
            finish.wait(5)

    def second_writer() -> None:
        with other.unit_of_work() as session:
            session.add(Customer(external_id="wm-wang", first_seen_at=NOON))

    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(slow_writer)
        assert begun.wait(5)
        second = threads.submit(second_writer)
        finish.set()
        slow.result(10)
        second.result(10)
    other.close()
    assert known(sqlite_database) == ["wm-li", "wm-wang"]


def test_sqlite_is_set_up_to_survive_a_power_cut(sqlite_database: Database) -> None:
    with sqlite_database.reading() as session:
        found = [session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")]
    assert found == ["wal", 2, 1]


def test_a_new_file_that_another_process_is_writing_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "zhanting.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE t (x INTEGER)")
    database = Database(f"sqlite:///{path}")

    def mode() -> str:
        with database.reading() as session:
            return str(session.scalar(text("PRAGMA journal_mode")))

    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(mode)
        with pytest.raises(TimeoutError):
            asked.result(0.3)
        other.execute("COMMIT")
        assert asked.result(10) == "wal"
    other.close()
    database.close()


def test_the_folder_of_an_sqlite_file_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new' / 'folder' / 'zhanting.db'}")
    with database.unit_of_work() as session:
        session.execute(text("CREATE TABLE t (x INTEGER)"))
    database.close()
    assert (tmp_path / "new" / "folder" / "zhanting.db").is_file()


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///data/zhanting.db", Path("data/zhanting.db")),
        ("sqlite:///:memory:", None),
        ("sqlite://", None),
        ("postgresql+psycopg://someone@db/zhanting", None),
    ],
)
def test_only_an_sqlite_file_has_a_path(url: str, path: Path | None) -> None:
    assert sqlite_path(url) == path


def test_an_error_of_the_database_does_not_tell_the_values(database: Database) -> None:
    with pytest.raises(IntegrityError) as failed, database.unit_of_work() as session:
        session.execute(insert(Customer), [row("wm-li") | {"nickname": "李雷的车"}] * 2)
    # PostgreSQL adds what it says itself, the key that was there twice.
    assert "INSERT INTO customers" in str(failed.value)
    assert "李雷" not in str(failed.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", "utf-8")
    with pytest.raises(Misconfigured, match=f"^数据库的文件夹 {tmp_path / 'data' / 'below'} 建不了"):
        Database(f"sqlite:///{tmp_path / 'data' / 'below' / 'zhanting.db'}")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('FATAL:  password authentication failed for user "ann" hidden', "用户名或密码不对"),
        ('FATAL:  database "zhanting" does not exist', "没有这个库"),
        ("hidden in an error that nobody has foreseen", "原因见它的日志"),
    ],
)
def test_why_postgresql_is_closed_is_told_without_its_password(said: str, why: str) -> None:
    error = OperationalError("", None, Exception(said))
    told = why_closed("postgresql+psycopg://ann:hidden@db/zhanting", error)
    assert told == f"打不开数据库 db:5432/zhanting：{why}，请检查 ZHANTING_DATABASE_URL 和数据库服务"


@pytest.mark.parametrize("url", ["postgresql+psycopg://ann@db/zhanting", "sqlite:///zhanting.db"])
def test_a_fault_in_what_was_asked_is_not_called_the_database_s(url: str) -> None:
    assert why_closed(url, ProgrammingError("", None, Exception('relation "customers" does not exist'))) == ""
