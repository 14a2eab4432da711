"""Deletes what is no longer kept, slice by slice, so that nobody waits for SQLite's one writer."""

from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from core.db import Base, Database

SLICE = 1_000


def delete_in_slices(database: Database, table: type[Base], condition: ColumnElement[bool]) -> int:
    """Rows of a table with an «id» that fulfil the condition; how many there were. Each slice is found without the lock."""
    key: Any = table.__table__.c.id
    gone = 0
    while True:
        with database.reading() as session:
            some = session.scalars(select(key).where(condition).order_by(key).limit(SLICE)).all()
        if some:
            with database.unit_of_work() as session:
                session.execute(delete(table).where(key.in_(some)).execution_options(synchronize_session=False))
        gone += len(some)
        if len(some) < SLICE:
            return gone


def overwrite_deleted(session: Session) -> None:
    """From here on what this connection deletes is overwritten: SQLite would leave it readable in its file until the place is needed.
    PostgreSQL's autovacuum does the like by itself."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA secure_delete=ON").all()
