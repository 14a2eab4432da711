"""What the bot does unasked: every minute pull accounts that are silent and keep uploads alive, every day let time cool levels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

import structlog
from sqlalchemy import select

from bot import inbox
from bot.attach import Attacher
from bot.group_chores import GroupChores
from bot.inbox_terms import DAILY, KF_POLL, Received
from bot.mass_follow import MassFollow
from bot.models import KfCursor
from bot.project_tags import queue_tags
from bot.wecom.kf_calls import KfCalls
from core.db import Database
from core.errors import Misconfigured, Refused, Unavailable
from customers import store
from customers.models import Customer
from customers.pack import LevelRules
from customers.record import let_time_pass

log = structlog.get_logger()

CUSTOMERS_A_LOOK = 500


@dataclass(frozen=True)
class Chores:
    """Each is safe to repeat and to do in two processes at once."""

    database: Database
    kf: KfCalls
    attach: Attacher
    rules: LevelRules
    welcome_attachments: Sequence[str]
    poll_every: timedelta
    prune: Callable[[datetime], object]  # what is older than is kept goes, everywhere
    mass: MassFollow
    groups: GroupChores
    # Set when the process is to end: a day's work over everybody takes minutes, and nobody should wait for it.
    stopping: Event = field(default_factory=Event)

    def minute(self, now: datetime) -> None:
        """One look at what is due."""
        self.poll(now)
        with self.database.unit_of_work() as session:
            inbox.accept(session, [Received(f"daily:{now.date()}", DAILY, "daily", "", now)], now=now)
        self.groups.minute(now)
        self.mass.minute(now)
        try:
            self.attach.keep_ready(list(self.welcome_attachments), now=now)
        except (Unavailable, Refused, Misconfigured) as error:
            log.warning("welcome attachments not ready", why=str(error))

    def poll(self, now: datetime) -> None:
        """Callbacks may be lost (reference §1.6): an account not pulled for a while is pulled without a doorbell."""
        with self.database.reading() as session:
            pulled = {row.open_kfid: row.moved_at for row in session.scalars(select(KfCursor))}
        accounts = self._accounts(now) | pulled
        due = [kfid for kfid, moved_at in accounts.items() if now - moved_at >= self.poll_every]
        bucket = int(now.timestamp() // self.poll_every.total_seconds())
        rows = [Received(f"kf-poll:{kfid}:{bucket}", KF_POLL, f"kf:{kfid}", kfid, now) for kfid in due]
        with self.database.unit_of_work() as session:
            inbox.accept(session, rows, now=now)

    def daily(self, now: datetime) -> None:
        """Levels cool, and what is old is forgotten; each is many small deeds, so that a day cut short is finished by its next attempt."""
        self._cool(now)
        self.groups.daily(now)
        self.attach.tidy(now)
        self.prune(now)

    def _cool(self, now: datetime) -> None:
        """Who has said nothing for so long becomes N. Unavailable when the process is to end: the next one goes on."""
        after = 0
        while True:
            with self.database.reading() as session:
                silent_after = timedelta(days=self.rules.silent_after_days)
                some = store.silent_customers(session, silent_after=silent_after, now=now, after=after, limit=CUSTOMERS_A_LOOK)
            for known in some:
                if self.stopping.is_set():
                    raise Unavailable("程序正在停止，下次启动后继续")
                # Whom a power cut brings back is found again: nobody waits for the disk a hundred thousand times.
                with self.database.unit_of_work(durable=False) as session:
                    customer = session.get_one(Customer, known)
                    change = let_time_pass(session, customer, self.rules, now=now)
                    queue_tags(session, customer, change, f"silent:{now.date()}", now=now)
            if len(some) < CUSTOMERS_A_LOOK:
                return
            after = some[-1]

    def _accounts(self, now: datetime) -> dict[str, datetime]:
        """Accounts that we may drive, as if they had not been pulled for long."""
        try:
            managed = [account.open_kfid for account in self.kf.accounts() if account.managed]
        except (Unavailable, Refused, Misconfigured) as error:
            log.warning("kf accounts cannot be listed", why=str(error))
            return {}
        return dict.fromkeys(managed, now - self.poll_every)
