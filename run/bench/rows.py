"""Many made-up rows into a table, some at a time."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from sqlalchemy import insert

from core.db import Base, Database

_AT_ONCE = 20_000


def insert_rows(database: Database, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """All of them; every row has the same keys."""
    left = iter(rows)
    while some := list(islice(left, _AT_ONCE)):
        with database.unit_of_work(durable=False) as session:
            session.execute(insert(table.__table__), some)  # type: ignore[arg-type]
