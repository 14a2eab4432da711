"""The clock tells an aware moment in UTC."""

from datetime import UTC, datetime, timedelta

from core.clock import utc_now
from core.zone import SHANGHAI


def test_now_is_aware_and_now() -> None:
    before = datetime.now(UTC)
    assert before <= utc_now() <= datetime.now(UTC)
    assert utc_now().utcoffset() == timedelta(0)


def test_shanghai_is_eight_hours_ahead_all_year() -> None:
    assert {datetime(2026, month, 1, tzinfo=SHANGHAI).utcoffset() for month in range(1, 13)} == {timedelta(hours=8)}
