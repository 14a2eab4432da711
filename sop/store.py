"""Every query about plans, who is in them, and the ledger of touches; those of a tick stand in sop/bulk.py."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from sop.models import Enrolment, Plan, PlanVersion, PolicyRecord, Touch
from sop.plan_reading import read_plan
from sop.plan_terms import PlanContent, PlanState
from sop.policy import TouchPolicy
from sop.policy_reading import read_policy
from sop.terms import Skip, Skipped

GO, WAIT, SKIP = "go", "wait", "skip"
PACK: Final = "pack"
# What a tick looks through: the plans that speak, and those that are held, whose touches wait.
LIVE_STATES = (PlanState.RUNNING, PlanState.HELD)


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


def earlier_versions(session: Session, key: str) -> list[PlanVersion]:
    """What the plan said before, the newest first."""
    return list(session.scalars(select(PlanVersion).where(PlanVersion.plan == key).order_by(PlanVersion.version.desc())))


def policy_for_all(session: Session) -> TouchPolicy:
    """The caps and quiet hours that hold for every plan."""
    row = session.get(PolicyRecord, 1)
    return read_policy(row.body) if row else TouchPolicy()


def is_running(session: Session, plan_key: str) -> bool:
    """Whether the plan may still speak at this moment."""
    return session.scalar(select(Plan.state).where(Plan.key == plan_key)) == PlanState.RUNNING


def free_part(session: Session, keys: Iterator[str]) -> str:
    """The first of these outbox keys that no touch has yet."""
    return next(key for key in keys if session.scalar(select(Touch.id).where(Touch.outbox_key == key).limit(1)) is None)


def wake(session: Session, plan_key: str, *, now: datetime) -> int:
    """Have the next tick look at everybody in the plan."""
    return _touch_rows(session, update(Enrolment).where(Enrolment.plan == plan_key, Enrolment.ended_at.is_(None)).values(next_at=now))


def wake_subject(session: Session, kind: str, subject_id: str, *, now: datetime) -> int:
    """Have the next tick look at all that this subject is in: what he is to leave makes room for what he enters."""
    mine = Enrolment.subject_kind == kind, Enrolment.subject_id == subject_id, Enrolment.ended_at.is_(None)
    return _touch_rows(session, update(Enrolment).where(*mine).values(next_at=now))


def end_all(session: Session, plan_key: str, why: Skipped, *, now: datetime) -> int:
    """Everybody leaves the plan, and what waited is skipped."""
    waits = update(Touch).where(Touch.plan == plan_key, Touch.verdict == WAIT)
    _touch_rows(session, waits.values(verdict=SKIP, reason=why, detail="", decided_at=now))
    live = update(Enrolment).where(Enrolment.plan == plan_key, Enrolment.ended_at.is_(None))
    return _touch_rows(session, live.values(ended_at=now, end_reason=why, next_at=None))


def skip_steps(session: Session, plan_key: str, said: Collection[str], *, now: datetime) -> int:
    """What waits in this plan of other steps than these is not made: they were switched off or taken out."""
    waits = update(Touch).where(Touch.plan == plan_key, Touch.verdict == WAIT, Touch.step.not_in(said))
    return _touch_rows(session, waits.values(verdict=SKIP, reason=Skipped.STEP_OFF, detail="", decided_at=now))


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


def _touch_rows(session: Session, statement: Any) -> int:
    done = session.execute(statement.execution_options(synchronize_session=False))
    session.expire_all()
    return int(done.rowcount)  # type: ignore[attr-defined]
