"""One job a minute that looks at rows: the only file that knows APScheduler."""

from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from core.clock import Clock
from core.log import place_of

log = structlog.get_logger()


def every_minute(run: Callable[[datetime], None], clock: Clock) -> Callable[[], None]:
    """Call `run(now)` every minute and once at the start; returns what stops it. Rows are the schedule: a late minute loses nothing."""
    scheduler = BackgroundScheduler(timezone=UTC)

    def minute() -> None:
        try:
            run(clock())
        except Exception as error:  # The loop's edge: a minute that failed is looked at again in the next one.
            log.error("minute failed", error=place_of(error))

    # Late or missed runs are one run: it looks at rows, not at how often it was called.
    scheduler.add_job(minute, "interval", minutes=1, coalesce=True, max_instances=1, misfire_grace_time=None, next_run_time=clock())
    scheduler.start()
    return lambda: scheduler.shutdown(wait=False)
