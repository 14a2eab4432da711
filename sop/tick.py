"""READ THIS FIRST. One look at the clock: who newly belongs is enrolled; what fell due is queued, waits or is skipped.

Whoever is spoken to by one member is looked at together, in slices, so that what he sends is one task to confirm. A touch is made in the
transaction that queues it, and its key is unique: a crash is finished by the next look, and two schedulers make each touch once.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.db import Database
from core.errors import Misconfigured, Unavailable
from core.log import place_of
from sop import bulk, store
from sop.calendar import IsWorkday
from sop.enrol import Speaking, enrol_due, speaking
from sop.judge import Judge
from sop.settle import Decision, write_down
from sop.standing import Talks, look_around, no_talks
from sop.terms import Skip, Wait
from sop.words import open_library
from sop.workdays import is_workday

log = structlog.get_logger()

KINDS = ("group", "customer", "internal", "advisor")
# As many as one mass message reaches: a slice is at most one task of each step.
SLICE = 10_000
Heed = Callable[[str, Sequence[Decision]], None]


@dataclass(frozen=True)
class Ticker:
    """What a tick works with. `talks` knows customers' conversations, `defaults` what a variable says when nothing better is known."""

    database: Database
    defaults: Mapping[str, str]
    stores: Mapping[str, str] = field(default_factory=dict)
    talks: Talks = no_talks
    is_workday: IsWorkday = is_workday


@dataclass
class Ticked:
    """What one look did, for logs and rehearsals; `failed` counts slices that are looked at again in the next minute."""

    enrolled: int = 0
    went: int = 0
    waiting: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    failed: int = 0

    def note(self, decisions: Sequence[Decision]) -> None:
        """Count what did not go."""
        self.waiting.update(one.verdict.why for one in decisions if isinstance(one.verdict, Wait))
        self.skipped.update(one.verdict.why for one in decisions if isinstance(one.verdict, Skip))


def run_tick(ticker: Ticker, *, now: datetime, heed: Heed = lambda _sender, _decisions: None) -> Ticked:
    """One look, safe to repeat at any time and in any number of processes. `heed` is told what was decided; a rehearsal prints it."""
    with ticker.database.reading() as session:
        plans = speaking(session)
    if not plans:
        return Ticked()
    ticked = Ticked(enrolled=enrol_due(ticker.database, plans, now=now, is_workday=ticker.is_workday))
    judge = _judge(ticker, plans, now=now)
    for kind in KINDS:
        for sender in _senders(ticker.database, kind, now=now):
            try:
                _speak_for(ticker, judge, kind, sender, ticked, heed)
            except (SQLAlchemyError, Unavailable, Misconfigured) as error:
                # One member's trouble holds up nobody else; it is looked at again in the next minute.
                ticked.failed += 1
                log.error("touches failed", kind=kind, sender=sender, error=place_of(error))
    return ticked


def _judge(ticker: Ticker, plans: Sequence[Speaking], *, now: datetime) -> Judge:
    with ticker.database.reading() as session:
        library = open_library(session, [plan.content for plan in plans], ticker.defaults, ticker.stores)
        for_all = store.policy_for_all(session)
    policies = {plan.content.key: for_all.stricter(plan.content.caps, plan.content.quiet) for plan in plans}
    return Judge({plan.content.key: plan for plan in plans}, policies, library, ticker.is_workday, now)


def _senders(database: Database, kind: str, *, now: datetime) -> list[str]:
    with database.reading() as session:
        return bulk.senders_due(session, kind, now=now)


def _speak_for(ticker: Ticker, judge: Judge, kind: str, sender: str, ticked: Ticked, heed: Heed) -> None:
    for ids in _slices(ticker.database, kind, sender, now=judge.now):
        with ticker.database.reading() as session:
            around = look_around(session, kind, sender, ids, judge.plans, ticker.talks, now=judge.now)
            due = judge.due(around)
            wanted = judge.wanted(around, due, bulk.waiting(session, kind, ids))
            settled = bulk.settled_keys(session, [asked.key for asked, _, _ in wanted])
        decisions = judge.decide(around, [one for one in wanted if one[0].key not in settled])
        ticked.went += write_down(ticker.database, sender, decisions, now=judge.now)
        ticked.note(decisions)
        heed(sender, decisions)
        with ticker.database.unit_of_work(durable=False) as session:
            bulk.advance(session, judge.next_of(around, due, decisions))


def _slices(database: Database, kind: str, sender: str, *, now: datetime) -> Iterator[list[str]]:
    after = ""
    while True:
        with database.reading() as session:
            ids = bulk.subjects_due(session, kind, sender, now=now, after=after, limit=SLICE)
        if ids:
            yield ids
        if len(ids) < SLICE:
            return
        after = ids[-1]
