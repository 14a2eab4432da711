"""Keeps callbacks durably, many in one commit: while one commit waits for the disk, whoever arrives is gathered for the next."""

import threading
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from bot import inbox
from bot.inbox_terms import Received
from bot.queue import State
from core.clock import Clock
from core.db import Database


@dataclass
class _Ticket:
    """One callback on its way to the disk. `kept` becomes true when it has arrived there."""

    received: Received
    not_handled: str
    kept: bool = False


class Acceptor:
    """Shared by all threads that receive callbacks."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._gate = threading.Lock()
        self._turn = threading.Lock()
        self._waiting: list[_Ticket] = []

    def keep(self, received: Received, *, not_handled: str = "") -> None:
        """Returns when the callback is on disk; raises what the database raises, and then nothing was kept.

        `not_handled` says why nobody will act on it; it is kept all the same.
        """
        ticket = _Ticket(received, not_handled)
        with self._gate:
            self._waiting.append(ticket)
        # Whoever gets the turn first keeps everything that waits; the others find theirs kept when their turn comes.
        with self._turn:
            if not ticket.kept:
                self._keep_waiting(ticket)

    def _keep_waiting(self, own: _Ticket) -> None:
        with self._gate:
            batch, self._waiting = self._waiting, []
        try:
            self._commit(batch)
        except SQLAlchemyError:
            # One callback that the database does not take must not cost the others their place: each gets its own turn and its own error.
            with self._gate:
                self._waiting = [*(ticket for ticket in batch if ticket is not own), *self._waiting]
            self._commit([own])

    def _commit(self, batch: list[_Ticket]) -> None:
        now = self._clock()
        with self._database.unit_of_work(at_once=True) as session:
            for ticket in batch:
                state = State.IGNORED if ticket.not_handled else State.WAITING
                inbox.accept(session, [ticket.received], state=state, reason=ticket.not_handled, now=now)
        for ticket in batch:
            ticket.kept = True
