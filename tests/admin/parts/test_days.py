"""A day as somebody typed it."""

from datetime import date

import pytest

from admin.parts.days import as_day


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-12-31", date(2026, 12, 31)),
        (" 2026/12/31 ", date(2026, 12, 31)),
        ("2026-02-30", None),
        ("明天", None),
        ("", None),
        (None, None),
    ],
)
def test_only_a_whole_day_is_one(typed: str | None, day: date | None) -> None:
    assert as_day(typed) == day
