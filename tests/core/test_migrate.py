"""Migrations bring an empty database to the models, once, on both engines."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from core.db import Base, Database
from core.migrate import migrate
from customers.recognise import recognise
from tests.bot.builders import LI, NOW


@pytest.fixture
def empty(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


def revisions(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(text("SELECT version_num FROM alembic_version")))


def differences(database: Database) -> list[Any]:
    """What a new migration would have to change."""
    with database.engine.connect() as connection:
        found: list[Any] = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    return found


def test_an_empty_database_gets_every_table(empty: Database) -> None:
    migrate(empty)
    assert {*Base.metadata.tables, "alembic_version"} == set(inspect(empty.engine).get_table_names())


def test_models_and_migrations_agree(empty: Database) -> None:
    migrate(empty)
    assert differences(empty) == [], "a model has changed: make migration"


def test_upgrading_twice_is_upgrading_once(empty: Database) -> None:
    migrate(empty)
    with empty.unit_of_work() as session:
        recognise(session, LI, now=NOW)
    before = revisions(empty)
    migrate(empty)
    assert revisions(empty) == before
    with empty.unit_of_work() as session:
        assert recognise(session, LI, now=NOW + timedelta(days=1)).first_seen_at == NOW, "what was there stays there"


def test_two_processes_may_upgrade_at_once(empty: Database) -> None:
    other = Database(empty.url)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(migrate, [empty, other]))
    other.close()
    assert len(revisions(empty)) == 1


def test_a_database_without_migrations_differs(empty: Database) -> None:
    assert {difference[0] for difference in differences(empty)} >= {"add_table"}, "the comparison can fail"
