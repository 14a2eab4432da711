"""A slice of subjects → what is decided about each touch that fell due, and how their enrolments go on. Reads only rows given to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.zone import SHANGHAI
from sop.bulk import Live, Move, Waiting
from sop.calendar import IsWorkday, Weekly
from sop.enrol import Speaking, track_of
from sop.plan import MOMENT, Member, next_look, planned_touches, wording_number
from sop.plan_terms import Step
from sop.policy import TouchPolicy, may_touch, merged
from sop.settle import Decision
from sop.standing import Around
from sop.terms import Asked, Go, Skip, Skipped, Standing, Subject, TouchKind, Verdict, Wait
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

    def due(self, around: Around) -> list[tuple[Live, Member]]:
        """The enrolments that are looked at now; others of these subjects only stand beside them."""
        return [(one, member_of(one)) for rows in around.enrolments.values() for one in rows if self._is_due(one)]

    def wanted(self, around: Around, due: Sequence[tuple[Live, Member]], waiting: Sequence[Waiting]) -> list[tuple[Asked, Step, Live]]:
        """The touches that want to be made now: those newly due, and those that wait."""
        fresh = [
            (asked, step, one)
            for one, member in due
            for asked, step in planned_touches(self.plans[one.plan].content, member, now=self.now, is_workday=self.is_workday)
        ]
        return [*fresh, *self._again(around, due, waiting)]

    def decide(self, around: Around, wanted: Sequence[tuple[Asked, Step, Live]]) -> list[Decision]:
        """One decision for each; of several that would reach a subject at this moment only the most important goes."""
        decisions = [self._decide(around, *one) for one in wanted]
        others = merged([one.asked for one in decisions if isinstance(one.verdict, Go)])
        return [replace(one, verdict=others[one.asked.key], saying=None) if one.asked.key in others else one for one in decisions]

    def next_of(self, around: Around, due: Sequence[tuple[Live, Member]], decisions: Sequence[Decision]) -> list[tuple[int, Move]]:
        """How each due enrolment (by id) goes on: its next look, its track, or its end. For bulk.advance."""
        waits: dict[tuple[str, str], datetime] = {}
        for one in decisions:
            if isinstance(one.verdict, Wait):
                mine = (one.asked.plan, one.asked.subject.id)
                waits[mine] = min(one.verdict.until, waits.get(mine, one.verdict.until))
        return [(one.id, self._next(around, one, member, waits.get((one.plan, one.subject_id)))) for one, member in due]

    def leaving(self, around: Around, enrolment: Live) -> Skipped | None:
        """Why this subject leaves the plan now, if it does; in the order in which the policy names its reasons."""
        standing = around.known[enrolment.subject_id].standing
        reasons = (
            (standing.opted_out, Skipped.OPTED_OUT),
            (standing.blacklisted, Skipped.BLACKLISTED),
            (standing.dismissed, Skipped.DISMISSED),
            ((enrolment.plan, enrolment.subject_id) in around.goals, Skipped.GOAL_MET),
        )
        return next((why for holds, why in reasons if holds), None)

    def _is_due(self, enrolment: Live) -> bool:
        return enrolment.plan in self.plans and enrolment.next_at is not None and enrolment.next_at <= self.now

    def _again(self, around: Around, due: Sequence[tuple[Live, Member]], waiting: Sequence[Waiting]) -> Iterator[tuple[Asked, Step, Live]]:
        of = {(one.plan, one.subject_id): one for one, _ in due} if waiting else {}
        for touch in waiting:
            enrolment = of.get((touch.plan, touch.subject_id))
            step = self.plans[touch.plan].content.step_by_key.get(touch.step) if enrolment else None
            if enrolment is not None and step is not None:
                subject, priority = Subject(around.kind, touch.subject_id), self.plans[touch.plan].content.priority
                yield Asked(touch.key, subject, TouchKind(touch.kind), touch.plan, touch.planned, touch.latest, priority), step, enrolment

    def _decide(self, around: Around, asked: Asked, step: Step, enrolment: Live) -> Decision:
        number = wording_number(step, asked.subject, asked.planned, round_=enrolment.round)
        known = around.known.get(asked.subject.id)
        if known is None:
            return Decision(asked, step.key, Skip(Skipped.UNREACHABLE), number)
        standing = around.standing(enrolment, self.plans)
        verdict: Verdict = may_touch(asked, standing, self.policies[asked.plan], now=self.now)
        if _was_said(asked, step, enrolment, standing):
            verdict = Skip(Skipped.SAID)
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

    def _next(self, around: Around, enrolment: Live, member: Member, wait: datetime | None) -> Move:
        assert enrolment.next_at is not None, "it was due"
        known, content = around.known.get(enrolment.subject_id), self.plans[enrolment.plan].content
        why = self.leaving(around, enrolment) if known else Skipped.UNREACHABLE
        if why is not None:
            return Move(enrolment.next_at, self.now + MOMENT, None, self.now, why)
        on_track = None
        if content.tracks and known is not None and not enrolment.track_held_by:
            track, track_begun, _ = on_track = self._track(enrolment, known.stage)
            member = replace(member, track=track, track_begun=track_begun)
        ahead = [moment for moment in (next_look(content, member, after=self.now, is_workday=self.is_workday), wait) if moment is not None]
        changes = on_track if on_track != (enrolment.track, enrolment.track_begun_at, enrolment.track_why) else None
        if not ahead:
            return Move(enrolment.next_at, self.now + MOMENT, None, self.now, DONE, changes)
        return Move(enrolment.next_at, self.now + MOMENT, min(ahead), None, "", changes)

    def _track(self, enrolment: Live, stage: str) -> tuple[str, datetime | None, str]:
        on, begun = track_of(self.plans[enrolment.plan].content, enrolment.begun_at, stage, now=self.now)
        # Only who changes track begins it anew.
        return on.key, enrolment.track_begun_at if on.key == enrolment.track else begun, on.why


def _was_said(asked: Asked, step: Step, enrolment: Live, standing: Standing) -> bool:
    """Whether a step that comes once has been said already. Its moment was changed afterwards, so that the touch has another key."""
    mine = [one.at for one in standing.past if one.plan == asked.plan and one.step == step.key]
    return bool(mine) and not isinstance(step.when, Weekly) and max(mine) >= member_of(enrolment).begun_for(step)


def member_of(enrolment: Live) -> Member:
    """The enrolment as the plan's arithmetic sees it."""
    subject = Subject(enrolment.subject_kind, enrolment.subject_id)
    track = enrolment.track, enrolment.track_begun_at
    return Member(subject, enrolment.begun_at, enrolment.planned_until, *track, enrolment.round)
