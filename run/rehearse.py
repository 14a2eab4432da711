"""`sop rehearse`: a plan is played through in a scratch database, and everything that it would say is printed."""

import tempfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

from core.clock import utc_now
from core.db import Database
from core.migrate import migrate
from core.settings import Settings
from core.zone import SHANGHAI
from run.compose import Say, seed
from run.pack import Pack, load_pack
from run.start import opened
from sop import playbill
from sop.rehearse import Rehearsal, prepare, rehearse
from sop.store import content_of, plans
from sop.tick import Ticker


def rehearse_plan(settings: Settings, plan: str, *, start: date, weeks: int, say: Say, tell: Say) -> Rehearsal:
    """Print the play; the real database is only read (and seeded, when it has never been). Refused: no such plan."""
    pack = load_pack(settings.pack_folder())
    with opened(settings) as source, tempfile.TemporaryDirectory(prefix="zhanting-rehearsal-") as folder:
        seed(source, pack, utc_now)
        scratch = Database(f"sqlite:///{Path(folder) / 'scratch.db'}")
        try:
            migrate(scratch)
            return _play(source, scratch, pack, plan, start=start, weeks=weeks, say=say, tell=tell)
        finally:
            scratch.close()


def _play(source: Database, scratch: Database, pack: Pack, plan: str, *, start: date, weeks: int, say: Say, tell: Say) -> Rehearsal:
    begin = datetime.combine(start, time(), SHANGHAI)
    cast = prepare(source, scratch, plan, start=begin)
    for line in playbill.cast_lines(cast):
        tell(line)
    ticker = Ticker(scratch, pack.replies.variables, pack.names)
    rehearsal = rehearse(ticker, cast, start=begin, end=begin + timedelta(weeks=weeks))
    for line in playbill.lines(rehearsal.decided, titles_in(scratch)):
        say(line)
    for line in playbill.summary(cast, rehearsal.decided):
        tell(line)
    return rehearsal


def titles_in(database: Database) -> dict[str, str]:
    """Titles of plans by key, and of steps by «plan/step»."""
    with database.reading() as session:
        contents = [content_of(row) for row in plans(session)]
    return {one.key: one.title for one in contents} | {f"{one.key}/{step.key}": step.title for one in contents for step in one.steps}
