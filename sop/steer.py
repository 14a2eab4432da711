"""What an operator does to a plan or to one subject in it: start, hold, release, stop; keep a group on its track."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.errors import Refused
from sop import store
from sop.models import Enrolment, Plan, PlanVersion
from sop.plan_reading import read_plan
from sop.plan_terms import PLAN_STATE_NAMES, PlanState
from sop.terms import Skipped

_MAY_BECOME = {
    PlanState.DRAFT: {PlanState.RUNNING},
    PlanState.RUNNING: {PlanState.HELD, PlanState.STOPPED},
    PlanState.HELD: {PlanState.RUNNING, PlanState.STOPPED},
    PlanState.STOPPED: set[PlanState](),
}


def start(session: Session, plan: Plan, *, now: datetime) -> None:
    """It speaks from now on; what would have been said before stays unsaid. Refused: a fact that it needs does not exist."""
    if plan.needs:
        raise Refused(f"“{plan.title}”还不能启动：{plan.needs}")
    was_held = plan.state == PlanState.HELD
    _become(plan, PlanState.RUNNING)
    if was_held:
        store.wake(session, plan.key, now=now)
        return
    plan.started_at, plan.enrolled_at = now, None


def hold(plan: Plan) -> None:
    """It waits: what falls due is said after the release, as far as it still makes sense then."""
    _become(plan, PlanState.HELD)


def stop(session: Session, plan: Plan, *, now: datetime) -> int:
    """It never speaks again; how many left it."""
    _become(plan, PlanState.STOPPED)
    return store.end_all(session, plan.key, Skipped.STOPPED, now=now)


def hold_one(session: Session, enrolment: Enrolment, by: str, why: str = "", *, now: datetime) -> None:
    """One subject waits (an empty `by` releases it)."""
    enrolment.held_by, enrolment.held_why, enrolment.next_at = by, why if by else "", now
    session.flush()


def hold_track(enrolment: Enrolment, by: str, why: str = "", *, track: str = "", now: datetime) -> None:
    """A group stays on its track, or on the one that is named, until it is released (an empty `by`)."""
    if track and track != enrolment.track:
        enrolment.track, enrolment.track_begun_at = track, now
    enrolment.track_held_by = by
    if by:
        enrolment.track_why = f"{by} 固定在这一轨" + (f"：{why}" if why else "")
    enrolment.next_at = now


def change(session: Session, plan: Plan, data: Mapping[str, Any], by: str, *, now: datetime) -> list[tuple[tuple[str | int, ...], str]]:
    """Write an operator's edit of the plan; returns the faults (place, reason), with any of which nothing is changed."""
    content, faults = read_plan(plan.key, data)
    if content is None:
        return faults
    replace(session, plan, data, by, now=now)
    store.skip_steps(session, plan.key, [step.key for step in content.steps if not step.is_off], now=now)
    # A step may have come nearer: everybody is looked at once.
    session.execute(update(Enrolment).where(Enrolment.plan == plan.key, Enrolment.ended_at.is_(None)).values(next_at=now))
    plan.enrolled_at = None
    return []


def replace(session: Session, plan: Plan, data: Mapping[str, Any], by: str, *, now: datetime) -> None:
    """A new version with this plain data, checked before; what the plan said until now is kept."""
    before = {"body": store.as_data(plan), "made_by": plan.made_by, "replaced_at": now}
    session.add(PlanVersion(plan=plan.key, version=plan.version, **before))
    fill(plan, data, by, now=now)
    plan.version += 1


def fill(plan: Plan, data: Mapping[str, Any], by: str, *, now: datetime) -> None:
    """Put plain data, checked before, into the row."""
    plan.title, plan.kind, plan.about = str(data["title"]), str(data["kind"]), str(data.get("about", ""))
    plan.audience, plan.goal, plan.policy = dict(data.get("audience") or {}), dict(data.get("goal") or {}), dict(data.get("policy") or {})
    plan.tracks, plan.steps = list(data.get("tracks") or []), list(data["steps"])
    plan.needs, plan.made_by, plan.updated_at = str(data.get("needs", "")), by, now


def _become(plan: Plan, state: PlanState) -> None:
    # What it says was not changed by that, nor by whoever wrote it: `made_by` and `updated_at` stay.
    if state not in _MAY_BECOME[PlanState(plan.state)]:
        raise Refused(f"“{plan.title}”现在是{PLAN_STATE_NAMES[PlanState(plan.state)]}，不能变为{PLAN_STATE_NAMES[state]}")
    plan.state = state
