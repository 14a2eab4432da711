"""What every test may ask for: a fresh database on SQLite, and on PostgreSQL where TEST_POSTGRES_URL names a server."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.engine import make_url

import admin.models  # noqa: F401 - this and the next five fill Base.metadata
import bot.models  # noqa: F401
import customers.models  # noqa: F401
import intents.models  # noqa: F401
import kb.models  # noqa: F401
import sop.models  # noqa: F401
from core.db import Base, Database
from core.settings import Settings
from tests.house.evaluation import eval_folder

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")
ENGINES = ["sqlite", "postgres"] if POSTGRES else ["sqlite"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What this run could not test is said plainly. (A report header would be hidden by `-q`.)"""
    terminalreporter.write_line("PostgreSQL: tested" if POSTGRES else "PostgreSQL: not tested, TEST_POSTGRES_URL is not set")
    evaluation = eval_folder()
    absent = "not there, so nobody checked that none of it is in the repository; ZHANTING_EVAL_DIR names its folder"
    terminalreporter.write_line(f"Evaluation data: {'there, held against the repository' if evaluation else absent}")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'zhanting.db'}"


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """An empty schema of its own in the test server. Only for tests that are not generated without a server, see ENGINES."""
    with _schema() as url:
        yield url


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A database without tables, once on each engine: for tests that migrate it or start processes on it."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all our tables and nothing in them, to be copied; making them anew costs more than most tests."""
    path = tmp_path_factory.mktemp("tables") / "empty.db"
    database = Database(f"sqlite:///{path}")
    Base.metadata.create_all(database.engine)
    database.close()
    return path


@pytest.fixture
def sqlite_database(sqlite_url: str, sqlite_tables: Path, tmp_path: Path) -> Iterator[Database]:
    """Our tables on SQLite alone, for tests that are not about the database."""
    shutil.copyfile(sqlite_tables, tmp_path / "zhanting.db")
    database = Database(sqlite_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres_tables() -> Iterator[str]:
    """One schema with all our tables for the whole run; making them anew costs more than most tests."""
    with _schema() as url:
        database = Database(url)
        Base.metadata.create_all(database.engine)
        database.close()
        yield url


@pytest.fixture
def postgres_database(postgres_tables: str) -> Iterator[Database]:
    """Our tables on PostgreSQL, emptied."""
    database = Database(postgres_tables)
    with database.unit_of_work() as session:
        # In one go: the way to the server and back would cost more than the emptying.
        session.connection().exec_driver_sql(";".join(f"delete from {table.name}" for table in reversed(Base.metadata.sorted_tables)))
    yield database
    database.close()


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest) -> Database:
    """Our tables with nothing in them, once on each engine."""
    database: Database = request.getfixturevalue(f"{request.param}_database")
    return database


@contextmanager
def _schema() -> Iterator[str]:
    name = f"zhanting_{uuid4().hex}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f"create schema {name}")
        try:
            url = make_url(Settings(database_url=POSTGRES).database())
            options = f"-csearch_path={name} -csynchronous_commit=off"
            yield url.update_query_dict({"options": options}).render_as_string(hide_password=False)
        finally:
            server.execute("set lock_timeout = '10s'")
            server.execute(f"drop schema {name} cascade")
