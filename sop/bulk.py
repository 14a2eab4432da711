"""The statements of a tick: about tables and not entities, any number of ids in one parameter, each built once (decision 0009)."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from typing import cast as cast_type

from sqlalchemy import JSON, Integer, Select, Table, Text, Update, bindparam, cast, column, func, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.db import UtcDateTime
from sop.models import Enrolment, Touch
from sop.rosters import ROSTERS
from sop.store import GO, WAIT
from sop.terms import Past, TouchKind

_E, _T = cast_type(Table, Enrolment.__table__), cast_type(Table, Touch.__table__)
_SHARED = (
    *("plan", "step", "subject_kind", "kind", "wording", "planned", "latest"),
    *("verdict", "reason", "detail", "decided_at", "outbox_key", "made_at", "result"),
)
_CHANGES = ("verdict", "reason", "detail", "decided_at", "outbox_key", "made_at", "wording")
_MOVES = ("planned_until", "next_at", "ended_at", "end_reason")
_ON_TRACK = ("track", "track_begun_at", "track_why")


class Live(NamedTuple):
    """An enrolment that has not ended, as the tick reads it; its columns are told in sop/models.py."""

    id: int
    plan: str
    subject_kind: str
    subject_id: str
    round: int
    begun_at: datetime
    planned_until: datetime
    next_at: datetime | None
    track: str
    track_begun_at: datetime | None
    track_why: str
    track_held_by: str
    held_by: str


class Waiting(NamedTuple):
    """A touch that waits."""

    key: str
    plan: str
    step: str
    subject_id: str
    kind: str
    planned: datetime
    latest: datetime


class Move(NamedTuple):
    """How enrolments go on whose `next_at` still `was` what was read; `on_track`: track, its beginning and reason, when they change."""

    was: datetime
    planned_until: datetime
    next_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    on_track: tuple[str, datetime | None, str] | None = None


def senders_due(session: Session, kind: str, *, now: datetime) -> list[str]:
    """By whom subjects of this kind are spoken to, as far as something is due for them."""
    if kind not in ROSTERS:
        found = session.scalar(select(_E.c.id).where(*_due(kind), _E.c.next_at <= now).limit(1))
        return [] if found is None else [""]
    roster = ROSTERS[kind]
    joined = select(roster.sender).select_from(_E).join(roster.table, roster.id == _E.c.subject_id)
    return sorted(session.scalars(joined.where(*_due(kind), _E.c.next_at <= now).distinct()))


def subjects_due(session: Session, kind: str, sender: str, *, now: datetime, after: str, limit: int) -> list[str]:
    """Ids above `after`, ascending, of subjects of this sender for whom something is due."""
    return list(session.connection().execute(_subjects(kind), {"sender": sender, "now": now, "after": after, "most": limit}).scalars())


def live_enrolments(session: Session, kind: str, some: Collection[str]) -> list[Live]:
    """All that these subjects are in now, in the order in which they entered."""
    return [Live._make(row) for row in of_ids(session, _live, some, of_kind=kind)]


def waiting(session: Session, kind: str, some: Collection[str]) -> list[Waiting]:
    """Touches of these subjects that wait."""
    return [Waiting._make(row) for row in of_ids(session, _waiting, some, of_kind=kind)]


def past_of(session: Session, kind: str, some: Collection[str], *, since: datetime) -> dict[str, list[Past]]:
    """The touches made since then, by subject."""
    found: dict[str, list[Past]] = {}
    for subject, at, way, by, step in of_ids(session, _past, some, of_kind=kind, since=since):
        found.setdefault(subject, []).append(Past(at, TouchKind(way), by, step))
    return found


def settled_keys(session: Session, keys: Collection[str]) -> set[str]:
    """Those of these touches that were made or skipped."""
    return set(of_ids(session, _settled, keys).scalars())


def settle(session: Session, line: Mapping[str, Any], subject_of: Mapping[str, str]) -> set[str]:
    """Write down what was decided of these touches (key → subject), whose lines are alike in all the rest. Returns the keys that were new
    or had waited: what was made or skipped before stays as it is."""
    # In one order, so that two schedulers wait for each other and never for both.
    lines = json.dumps(sorted(subject_of.items()))
    values = {f"of_{name}": line[name] for name in _SHARED} | {"lines": lines}
    return set(session.connection().execute(_settle(_dialect(session)), values).scalars())


def advance(session: Session, moves: Iterable[tuple[int, Move]]) -> None:
    """Move enrolments (by id) on; those that go on alike in one statement."""
    alike: dict[Move, list[int]] = {}
    for id_, move in moves:
        alike.setdefault(move, []).append(id_)
    for move, ids in alike.items():
        new = {name: getattr(move, name) for name in _MOVES}
        if move.on_track is not None:
            new |= dict(zip(_ON_TRACK, move.on_track, strict=True))
        values = {f"to_{name}": value for name, value in new.items()} | {"was": move.was, "ids": json.dumps(ids)}
        session.connection().execute(_advance(_dialect(session), *new), values)


def of_ids(session: Session, statement: Callable[[str], Any], some: Collection[str], **more: Any) -> Any:
    """The rows of a statement that was built with `ids`, for these."""
    return session.connection().execute(statement(_dialect(session)), {"ids": json.dumps(list(some)), **more})


def ids(dialect: str, type_: Any = Text) -> Select[Any]:
    """The elements of the parameter `ids`."""
    if dialect == "sqlite":
        return select(_each(dialect, "ids", type_))
    element = func.json_array_elements_text(cast(bindparam("ids", type_=Text), JSON)).table_valued(column("value", Text)).c.value
    return select(element if type_ is Text else cast(element, type_))


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def _each(dialect: str, name: str, type_: Any) -> Any:
    # One parameter for all: an IN list is rendered and bound anew for each number of ids.
    bound = bindparam(name, type_=Text)
    elements = func.json_each(bound) if dialect == "sqlite" else func.json_array_elements(cast(bound, JSON))
    return elements.table_valued(column("value", type_)).c.value


def _due(kind: str) -> tuple[Any, ...]:
    return _E.c.subject_kind == kind, _E.c.ended_at.is_(None)


@cache
def _subjects(kind: str) -> Select[Any]:
    now, after = bindparam("now", type_=UtcDateTime), bindparam("after", type_=Text)
    if kind not in ROSTERS:
        due = select(_E.c.subject_id).where(*_due(kind), _E.c.next_at <= now, _E.c.subject_id > after)
    else:
        roster = ROSTERS[kind]
        mine = select(roster.id).where(roster.sender == bindparam("sender", type_=Text), roster.id > after)
        # From the sender's own people, who are few, to what they are in. By the index of what is due, which a bare comparison would tempt
        # SQLite to take, each sender would cost a look at everybody who is due.
        next_at = func.coalesce(_E.c.next_at, _E.c.next_at)
        due = select(_E.c.subject_id).where(*_due(kind), next_at <= now, _E.c.subject_id.in_(mine))
    return due.distinct().order_by(_E.c.subject_id).limit(bindparam("most", type_=Integer))


@cache
def _live(dialect: str) -> Select[Any]:
    wanted = select(*(_E.c[name] for name in Live._fields))
    mine = _E.c.subject_kind == bindparam("of_kind"), _E.c.subject_id.in_(ids(dialect))
    return wanted.where(*mine, _E.c.ended_at.is_(None)).order_by(_E.c.id)


@cache
def _waiting(dialect: str) -> Select[Any]:
    wanted = select(*(_T.c[name] for name in Waiting._fields))
    # Spelled as the partial index of sop/models.py spells it.
    waits = _T.c.verdict == literal_column("'wait'")
    return wanted.where(waits, _T.c.subject_kind == bindparam("of_kind"), _T.c.subject_id.in_(ids(dialect))).order_by(_T.c.id)


@cache
def _past(dialect: str) -> Select[Any]:
    mine = _T.c.subject_kind == bindparam("of_kind"), _T.c.subject_id.in_(ids(dialect))
    lately = _T.c.verdict == GO, _T.c.decided_at >= bindparam("since", type_=UtcDateTime)
    return select(_T.c.subject_id, _T.c.decided_at, _T.c.kind, _T.c.plan, _T.c.step).where(*mine, *lately)


@cache
def _settled(dialect: str) -> Select[Any]:
    return select(_T.c.key).where(_T.c.key.in_(ids(dialect)), _T.c.verdict != WAIT)


@cache
def _settle(dialect: str) -> Any:
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    pair = _each(dialect, "lines", JSON)
    shared = [bindparam(f"of_{name}", type_=_T.c[name].type) for name in _SHARED]
    # The condition is for SQLite, which would take «on conflict» for a join's otherwise.
    lines = select(pair[0].as_string(), pair[1].as_string(), *shared).where(pair.is_not(None))
    statement = insert(_T).from_select(["key", "subject_id", *_SHARED], lines)
    changed = {name: statement.excluded[name] for name in _CHANGES}
    return statement.on_conflict_do_update(index_elements=["key"], set_=changed, where=_T.c.verdict == WAIT).returning(_T.c.key)


@cache
def _advance(dialect: str, *names: str) -> Update:
    # An operator may have released or stopped it since it was read: his word stands. Locked in one order, as in `settle`.
    is_as_read = _E.c.next_at == bindparam("was", type_=UtcDateTime)
    mine = select(_E.c.id).where(_E.c.id.in_(ids(dialect, Integer)), is_as_read).order_by(_E.c.id).with_for_update()
    return update(_E).where(_E.c.id.in_(mine)).values({name: bindparam(f"to_{name}", type_=_E.c[name].type) for name in names})
