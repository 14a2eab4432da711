"""One page of a query: filtered, ordered and cut by the database, with the number of all rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, not_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

from admin.looks.wanted import Wanted
from admin.parts.phones import LIKE_A_PHONE, may_find_hidden
from admin.rights import may
from admin.terms import Right, Who


@dataclass(frozen=True)
class Part:
    """Rows of one page, and how many there are in all."""

    rows: Sequence[Row[Any]]
    total: int


def part_of(
    session: Session, query: Select[Any], wanted: Wanted, *, sortable: Mapping[str, SQLCoreOperations[Any]], usual: Sequence[Any]
) -> Part:
    """The wanted page of `query`, which has no order yet. `usual` is the order when none is wanted, and settles ties: end it with an id."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    column = sortable.get(wanted.sort)
    order = [*([] if column is None else [_ordered(column, wanted.descending)]), *usual]
    rows = session.execute(query.order_by(*order).offset(wanted.offset).limit(wanted.size)).all()
    return Part(rows, total)


def contains(column: SQLCoreOperations[Any], words: str) -> ColumnElement[bool]:
    """The column has these words in it; capitals do not matter, and % and _ are just letters."""
    return column.icontains(words, autoescape=True)


def said_with(who: Who, column: SQLCoreOperations[str], words: str) -> ColumnElement[bool]:
    """What customers wrote has these words in it. Who may not see phone numbers does not find them digit by digit either: looking for
    digits, he finds no text that has a number in it."""
    found = contains(column, words)
    if may(who, Right.SEE_PHONES) or not may_find_hidden(words):
        return found
    return and_(found, not_(column.regexp_match(LIKE_A_PHONE)))


def _ordered(column: SQLCoreOperations[Any], descending: bool) -> Any:
    return column.desc().nulls_last() if descending else column.asc().nulls_last()
