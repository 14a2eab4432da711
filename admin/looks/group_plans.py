"""What a group's page shows of plans: which it is in, on which track and why, what comes next, and whether somebody lets it wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.looks.forecast import forecast
from admin.looks.plan_words import STATE_TONES, plan_state
from admin.looks.plans import AHEAD, moment_ahead, next_posts
from admin.parts.when import exactly, when
from admin.terms import Who
from customers.models import GroupChat
from sop import store
from sop.calendar import IsWorkday
from sop.models import Enrolment, Plan
from sop.plan_terms import PlanState

_LEFT_SHOWN = 5


@dataclass(frozen=True)
class GroupPlan:
    """One plan that the group is in. `tracks`: key → title of those it may be moved to; empty when the plan has none."""

    enrolment: int
    plan: str
    title: str
    state: str
    tone: str
    since: str
    since_exactly: str
    track: str
    track_title: str
    track_why: str
    tracks: Mapping[str, str]
    track_held: bool
    held_by: str
    held_why: str
    next: str


@dataclass(frozen=True)
class GroupPlans:
    """The plans that it is in now, and in words those that it left last."""

    live: Sequence[GroupPlan]
    left: Sequence[str]


def plans_of_group(session: Session, who: Who, group: GroupChat, *, is_workday: IsWorkday, now: datetime) -> GroupPlans:
    """Of a group that he may see, the newest first; a dismissed one has no next post."""
    mine = (Enrolment.subject_kind == "group") & (Enrolment.subject_id == group.chat_id)
    found = session.scalars(select(Enrolment).where(mine).order_by(Enrolment.id.desc())).all()
    plans = {plan.key: plan for plan in session.scalars(select(Plan).where(Plan.key.in_({one.plan for one in found})))}
    ahead = forecast(session, who, start=now, end=now + AHEAD, is_workday=is_workday, only=mine)
    steps = next_posts(ahead)
    live = []
    for one in found:
        if one.ended_at is None and one.plan in plans:
            following = steps.get(one.plan)
            coming = f"{moment_ahead(following.moment, now=now)} {_step(plans[one.plan], following.step)}" if following else ""
            live.append(_live(one, plans[one.plan], coming, now=now))
    gone = [one for one in found if one.ended_at is not None][:_LEFT_SHOWN]
    left = [f"{plans[one.plan].title if one.plan in plans else one.plan}：{one.end_reason}，{when(one.ended_at, now=now)}" for one in gone]
    return GroupPlans(live, left)


def _live(one: Enrolment, plan: Plan, coming: str, *, now: datetime) -> GroupPlan:
    tracks = {track.key: track.title for track in store.content_of(plan).tracks}
    return GroupPlan(
        enrolment=one.id,
        plan=plan.key,
        title=plan.title,
        state=plan_state(plan.state),
        tone=STATE_TONES[PlanState(plan.state)],
        since=when(one.enrolled_at, now=now),
        since_exactly=exactly(one.enrolled_at),
        track=one.track,
        track_title=tracks.get(one.track, one.track),
        track_why=one.track_why,
        tracks=tracks,
        track_held=bool(one.track_held_by),
        held_by=one.held_by,
        held_why=one.held_why,
        next=coming or _why_nothing(one, plan),
    )


def _why_nothing(one: Enrolment, plan: Plan) -> str:
    if one.held_by:
        return "恢复后继续"
    return "计划恢复后继续" if plan.state == PlanState.HELD else f"{AHEAD.days} 天内没有要发的"


def _step(plan: Plan, key: str) -> str:
    return next((str(step["title"]) for step in plan.steps if step["key"] == key), key)
