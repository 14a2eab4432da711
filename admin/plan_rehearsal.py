"""The rehearsal behind the button: a plan is played through in a scratch database, week by week, so that it can be told how far it is."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from admin.looks.plans import titles
from admin.rehearsals import Tell
from core.db import Database
from core.migrate import migrate
from core.zone import SHANGHAI
from sop import playbill
from sop.rehearse import Cast, prepare, rehearse
from sop.standing import no_talks
from sop.tick import Ticker

WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Play:
    """What would happen: who takes part, every line in order, and the sum of it all."""

    cast: str
    lines: Sequence[str]
    summary: Sequence[str]


def play(ticker: Ticker, plan: str, *, start: date, weeks: int, tell: Tell) -> Play:
    """Play it through from the morning of that day on; `ticker` is the real one, whose database is only read. Refused: no such plan."""
    begin = datetime.combine(start, time(), SHANGHAI)
    with tempfile.TemporaryDirectory(prefix="zhanting-rehearsal-") as folder:
        scratch = Database(f"sqlite:///{Path(folder) / 'scratch.db'}")
        try:
            tell("准备排练用的副本", 0.02)
            migrate(scratch)
            cast = prepare(ticker.database, scratch, plan, start=begin)
            return _play(replace(ticker, database=scratch, talks=no_talks), cast, begin, weeks, tell)
        finally:
            scratch.close()


def _play(ticker: Ticker, cast: Cast, begin: datetime, weeks: int, tell: Tell) -> Play:
    decided: list[playbill.Decided] = []
    for week in range(weeks):
        tell(f"第 {week + 1} 周，共 {weeks} 周；已排练 {len(decided):,} 次触达", 0.05 + 0.95 * week / weeks)
        # A look at the clock may be repeated at any time: the first of a week changes nothing that the last of the week before did.
        decided += rehearse(ticker, cast, start=begin + week * WEEK, end=begin + (week + 1) * WEEK).decided
    with ticker.database.reading() as session:
        named = titles(session)
    return Play("；".join(playbill.cast_lines(cast)), list(playbill.lines(decided, named)), list(playbill.summary(cast, decided)))
