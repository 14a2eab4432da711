"""The database: one engine, one committer. SQLite for one box, PostgreSQL for more than one process."""

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from core.errors import Misconfigured

# Seconds: how long a connection waits for another's lock, and how often it looks where SQLite does not wait for it.
_WAIT = 30
_WAL_PAUSE = 0.05
# What PostgreSQL's and SQLite's drivers say when the fault is the installation's.
_WHY_CLOSED = {
    "authentication failed": "用户名或密码不对",
    "no password supplied": "没有给密码",
    'database "': "没有这个库",
    'role "': "没有这个用户",
    "refused": "那里没有数据库服务",
    "resolve": "找不到这台主机",
    "timeout": "一直没有回应",
    "timed out": "一直没有回应",
    "permission denied": "这个用户没有建表的权限",
    "unable to open": "没有权限，或文件夹不存在",
    "readonly": "没有写的权限",
    "not a database": "这不是 SQLite 的文件",
    "malformed": "文件损坏，请恢复备份",
    "is full": "磁盘满了",
}


class Base(DeclarativeBase):
    """Every table of ours."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC. A naive one is a mistake and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """On the way in: UTC. ValueError for a naive moment."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime reached the database: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """On the way out: aware, although SQLite forgets the zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Turns:
    """A lock with two doors: who comes through the first goes before all who wait at the second."""

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._busy = False
        self._hurried = 0

    @contextmanager
    def taken(self, *, at_once: bool) -> Iterator[None]:
        """The block runs alone."""
        with self._free:
            self._hurried += at_once
            self._free.wait_for(lambda: not self._busy and (at_once or not self._hurried))
            self._hurried -= at_once
            self._busy = True
        try:
            yield
        finally:
            with self._free:
                self._busy = False
                self._free.notify_all()


class Database:
    """Hands out transactions: `unit_of_work` writes all or nothing, `reading` only looks."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _engine(url, pool_pre_ping=True)
        # One pool; what a transaction is for decides how it begins (see _begin_sqlite).
        self._durable = sessionmaker(self.engine, expire_on_commit=False)
        self._quick = sessionmaker(self.engine.execution_options(durable=False), expire_on_commit=False)
        self._reading = sessionmaker(self.engine.execution_options(read_only=True), expire_on_commit=False)
        # SQLite has one writer. Threads of ours queue here, where waking is immediate, and not in SQLite's busy handler, which sleeps
        # up to 100 ms between looks and so would cost the callback its p99.
        self._turn = Turns() if self.is_sqlite else None

    @contextmanager
    def unit_of_work(self, *, durable: bool = True, at_once: bool = False) -> Iterator[Session]:
        """All of it or none of it. Nothing else in the project may commit. `at_once`: before other threads of ours that wait on SQLite.

        `durable=False` is for claims and their ends on SQLite: they outlive a killed process, but a power cut may undo the last of them,
        which only means that a deed is repeated under its own key. It saves the wait for the disk (docs/decisions/0006).
        """
        sessions = self._durable if durable else self._quick
        with self._turn.taken(at_once=at_once) if self._turn else nullcontext(), sessions() as session:
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A look that takes no write lock; whatever it changes is thrown away. Rows read stay readable afterwards."""
        with self._reading() as session:
            yield session

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def insert_once(session: Session, table: type[Base], rows: Sequence[dict[str, Any]], *, unique: Sequence[str]) -> list[int]:
    """Insert the rows whose `unique` columns are not there yet; returns the new ids, in no promised order."""
    if not rows:
        return []
    return list(session.scalars(_insert_once(table, session.get_bind().dialect.name, tuple(unique)), list(rows)))


@lru_cache(maxsize=256)
def _insert_once(table: type[Base], dialect: str, unique: tuple[str, ...]) -> Any:
    # Built once: on the path of a message building a statement costs more than running it.
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    # Into the table and not the class: the ORM's bulk insert sorts and groups what needs neither.
    return insert(table.__table__).on_conflict_do_nothing(index_elements=list(unique)).returning(table.__table__.c.id)


def sqlite_path(url: str) -> Path | None:
    """The file behind an SQLite URL; None for another engine or for memory."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return None
    return Path(parsed.database)


def why_closed(url: str, error: DBAPIError) -> str:
    """One sentence on a database that cannot be opened: which, and why. Empty when the fault is not there but in what was asked of it.

    Nothing of the password is in it: only known words are looked for, and what the driver says is not repeated.
    """
    path, said = sqlite_path(url), str(error.orig)
    why = next((meant for words, meant in _WHY_CLOSED.items() if words in said), "")
    if path is not None:
        return f"打不开数据库文件 {path}：{why}" if why else ""
    if not why and not isinstance(error, OperationalError):
        return ""
    parsed = make_url(url)
    where = f"{parsed.host or '本机'}:{parsed.port or 5432}/{parsed.database or ''}"
    return f"打不开数据库 {where}：{why or '原因见它的日志'}，请检查 ZHANTING_DATABASE_URL 和数据库服务"


def _engine(url: str, **more: Any) -> Engine:
    # An error tells its statement and not its values: those are customers' words and numbers, and errors end in logs.
    return create_engine(url, pool_size=20, max_overflow=20, hide_parameters=True, **more)


def _sqlite_engine(url: str) -> Engine:
    path = sqlite_path(url)
    if path is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            where = "请检查 ZHANTING_DATA_DIR 或 ZHANTING_DATABASE_URL"
            raise Misconfigured(f"数据库的文件夹 {path.parent} 建不了（{error.strerror}），{where}") from None
    engine = _engine(url, connect_args={"timeout": _WAIT, "check_same_thread": False})
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    _turn_to_wal(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_WAIT * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _turn_to_wal(connection: sqlite3.Connection) -> None:
    # A new file becomes WAL once, and keeps it. Of two connections that turn it at the same time one is told «locked» at once, because
    # SQLite does not ask its busy handler where waiting could be a deadlock: so we look again ourselves.
    for left in reversed(range(int(_WAIT / _WAL_PAUSE))):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            # The low byte is the kind of error, the rest says which sort of it.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or not left:
                raise
        time.sleep(_WAL_PAUSE)


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: a transaction that reads first and writes later would fail with «database is locked» halfway.
    # Said to the driver itself: a message costs a dozen transactions, and the engine's way around such a word costs more than the word.
    options, fairy = connection.get_execution_options(), connection.connection
    driver: sqlite3.Connection = fairy.driver_connection  # type: ignore[assignment]
    if options.get("read_only", False):
        driver.execute("BEGIN")
        return
    level = "FULL" if options.get("durable", True) else "NORMAL"
    if fairy.info.get("synchronous", "FULL") != level:
        driver.execute(f"PRAGMA synchronous={level}")
        fairy.info["synchronous"] = level
    driver.execute("BEGIN IMMEDIATE")
