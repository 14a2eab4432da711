"""A property: whatever several plans want of a customer, over all channels and under any caps, no window ever holds too much.

What is counted here is counted by its own arithmetic, not by sop/windows.py: a window that counts wrongly must not judge itself.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.zone import SHANGHAI
from sop.policy import Cap, QuietHours, TouchPolicy, may_touch, merged
from sop.terms import Asked, Go, Past, Skip, Standing, Subject, TouchKind, Wait
from sop.windows import Span, Window

# Half past eight in the evening in Shanghai, told in UTC as rows tell it; midnight, a Monday, a first and a new year are all near.
START = datetime.fromisoformat("2026-12-27T12:30:00+00:00")
CUSTOMER = Subject("customer", "wm1")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MASS = frozenset({TouchKind.GROUP_POST, TouchKind.MASS_MESSAGE})
OF_WECOM = Cap("WeCom's", 31, Window(span=Span.MONTH), kinds=MASS)

Wish = tuple[int, TouchKind, str, int, int]

LENGTHS = st.one_of(st.sampled_from([HOUR, DAY, 7 * DAY, 30 * DAY]), st.integers(1, 24 * 40).map(lambda hours: hours * HOUR))
WINDOWS = st.one_of(st.builds(Window, rolling=LENGTHS), st.builds(Window, span=st.sampled_from(Span)))
CAPS = st.lists(
    st.builds(
        Cap,
        st.just("cap"),
        st.integers(0, 3),
        WINDOWS,
        kinds=st.frozensets(st.sampled_from(TouchKind), max_size=3),
        plan=st.sampled_from(["", "a", "b"]),
        levels=st.sampled_from([frozenset[str](), frozenset({"H"}), frozenset({"H", "N"}), frozenset({"N"})]),
    ),
    min_size=1,
    max_size=4,
)
HOURS = st.builds(QuietHours, st.sampled_from([time(21), time(0), time(12)]), st.sampled_from([time(9), time(14), time(0)]))
QUIET = st.dictionaries(st.sampled_from(TouchKind), HOURS, max_size=3)
# Plans' own hours, besides those for all.
OWN = st.dictionaries(st.sampled_from("abc"), st.lists(HOURS, max_size=2), max_size=2)
WISHES: st.SearchStrategy[list[Wish]] = st.lists(
    st.tuples(
        st.integers(0, 60 * 24 * 20), st.sampled_from(TouchKind), st.sampled_from("abc"), st.integers(0, 60 * 24 * 10), st.integers(0, 2)
    ),
    max_size=30,
)
# Looked at when somebody wants something, when a wait ends and a microsecond before, and besides at a step of its own.
STEPS = st.sampled_from([7 * MINUTE, 97 * MINUTE, HOUR, DAY])


def counted(cap: Cap, made: Sequence[Past], *, now: datetime) -> int:
    """How many of the touches lie in the cap's window that ends now."""
    mine = [one.at for one in made if (not cap.kinds or one.kind in cap.kinds) and (not cap.plan or one.plan == cap.plan)]
    if cap.window.rolling is not None:
        return sum(now - cap.window.rolling < at <= now for at in mine)
    return sum(_span(cap.window.span, at) == _span(cap.window.span, now) for at in mine)


def _span(span: Span | None, moment: datetime) -> object:
    day: date = moment.astimezone(SHANGHAI).date()
    return {Span.DAY: day, Span.WEEK: day.isocalendar()[:2], Span.MONTH: (day.year, day.month)}[span or Span.DAY]


def is_quiet(hours: QuietHours | None, now: datetime) -> bool:
    at = now.astimezone(SHANGHAI).time()
    if hours is None or hours.begin == hours.end:
        return False
    return hours.begin <= at < hours.end if hours.begin < hours.end else at >= hours.begin or at < hours.end


def moments(wishes: Sequence[Asked], step: timedelta) -> set[datetime]:
    """When to look, besides the ends of waits."""
    end = max((one.latest for one in wishes), default=START) + step
    some = {START + number * step for number in range(min(int((end - START) / step) + 1, 400))}
    return some | {
        moment + off for one in wishes for moment in (one.planned, one.latest) for off in (timedelta(0), timedelta(microseconds=1))
    }


def play(
    policy: TouchPolicy, own: Mapping[str, Sequence[QuietHours]], level: str, wishes: Sequence[Asked], step: timedelta
) -> list[tuple[Asked, Past]]:
    """What is made when everything is asked for again and again, as the tick does: judged on the same past, then merged."""
    made: list[tuple[Asked, Past]] = []
    waiting, ahead = list(wishes), moments(wishes, step)
    while waiting and ahead:
        now = min(ahead)
        ahead.remove(now)
        standing, going = Standing(past=[past for _, past in made], level=level), []
        for asked in [one for one in waiting if one.planned <= now]:
            match may_touch(asked, standing, policy.stricter((), own.get(asked.plan, ())), now=now):
                case Go():
                    going.append(asked)
                case Skip():
                    waiting.remove(asked)
                case Wait(_, until):
                    assert now < until <= asked.latest
                    ahead |= {until} | {until - timedelta(microseconds=1)} - {now}
        others = merged(going)
        waiting = [one for one in waiting if one not in going]
        made += [(one, Past(now, one.kind, one.plan)) for one in going if one.key not in others]
        ahead = {moment for moment in ahead if moment > now}
    return made


def asked_of(wishes: Sequence[Wish]) -> list[Asked]:
    return [
        Asked(str(number), CUSTOMER, kind, plan, START + after * MINUTE, START + (after + patience) * MINUTE, priority)
        for number, (after, kind, plan, patience, priority) in enumerate(wishes)
    ]


def every_hour(*, patience: int = 30 * 60) -> list[Wish]:
    """A plan that wants to speak every hour for nine days, so that every cap is reached on both sides of every midnight."""
    return [(hour * 60 + 30, TouchKind.MASS_MESSAGE, "a", patience, 0) for hour in range(24 * 9)]


@settings(max_examples=150, deadline=None)
@given(CAPS, QUIET, OWN, st.sampled_from(["", "H", "N"]), WISHES, STEPS)
@example([Cap("cap", 1, Window(span=Span.DAY))], {}, {}, "", every_hour(), HOUR)
@example(
    [Cap("cap", 2, Window(rolling=DAY))], {}, {"a": [QuietHours(time(12), time(14)), QuietHours(time(14), time(0))]}, "", every_hour(), HOUR
)
@example([Cap("cap", 3, Window(span=Span.WEEK), kinds=MASS)], {TouchKind.MASS_MESSAGE: QuietHours()}, {}, "H", every_hour(), HOUR)
@example(
    [Cap("cap", 9, Window(rolling=HOUR))],
    {TouchKind.MASS_MESSAGE: QuietHours()},
    {"a": [QuietHours(time(9), time(21))]},
    "",
    every_hour(),
    HOUR,
)
def test_no_schedule_ever_breaks_a_cap(
    caps: list[Cap],
    quiet: dict[TouchKind, QuietHours],
    own: dict[str, list[QuietHours]],
    level: str,
    wishes: list[Wish],
    step: timedelta,
) -> None:
    policy = TouchPolicy(caps=caps, quiet=quiet)
    made = play(policy, own, level, asked_of(wishes), step)
    past = [one for _, one in made]
    for number, (asked, one) in enumerate(made):
        assert asked.planned <= one.at <= asked.latest
        assert not any(is_quiet(hours, one.at) for hours in (quiet.get(one.kind), *own.get(one.plan, ())))
        for cap in [*caps, OF_WECOM]:
            concerned = (not cap.kinds or one.kind in cap.kinds) and (not cap.plan or one.plan == cap.plan)
            if concerned and (not cap.levels or level in cap.levels):
                assert counted(cap, past[: number + 1], now=one.at) <= cap.at_most
    assert len({one.at for one in past}) == len(past), "never two at one moment"


@pytest.mark.parametrize(
    ("window", "at_most", "made"),
    [
        # Every hour from nine in the evening on, nine days: what a cap leaves of it is known, so it is not kept by saying nothing at all.
        (Window(span=Span.DAY), 1, 10),
        (Window(rolling=DAY), 2, 18),
        (Window(span=Span.WEEK), 3, 9),
        (Window(span=Span.MONTH), 31, 62),
    ],
)
def test_a_cap_is_used_up_to_its_brim(window: Window, at_most: int, made: int) -> None:
    policy = TouchPolicy(caps=[Cap("cap", at_most, window)])
    assert len(play(policy, {}, "", asked_of(every_hour(patience=0)), HOUR)) == made
