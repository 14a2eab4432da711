"""Composition of what speaks unprompted: the ticker of an assistant."""

from core.clock import Clock
from core.db import Database
from run.pack import Pack
from run.talks import talks_at
from sop.tick import Ticker


def ticker_of(database: Database, pack: Pack, clock: Clock) -> Ticker:
    """What each minute's look at the plans works with."""
    return Ticker(database, pack.replies.variables, pack.names, talks_at(clock))
