"""A process that looks at the plans once: it names each commit over a pipe and goes on only when it is told to."""

import sys
from datetime import datetime
from multiprocessing.connection import Connection

from core.log import set_up_logging
from sop.tick import Ticker, run_tick
from tests.sop.people import DEFAULTS
from tests.stories.mortal import MortalDatabase, Told


def live(line: Connection, url: str, now: datetime) -> None:
    """One look, when it is told to begin; then it tells how many touches it made."""
    set_up_logging("error", "console")
    database = MortalDatabase(url, line)
    line.send(Told())
    line.recv()
    ticked = run_tick(Ticker(database, DEFAULTS), now=now)
    line.send(Told(ticked.went))
    database.close()


if __name__ == "__main__":
    live(Connection(int(sys.argv[1])), sys.argv[2], datetime.fromisoformat(sys.argv[3]))
