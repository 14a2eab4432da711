"""Brings the database's tables to this version of the program, and writes new migrations from the models."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from core.db import Database

_FOLDER = Path(__file__).resolve().parent / "migrations"


def migrate(database: Database) -> None:
    """Upgrade to the newest revision; does nothing when it is there already. Two processes may call it at once."""
    _run(database.engine, lambda config: command.upgrade(config, "head"))


def write_migration(database: Database, message: str) -> None:
    """A new revision file from the difference between models and this database (for developers: `make migration`)."""
    _run(database.engine, lambda config: command.revision(config, message, autogenerate=True))


def _run(engine: Engine, do: Callable[[Config], object]) -> None:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Of two processes that start together one migrates, the other waits and then finds it done.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(740417)")
        config.attributes["connection"] = connection
        do(config)
