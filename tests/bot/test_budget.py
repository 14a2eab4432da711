"""May the assistant speak? Both sides of every boundary."""

from datetime import datetime, timedelta

import pytest

from bot.budget import AskState, Shut, Speak, TakeOver, may_speak
from bot.wecom.terms import KfState
from tests.bot.builders import NOW

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
Verdict = Speak | AskState | TakeOver | Shut


def verdict(
    *,
    state: int = KfState.ASSISTANT,
    checked_at: datetime | None = NOW,
    heard_at: datetime | None = NOW,
    said_since: int = 0,
    just_asked: bool = False,
) -> Verdict:
    return may_speak(state=state, checked_at=checked_at, heard_at=heard_at, said_since=said_since, now=NOW, just_asked=just_asked)


@pytest.mark.parametrize(
    ("heard_at", "expected"),
    [
        (None, Shut.NEVER_HEARD),
        (NOW, Speak()),
        (NOW - 48 * HOUR + SECOND, Speak()),
        (NOW - 48 * HOUR, Shut.TOO_LATE),
        (NOW - 49 * HOUR, Shut.TOO_LATE),
    ],
)
def test_the_window_shuts_48_hours_after_the_customer_spoke(heard_at: datetime | None, expected: Verdict) -> None:
    assert verdict(heard_at=heard_at) == expected


@pytest.mark.parametrize(("said_since", "expected"), [(0, Speak()), (4, Speak()), (5, Shut.BUDGET_SPENT), (6, Shut.BUDGET_SPENT)])
def test_five_messages_may_follow_one_of_the_customers(said_since: int, expected: Verdict) -> None:
    assert verdict(said_since=said_since) == expected


@pytest.mark.parametrize(
    ("checked_at", "expected"),
    [
        (None, AskState()),
        (NOW, Speak()),
        (NOW - 10 * MINUTE + SECOND, Speak()),
        (NOW - 10 * MINUTE, AskState()),
    ],
)
def test_what_we_know_of_the_session_is_trusted_for_ten_minutes(checked_at: datetime | None, expected: Verdict) -> None:
    assert verdict(checked_at=checked_at) == expected


@pytest.mark.parametrize("state", [state for state in KfState if state is not KfState.ASSISTANT])
def test_any_state_but_our_own_is_asked_for_before_we_give_up(state: KfState) -> None:
    assert verdict(state=state) == AskState()


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (KfState.NEW, TakeOver()),
        (KfState.ASSISTANT, Speak()),
        (KfState.POOL, Shut.IN_POOL),
        (KfState.HUMAN, Shut.PERSON_SERVES),
        (KfState.ENDED, Shut.SESSION_ENDED),
        (9, Shut.SESSION_ENDED),  # a state new to us
    ],
)
def test_what_wecom_just_said_settles_it(state: int, expected: Verdict) -> None:
    assert verdict(state=state, checked_at=NOW - HOUR, just_asked=True) == expected


@pytest.mark.parametrize(("heard_at", "said_since"), [(NOW - 48 * HOUR, 0), (NOW, 5), (None, 0)])
def test_nothing_is_asked_of_wecom_when_speaking_is_impossible_anyway(heard_at: datetime | None, said_since: int) -> None:
    assert isinstance(verdict(state=KfState.NEW, heard_at=heard_at, said_since=said_since), Shut)
