"""A slice of subjects → what is decided about each touch that fell due, and how their enrolments go on. Reads only rows given to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.zone import SHANGHAI
from sop.calendar import IsWorkday
from sop.enrol import Speaking, track_of
from sop.models import Enrolment, Touch
from sop.plan import MOMENT, Member, next_look, planned_touches, wording_number
from sop.plan_terms import Step
from sop.policy import TouchPolicy, may_touch, merged
from sop.settle import Decision
from sop.standing import Around
from sop.terms import Asked, Go, Skip, Skipped, Subject, TouchKind, Verdict, Wait
from sop.words import Library

DONE = "走完了全部步骤"


@dataclass(frozen=True)
class Judge:
    """Everything that a decision needs besides the subjects themselves; `policies` is each plan's own beside the one for all."""

    plans: Mapping[str, Speaking]
    policies: Mapping[str, TouchPolicy]
    library: Library
    is_workday: IsWorkday
    now: datetime

    def wanted(self, around: Around, waiting: Sequence[Touch]) -> list[tuple[Asked, Step, Enrolment]]:
        """The touches that want to be made now: those newly due, and those that wait."""
        due = [one for rows in around.enrolments.values() for one in rows if self._is_due(one)]
        fresh = [
            (asked, step, one)
            for one in due
            for asked, step in planned_touches(self.plans[one.plan].content, member_of(one), now=self.now, is_workday=self.is_workday)
        ]
        return [*fresh, *self._again(around, due, waiting)]

    def decide(self, around: Around, wanted: Sequence[tuple[Asked, Step, Enrolment]]) -> list[Decision]:
        """One decision for each; of several that would reach a subject at this moment only the most important goes."""
        decisions = [self._decide(around, *one) for one in wanted]
        others = merged([one.asked for one in decisions if isinstance(one.verdict, Go)])
        return [replace(one, verdict=others[one.asked.key], saying=None) if one.asked.key in others else one for one in decisions]

    def next_of(self, around: Around, decisions: Sequence[Decision]) -> list[dict[str, Any]]:
        """How each due enrolment goes on: its next look, its track, or its end. For store.advance."""
        waits: dict[tuple[str, str], datetime] = {}
        for one in decisions:
            if isinstance(one.verdict, Wait):
                mine = (one.asked.plan, one.asked.subject.id)
                waits[mine] = min(one.verdict.until, waits.get(mine, one.verdict.until))
        due = (one for rows in around.enrolments.values() for one in rows if self._is_due(one))
        return [self._next(around, one, waits.get((one.plan, one.subject_id))) for one in due]

    def leaving(self, around: Around, enrolment: Enrolment) -> Skipped | None:
        """Why this subject leaves the plan now, if it does; in the order in which the policy names its reasons."""
        standing = around.known[enrolment.subject_id].standing
        reasons = (
            (standing.opted_out, Skipped.OPTED_OUT),
            (standing.blacklisted, Skipped.BLACKLISTED),
            (standing.dismissed, Skipped.DISMISSED),
            ((enrolment.plan, enrolment.subject_id) in around.goals, Skipped.GOAL_MET),
        )
        return next((why for holds, why in reasons if holds), None)

    def _is_due(self, enrolment: Enrolment) -> bool:
        known = enrolment.plan in self.plans and enrolment.next_at is not None
        return known and enrolment.next_at is not None and enrolment.next_at <= self.now

    def _again(self, around: Around, due: Sequence[Enrolment], waiting: Sequence[Touch]) -> Iterator[tuple[Asked, Step, Enrolment]]:
        of = {(one.plan, one.subject_id): one for one in due}
        for touch in waiting:
            enrolment = of.get((touch.plan, touch.subject_id))
            step = self.plans[touch.plan].content.step_by_key.get(touch.step) if enrolment else None
            if enrolment is not None and step is not None:
                subject, priority = Subject(around.kind, touch.subject_id), self.plans[touch.plan].content.priority
                yield Asked(touch.key, subject, TouchKind(touch.kind), touch.plan, touch.planned, touch.latest, priority), step, enrolment

    def _decide(self, around: Around, asked: Asked, step: Step, enrolment: Enrolment) -> Decision:
        number = wording_number(step, asked.subject, asked.planned, round_=enrolment.round)
        known = around.known.get(asked.subject.id)
        if known is None:
            return Decision(asked, step.key, Skip(Skipped.UNREACHABLE), number)
        verdict: Verdict = may_touch(asked, around.standing(enrolment, self.plans), self.policies[asked.plan], now=self.now)
        if isinstance(verdict, Skip):
            return Decision(asked, step.key, verdict, number)
        unreachable = self._unreachable(around, asked)
        if unreachable is not None:
            return Decision(asked, step.key, Skip(unreachable), number)
        today = self.now.astimezone(SHANGHAI).date()
        saying = self.library.say(asked.plan, step, number, sender_name=around.sender_name, store=known.store, today=today)
        if saying is None:
            return Decision(asked, step.key, Skip(Skipped.EXPIRED, step.title), number)
        return Decision(asked, step.key, verdict, number, saying, known.talk)

    def _unreachable(self, around: Around, asked: Asked) -> Skipped | None:
        if asked.kind is TouchKind.KF_MESSAGE:
            talk = around.known[asked.subject.id].talk
            return Skipped.WINDOW_CLOSED if talk is None or talk.left <= 0 else None
        needs_sender = asked.kind in (TouchKind.GROUP_POST, TouchKind.MASS_MESSAGE)
        return Skipped.UNREACHABLE if needs_sender and not around.sender else None

    def _next(self, around: Around, enrolment: Enrolment, wait: datetime | None) -> dict[str, Any]:
        row: dict[str, Any] = {
            "of": enrolment.id,
            "was": enrolment.next_at,
            "planned_until": self.now + MOMENT,
            "track": enrolment.track,
            "track_begun_at": enrolment.track_begun_at,
            "track_why": enrolment.track_why,
            "next_at": None,
            "ended_at": None,
            "end_reason": "",
        }
        known, content = around.known.get(enrolment.subject_id), self.plans[enrolment.plan].content
        why = self.leaving(around, enrolment) if known else Skipped.UNREACHABLE
        if why is not None:
            return row | {"ended_at": self.now, "end_reason": why}
        member = member_of(enrolment)
        if content.tracks and known is not None and not enrolment.track_held_by:
            row |= self._track(enrolment, known.stage)
            member = replace(member, track=row["track"], track_begun=row["track_begun_at"])
        ahead = [moment for moment in (next_look(content, member, after=self.now, is_workday=self.is_workday), wait) if moment is not None]
        row |= {"next_at": min(ahead)} if ahead else {"ended_at": self.now, "end_reason": DONE}
        return row

    def _track(self, enrolment: Enrolment, stage: str) -> dict[str, Any]:
        on, begun = track_of(self.plans[enrolment.plan].content, enrolment.begun_at, stage, now=self.now)
        if on.key == enrolment.track:
            return {"track_why": on.why}
        return {"track": on.key, "track_begun_at": begun, "track_why": on.why}


def member_of(enrolment: Enrolment) -> Member:
    """The enrolment as the plan's arithmetic sees it."""
    subject = Subject(enrolment.subject_kind, enrolment.subject_id)
    track = enrolment.track, enrolment.track_begun_at
    return Member(subject, enrolment.begun_at, enrolment.planned_until, *track, enrolment.round)
