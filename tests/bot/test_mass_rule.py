"""When a task is read, when its members are reminded, and what state a look leaves it in."""

from datetime import datetime, timedelta

import pytest

from bot.mass_rule import REACH_NAMES, STATE_NAMES, FollowRule, MassState, Reach, Seen, after_look, all_confirmed, first_look, reminder

RULE = FollowRule()
MADE = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("made", "reminded"),
    [
        ("2026-11-20T04:59:00+08:00", "2026-11-20T09:00:00+08:00"),
        ("2026-11-20T05:00:00+08:00", "2026-11-20T09:00:00+08:00"),
        ("2026-11-20T10:00:00+08:00", "2026-11-20T14:00:00+08:00"),
        ("2026-11-20T15:59:00+08:00", "2026-11-20T19:59:00+08:00"),
        ("2026-11-20T16:00:00+08:00", "2026-11-21T09:00:00+08:00"),
        ("2026-11-20T23:00:00+08:00", "2026-11-21T09:00:00+08:00"),
    ],
)
def test_a_reminder_comes_within_working_hours(made: str, reminded: str) -> None:
    at = datetime.fromisoformat(made)
    assert reminder(RULE, at, at + RULE.for_) == datetime.fromisoformat(reminded)


@pytest.mark.parametrize(
    ("made", "hours", "reminded"),
    [
        ("2026-11-20T10:00:00+08:00", 4, "2026-11-20T12:00:00+08:00"),
        ("2026-11-20T16:00:00+08:00", 10, "2026-11-20T20:00:00+08:00"),
        ("2026-11-20T19:30:00+08:00", 10, "2026-11-20T20:00:00+08:00"),
        ("2026-11-20T19:30:00+08:00", 14, "2026-11-21T09:00:00+08:00"),
        ("2026-11-20T20:00:00+08:00", 10, None),
        ("2026-11-20T02:00:00+08:00", 6, None),
    ],
)
def test_a_reminder_comes_while_the_words_still_hold_or_not_at_all(made: str, hours: float, reminded: str | None) -> None:
    at = datetime.fromisoformat(made)
    assert reminder(RULE, at, at + hours * HOUR) == (datetime.fromisoformat(reminded) if reminded else None)


def test_the_first_look_comes_after_ten_minutes_or_when_the_words_hold_no_more() -> None:
    assert first_look(RULE, MADE, MADE + HOUR) == MADE + timedelta(minutes=10)
    assert first_look(RULE, MADE, MADE + timedelta(minutes=3)) == MADE + timedelta(minutes=3)


@pytest.mark.parametrize(
    ("confirmed", "complete", "after", "state", "again"),
    [
        (False, False, timedelta(hours=1), MassState.OPEN, True),
        (False, False, timedelta(days=3) - timedelta(seconds=1), MassState.OPEN, True),
        (False, False, timedelta(days=3), MassState.LAPSED, True),
        (False, False, timedelta(days=4), MassState.LAPSED, False),
        (True, False, timedelta(hours=1), MassState.CONFIRMED, True),
        (True, True, timedelta(hours=1), MassState.CONFIRMED, False),
        (True, False, timedelta(days=3), MassState.CONFIRMED, False),
    ],
)
def test_a_task_is_followed_until_it_is_complete_or_three_days_old(
    confirmed: bool, complete: bool, after: timedelta, state: MassState, again: bool
) -> None:
    now = MADE + after
    seen = Seen(MADE if confirmed else None, complete)
    found, next_look = after_look(RULE, seen, withdrawn=None, created_at=MADE, until=MADE + RULE.for_, now=now)
    assert (found, next_look is not None) == (state, again)


def test_the_look_comes_at_the_moment_from_which_on_it_makes_no_sense() -> None:
    until = MADE + timedelta(minutes=90)
    looked = [
        after_look(RULE, Seen(None, False), withdrawn=None, created_at=MADE, until=until, now=MADE + one * HOUR) for one in (0, 1, 1.5)
    ]
    assert looked == [(MassState.OPEN, MADE + HOUR), (MassState.OPEN, until), (MassState.LAPSED, until + HOUR)]


@pytest.mark.parametrize("withdrawn", [MassState.CANCELLED, MassState.LAPSED])
@pytest.mark.parametrize(("confirmed", "complete"), [(False, False), (True, False), (True, True)])
def test_a_cancelled_task_stays_so_unless_all_of_it_was_sent_before(withdrawn: MassState, confirmed: bool, complete: bool) -> None:
    seen = Seen(MADE if confirmed else None, complete)
    state = MassState.CONFIRMED if complete else withdrawn
    assert after_look(RULE, seen, withdrawn=withdrawn, created_at=MADE, until=MADE + HOUR, now=MADE + 2 * HOUR) == (state, None)


def test_all_have_confirmed_when_the_last_has() -> None:
    assert all_confirmed([MADE, MADE + HOUR]) == MADE + HOUR
    assert all_confirmed([MADE, None]) is None
    assert all_confirmed([]) is None


def test_every_state_and_every_result_has_its_words() -> None:
    assert set(STATE_NAMES) == set(MassState)
    assert set(REACH_NAMES) == set(Reach)
