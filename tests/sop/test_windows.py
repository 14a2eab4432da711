"""Windows in which touches are counted: both sides of each boundary."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop.windows import DAY, Span, Window, days_in_month

NOW = datetime.fromisoformat("2026-11-25T10:00:00+08:00")  # a Wednesday
SECOND = timedelta(seconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def test_a_rolling_window_holds_its_far_end_out() -> None:
    week = Window(rolling=7 * DAY)
    assert week.count([NOW - 7 * DAY], now=NOW) == 0
    assert week.count([NOW - 7 * DAY + SECOND, NOW], now=NOW) == 2
    assert week.count([NOW + SECOND], now=NOW) == 0


@pytest.mark.parametrize(
    ("span", "inside", "outside", "free"),
    [
        (Span.DAY, "2026-11-25T00:00:00", "2026-11-24T23:59:59", "2026-11-26T00:00:00"),
        (Span.WEEK, "2026-11-23T00:00:00", "2026-11-22T23:59:59", "2026-11-30T00:00:00"),
        (Span.MONTH, "2026-11-01T00:00:00", "2026-10-31T23:59:59", "2026-12-01T00:00:00"),
    ],
)
def test_a_calendar_window_begins_at_midnight_in_shanghai(span: Span, inside: str, outside: str, free: str) -> None:
    window = Window(span=span)
    assert window.count([at(inside), at(outside)], now=NOW) == 1
    assert window.free_at([at(inside)], 1, now=NOW) == at(free)
    assert window.free_at([at(outside)], 1, now=NOW) == NOW


def test_the_month_after_december_is_january() -> None:
    assert Window(span=Span.MONTH).free_at([at("2026-12-31T23:59:59")], 1, now=at("2026-12-31T23:59:59")) == at("2027-01-01T00:00:00")


@pytest.mark.parametrize(("day", "days"), [("2026-11-01", 30), ("2026-12-31", 31), ("2027-02-10", 28), ("2028-02-29", 29)])
def test_a_month_has_as_many_days_as_it_has(day: str, days: int) -> None:
    assert days_in_month(at(f"{day}T12:00:00")) == days


def test_nothing_allowed_is_never_free() -> None:
    assert Window(rolling=DAY).free_at([], 0, now=NOW) is None


@pytest.mark.parametrize("wrong", [{}, {"rolling": DAY, "span": Span.DAY}, {"rolling": timedelta(0)}])
def test_a_window_is_of_one_sort(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="either rolling"):
        Window(**wrong)  # type: ignore[arg-type]


@given(
    st.lists(st.integers(0, 60 * 24 * 20), max_size=12),
    st.integers(1, 5),
    st.sampled_from([Window(rolling=DAY), Window(rolling=7 * DAY), *(Window(span=span) for span in Span)]),
)
def test_at_the_moment_it_names_there_is_room_and_a_second_before_there_is_none(minutes: list[int], at_most: int, window: Window) -> None:
    past = [NOW - timedelta(minutes=ago) for ago in minutes]
    free = window.free_at(past, at_most, now=NOW)
    assert free is not None
    assert window.count(past, now=free) < at_most
    if free > NOW:
        assert window.count(past, now=free - timedelta(microseconds=1)) >= at_most
