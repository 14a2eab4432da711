"""Pure: may this touch be made now? The one place that decides it, for every channel (DESIGN §4, 防打扰)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import lru_cache

from core.zone import SHANGHAI
from sop.terms import Asked, Go, Held, Past, Skip, Skipped, Standing, TouchKind, Verdict, Wait
from sop.windows import DAY, Span, Window, days_in_month

# What WeCom counts against its own quota of mass messages (reference §7.3).
MASS = frozenset({TouchKind.GROUP_POST, TouchKind.MASS_MESSAGE})


@dataclass(frozen=True)
class Cap:
    """At most so many in a window. Without `kinds` all touches count, without `plan` those of all plans; with `levels` it holds for these
    customers only."""

    name: str
    at_most: int
    window: Window
    kinds: frozenset[TouchKind] = frozenset()
    plan: str = ""
    levels: frozenset[str] = frozenset()

    def concerns(self, asked: Asked, standing: Standing) -> bool:
        """Whether this touch falls under the cap."""
        return (
            (not self.kinds or asked.kind in self.kinds)
            and (not self.plan or asked.plan == self.plan)
            and (not self.levels or standing.level in self.levels)
        )

    def counted(self, past: Sequence[Past]) -> list[datetime]:
        """The moments that count."""
        return [one.at for one in past if (not self.kinds or one.kind in self.kinds) and (not self.plan or one.plan == self.plan)]


@dataclass(frozen=True)
class QuietHours:
    """From `begin` to `end` in Shanghai, over midnight when `begin` is later; `begin` is quiet, `end` is not. Equal: never."""

    begin: time = time(21)
    end: time = time(9)

    def over_at(self, now: datetime) -> datetime | None:
        """When the quiet that holds now ends; None while it is not quiet."""
        here = now.astimezone(SHANGHAI)
        at, over_midnight = here.time().replace(tzinfo=None), self.begin > self.end
        is_quiet = (at >= self.begin or at < self.end) if over_midnight else self.begin <= at < self.end
        if not is_quiet:
            return None
        day = here.date() + (DAY if over_midnight and at >= self.begin else timedelta(0))
        return datetime.combine(day, self.end, SHANGHAI)


@dataclass(frozen=True)
class TouchPolicy:
    """How often and when. `quiet` says for each kind which hours hold; a kind that is not in it is never quiet (an advisor's own card has
    its duty hours). `also_quiet` are the hours of one plan; they hold besides."""

    caps: Sequence[Cap] = ()
    quiet: Mapping[TouchKind, QuietHours] = field(default_factory=dict)
    chat_rest: timedelta = timedelta(minutes=30)
    also_quiet: Sequence[QuietHours] = ()

    def stricter(self, caps: Sequence[Cap], quiet: Sequence[QuietHours]) -> "TouchPolicy":
        """With what a plan lays down for itself: nothing that holds for all is lifted by it."""
        return replace(self, caps=[*self.caps, *caps], also_quiet=quiet)


def may_touch(asked: Asked, standing: Standing, policy: TouchPolicy, *, now: datetime) -> Verdict:
    """Go, Wait or Skip. A reason that lasts comes before one that passes; a wait that would end after `latest` is a skip."""
    never = _never(asked, standing)
    if never is not None:
        return Skip(never)
    if now > asked.latest:
        return Skip(Skipped.TOO_LATE)
    waits = [*_passing(asked, standing, policy, now=now)]
    for cap in _caps(policy, now=now):
        if not cap.concerns(asked, standing):
            continue
        free = cap.window.free_at(cap.counted(standing.past), cap.at_most, now=now)
        if free is None or free > asked.latest:
            return Skip(Skipped.CAP, cap.name)
        if free > now:
            waits.append(Wait(Held.CAP, free))
    longest = max(waits, key=lambda wait: wait.until, default=None)
    if longest is None:
        return Go()
    return longest if longest.until <= asked.latest else Skip(Skipped.TOO_LATE, longest.why)


def merged(asked: Sequence[Asked]) -> dict[str, Skip]:
    """Of touches that would reach one subject at the same moment only the most important is made: key → why the others are not.

    The earlier planned goes first among equals; the key settles a tie.
    """
    first: dict[object, Asked] = {}
    others: dict[str, Skip] = {}
    for one in sorted(asked, key=lambda each: (-each.priority, each.planned, each.key)):
        taken = first.setdefault(one.subject, one)
        if taken is not one:
            others[one.key] = Skip(Skipped.MERGED, taken.key)
    return others


def _never(asked: Asked, standing: Standing) -> Skipped | None:
    reasons = (
        (standing.opted_out and asked.kind is not TouchKind.ADVISOR_CARD, Skipped.OPTED_OUT),
        (standing.blacklisted, Skipped.BLACKLISTED),
        (standing.dismissed, Skipped.DISMISSED),
        (standing.goal_met, Skipped.GOAL_MET),
        (bool(standing.owner) and standing.owner != asked.plan, Skipped.OTHER_PLAN),
    )
    return next((why for holds, why in reasons if holds), None)


def _passing(asked: Asked, standing: Standing, policy: TouchPolicy, *, now: datetime) -> list[Wait]:
    waits = []
    if standing.held:
        # Nobody knows how long; looked at again when the touch would be too late, and with every tick until then.
        waits.append(Wait(Held.BY_OPERATOR, asked.latest))
    waits += _quiet(policy.quiet.get(asked.kind), policy.also_quiet, now=now)
    if standing.talked_at is not None and asked.kind is not TouchKind.ADVISOR_CARD and now < standing.talked_at + policy.chat_rest:
        waits.append(Wait(Held.LIVE_CHAT, standing.talked_at + policy.chat_rest))
    return waits


def _quiet(for_all: QuietHours | None, of_plan: Sequence[QuietHours], *, now: datetime) -> list[Wait]:
    """Until none of them holds: one stretch may run into the next. If they leave no minute of the day it is looked at again a day later."""
    hours = [*([for_all] if for_all else []), *of_plan]
    over = now
    while over < now + DAY and (ends := [end for one in hours if (end := one.over_at(over)) is not None]):
        over = max(ends)
    if over == now:
        return []
    is_for_all = for_all is not None and for_all.over_at(now) is not None
    return [Wait(Held.QUIET_HOURS if is_for_all else Held.PLAN_QUIET, over)]


def _caps(policy: TouchPolicy, *, now: datetime) -> list[Cap]:
    return [*policy.caps, _cap_of_wecom(now)]


@lru_cache(maxsize=16)
def _cap_of_wecom(now: datetime) -> Cap:
    """WeCom's own: in a month as many mass messages as it has days. One look asks for one moment twenty thousand times."""
    return Cap("企业微信每月群发上限", days_in_month(now), Window(span=Span.MONTH), kinds=MASS)
