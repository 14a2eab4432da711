"""What would become of a plan's words if they were said at a moment: every subject of its audience is judged as the tick would."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from sop import store
from sop.audience import members
from sop.audience_rule import OneOf
from sop.backlog import is_backlog
from sop.enrol import Speaking, is_at_goal, speaking
from sop.models import Enrolment, Plan
from sop.plan_terms import PlanContent
from sop.policy import TouchPolicy, may_touch
from sop.preview import Counts, counted
from sop.rosters import ROSTERS
from sop.standing import Around, Talks, look_around
from sop.terms import Asked, Skip, Skipped, Subject, TouchKind, Verdict

SLICE = 2_000
_NEEDS_SENDER = (TouchKind.GROUP_POST, TouchKind.MASS_MESSAGE)


def preview(session: Session, plan: Plan, talks: Talks, *, at: datetime) -> Counts:
    """Verdicts by reason, over everybody in the audience now, in slices of flat memory."""
    content, counts = store.content_of(plan), Counts()
    plans = {one.content.key: one for one in speaking(session)}
    plans[plan.key] = Speaking(content, at, None)
    policy = store.policy_for_all(session).stricter(content.caps, content.quiet)
    started_at = plan.started_at or at
    for some in _slices(session, content, started_at=started_at, now=at):
        around = look_around(session, content.subject, "", list(some), plans, talks, now=at)
        counted((_verdict(around, content, plans, policy, id_, one, at=at) for id_, one in some.items() if id_ in around.known), counts)
    return counts


@dataclass(frozen=True)
class Listed:
    """One of the audience: by whom he is spoken to, whether he belonged before the plan began, and whether he is where it leads."""

    sender: str = ""
    is_backlog: bool = False
    is_at_goal: bool = False


def _verdict(
    around: Around, content: PlanContent, plans: Mapping[str, Speaking], policy: TouchPolicy, id_: str, listed: Listed, *, at: datetime
) -> Verdict:
    mine = next((one for one in around.enrolments.get(id_, ()) if one.plan == content.key), None)
    if mine is None and listed.is_backlog:
        return Skip(Skipped.BEFORE)
    if mine is None and listed.is_at_goal:
        return Skip(Skipped.GOAL_MET)
    enrolment = mine or Enrolment(plan=content.key, subject_kind=around.kind, subject_id=id_, held_by="", id=0)
    asked = Asked("", Subject(around.kind, id_), content.kind, content.key, at, at + content.latest, content.priority)
    verdict = may_touch(asked, around.standing(enrolment, plans), policy, now=at)
    if isinstance(verdict, Skip):
        return verdict
    talk = around.known[id_].talk
    if content.kind is TouchKind.KF_MESSAGE and (talk is None or talk.left <= 0):
        return Skip(Skipped.WINDOW_CLOSED)
    return Skip(Skipped.UNREACHABLE) if content.kind in _NEEDS_SENDER and not listed.sender else verdict


def _slices(session: Session, content: PlanContent, *, started_at: datetime, now: datetime) -> Iterator[dict[str, Listed]]:
    """By WeCom's id."""
    if content.subject not in ROSTERS:
        names: Sequence[str] = content.audience.names if isinstance(content.audience, OneOf) else ()
        yield dict.fromkeys(names, Listed())
        return
    roster, after = ROSTERS[content.roster], 0
    outside = is_backlog(content, started_at=started_at), is_at_goal(content, now=now)
    while True:
        wanted = members(content.audience, content.roster, now=now).add_columns(roster.sender, *outside)
        found = session.execute(wanted.where(roster.row > after).order_by(roster.row).limit(SLICE)).all()
        if found:
            yield {row[1]: Listed(row[4], bool(row[5]), bool(row[6])) for row in found}
        if len(found) < SLICE:
            return
        after = found[-1][0]
