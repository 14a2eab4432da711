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
    assert reminder(RULE, datetime.fromisoformat(made)) == datetime.fromisoformat(reminded)


def test_the_first_look_comes_after_ten_minutes() -> None:
    assert first_look(RULE, MADE) == MADE + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("confirmed", "complete", "after", "state", "again"),
    [
        (False, False, timedelta(hours=1), MassState.OPEN, True),
        (False, False, timedelta(days=3) - timedelta(seconds=1), MassState.OPEN, True),
        (False, False, timedelta(days=3), MassState.LAPSED, False),
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
    assert after_look(RULE, seen, cancelled=False, created_at=MADE, now=now) == (state, now + HOUR if again else None)


def test_a_cancelled_task_is_read_once_more() -> None:
    assert after_look(RULE, Seen(None, False), cancelled=True, created_at=MADE, now=MADE) == (MassState.CANCELLED, None)


def test_all_have_confirmed_when_the_last_has() -> None:
    assert all_confirmed([MADE, MADE + HOUR]) == MADE + HOUR
    assert all_confirmed([MADE, None]) is None
    assert all_confirmed([]) is None


def test_every_state_and_every_result_has_its_words() -> None:
    assert set(STATE_NAMES) == set(MassState)
    assert set(REACH_NAMES) == set(Reach)
