"""Every query about plans, who is in them, and the ledger of touches."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sop.models import Enrolment, Plan, PolicyRecord, Touch
from sop.plan_reading import read_plan
from sop.plan_terms import PlanContent, PlanState
from sop.policy import TouchPolicy
from sop.policy_reading import read_policy
from sop.rosters import ROSTERS
from sop.terms import Past, Skip, Skipped, TouchKind

GO, WAIT, SKIP = "go", "wait", "skip"
PACK: Final = "pack"
# What a tick looks through: the plans that speak, and those that are held, whose touches wait.
LIVE_STATES = (PlanState.RUNNING, PlanState.HELD)
# Values in one IN list; both engines take more.
IN_AT_MOST = 10_000
_ENROLMENTS = Enrolment.__table__.c
_ADVANCE = (
    update(Enrolment.__table__)  # type: ignore[arg-type]
    # An operator may have released or stopped it since it was read: his word stands.
    .where(_ENROLMENTS.id == bindparam("of"), _ENROLMENTS.next_at == bindparam("was"))
    .values(
        {name: bindparam(name) for name in ("planned_until", "next_at", "track", "track_begun_at", "track_why", "ended_at", "end_reason")}
    )
)


def plan(session: Session, key: str) -> Plan | None:
    """The plan with this key."""
    return session.scalar(select(Plan).where(Plan.key == key))


def plans(session: Session, states: Collection[str] = tuple(PlanState)) -> list[Plan]:
    """Plans in these states, the most important first."""
    found = session.scalars(select(Plan).where(Plan.state.in_(states)))
    return sorted(found, key=lambda one: (-int(one.policy.get("priority", 0)), one.key))


def content_of(row: Plan) -> PlanContent:
    """What the plan says; ValueError names the first fault, which only a row that nobody checked can have."""
    content, faults = read_plan(row.key, as_data(row))
    if content is None:
        raise ValueError(f"plan «{row.key}» cannot be read: {'.'.join(map(str, faults[0][0]))}: {faults[0][1]}")
    return content


def as_data(row: Plan) -> dict[str, Any]:
    """The plan as plain data, as the pack has it."""
    fields = ("title", "kind", "about", "audience", "tracks", "steps", "policy", "goal", "needs")
    return {name: getattr(row, name) for name in fields}


def policy_for_all(session: Session) -> TouchPolicy:
    """The caps and quiet hours that hold for every plan."""
    row = session.get(PolicyRecord, 1)
    return read_policy(row.body) if row else TouchPolicy()


def senders_due(session: Session, kind: str, *, now: datetime) -> list[str]:
    """By whom subjects of this kind are spoken to, as far as something is due for them."""
    if kind not in ROSTERS:
        found = session.scalar(select(Enrolment.id).where(*_due(kind, now)).limit(1))
        return [] if found is None else [""]
    roster = ROSTERS[kind]
    joined = select(roster.sender).select_from(Enrolment).join(roster.table, roster.id == Enrolment.subject_id)
    return sorted(session.scalars(joined.where(*_due(kind, now)).distinct()))


def subjects_due(session: Session, kind: str, sender: str, *, now: datetime, after: str, limit: int) -> list[str]:
    """Ids above `after`, ascending, of subjects of this sender for whom something is due."""
    subject = Enrolment.subject_id
    wanted = select(subject).where(*_due(kind, now), subject > after).distinct().order_by(subject).limit(limit)
    if kind in ROSTERS:
        roster = ROSTERS[kind]
        wanted = wanted.join(roster.table, roster.id == subject).where(roster.sender == sender)
    return list(session.scalars(wanted))


def live_enrolments(session: Session, kind: str, ids: Collection[str]) -> list[Enrolment]:
    """All that these subjects are in now."""
    wanted = select(Enrolment).where(Enrolment.subject_kind == kind, Enrolment.ended_at.is_(None), Enrolment.subject_id.in_(ids))
    return list(session.scalars(wanted.order_by(Enrolment.id)))


def waiting(session: Session, kind: str, ids: Collection[str]) -> list[Touch]:
    """Touches of these subjects that wait."""
    return list(
        session.scalars(
            select(Touch).where(Touch.verdict == WAIT, Touch.subject_kind == kind, Touch.subject_id.in_(ids)).order_by(Touch.id)
        )
    )


def settled_keys(session: Session, keys: Sequence[str]) -> set[str]:
    """Those of these touches that were made or skipped."""
    found: set[str] = set()
    for some in slices(keys, IN_AT_MOST):
        found.update(session.scalars(select(Touch.key).where(Touch.key.in_(some), Touch.verdict != WAIT)))
    return found


def past_of(session: Session, kind: str, ids: Collection[str], *, since: datetime) -> dict[str, list[Past]]:
    """The touches made since then, by subject."""
    wanted = select(Touch.subject_id, Touch.decided_at, Touch.kind, Touch.plan).where(
        Touch.subject_kind == kind, Touch.subject_id.in_(ids), Touch.verdict == GO, Touch.decided_at >= since
    )
    found: dict[str, list[Past]] = {}
    for subject, at, way, by in session.execute(wanted):
        found.setdefault(subject, []).append(Past(at, TouchKind(way), by))
    return found


def settle(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Write down what was decided. Returns the keys that were new or had waited: what was made or skipped before stays as it is."""
    if not rows:
        return set()
    insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    # The table and not the class: twenty thousand rows in one look are no objects.
    table = Touch.__table__
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in ("verdict", "reason", "detail", "decided_at", "outbox_key", "made_at", "wording")}
    upsert = statement.on_conflict_do_update(index_elements=["key"], set_=changed, where=table.c.verdict == WAIT).returning(table.c.key)
    # In one order, so that two schedulers wait for each other and never for both.
    in_order = sorted((dict(row) for row in rows), key=lambda row: str(row["key"]))
    return set(session.connection().execute(upsert, in_order).scalars())


def advance(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Move enrolments on: each row has `of` (its id), `was` (the next_at that was read) and the new values."""
    if rows:
        session.connection().execute(_ADVANCE, [dict(row) for row in rows])


def is_running(session: Session, plan_key: str) -> bool:
    """Whether the plan may still speak at this moment."""
    return session.scalar(select(Plan.state).where(Plan.key == plan_key)) == PlanState.RUNNING


def free_part(session: Session, keys: Iterator[str]) -> str:
    """The first of these outbox keys that no touch has yet."""
    return next(key for key in keys if session.scalar(select(Touch.id).where(Touch.outbox_key == key).limit(1)) is None)


def wake(session: Session, plan_key: str, *, now: datetime) -> int:
    """Have the next tick look at everybody in the plan."""
    return _touch_rows(session, update(Enrolment).where(Enrolment.plan == plan_key, Enrolment.ended_at.is_(None)).values(next_at=now))


def end_all(session: Session, plan_key: str, why: Skipped, *, now: datetime) -> int:
    """Everybody leaves the plan, and what waited is skipped."""
    waits = update(Touch).where(Touch.plan == plan_key, Touch.verdict == WAIT)
    _touch_rows(session, waits.values(verdict=SKIP, reason=why, detail="", decided_at=now))
    live = update(Enrolment).where(Enrolment.plan == plan_key, Enrolment.ended_at.is_(None))
    return _touch_rows(session, live.values(ended_at=now, end_reason=why, next_at=None))


def skip_waiting(session: Session, plan_key: str, kind: str, ids: Collection[str], skip: Skip, *, now: datetime) -> int:
    """What waits for these subjects in this plan is not made."""
    waits = update(Touch).where(Touch.plan == plan_key, Touch.verdict == WAIT, Touch.subject_kind == kind, Touch.subject_id.in_(ids))
    return _touch_rows(session, waits.values(verdict=SKIP, reason=skip.why, detail=skip.detail, decided_at=now))


def in_plan(kind: str, plan_key: str, subject: Any, *, again_after: timedelta | None, now: datetime) -> Any:
    """Whether a subject (a column) is in the plan, or was and may not be enrolled anew."""
    mine = and_(Enrolment.plan == plan_key, Enrolment.subject_kind == kind, Enrolment.subject_id == subject)
    found = select(Enrolment.id).where(mine)
    if again_after is None:
        return found.exists()
    return found.where(or_(Enrolment.ended_at.is_(None), Enrolment.ended_at > now - again_after)).exists()


def rounds(session: Session, kind: str, plan_key: str, ids: Collection[str]) -> dict[str, int]:
    """How often each of these has been in the plan."""
    mine = select(Enrolment.subject_id, func.max(Enrolment.round)).where(
        Enrolment.plan == plan_key, Enrolment.subject_kind == kind, Enrolment.subject_id.in_(ids)
    )
    return {subject: int(most) for subject, most in session.execute(mine.group_by(Enrolment.subject_id))}


def slices(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """In order, at most `size` at a time."""
    return (values[start : start + size] for start in range(0, len(values), size))


def _due(kind: str, now: datetime) -> tuple[Any, ...]:
    return Enrolment.subject_kind == kind, Enrolment.ended_at.is_(None), Enrolment.next_at <= now


def _touch_rows(session: Session, statement: Any) -> int:
    done = session.execute(statement.execution_options(synchronize_session=False))
    session.expire_all()
    return int(done.rowcount)  # type: ignore[attr-defined]
