"""The stage on which API calls and people act: one memory, one lock, one clock, and a way to wait for the next change."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from bot.sandbox.corp import Corp
from core.clock import Clock


class Stage:
    """Base of everything that reads or changes the Corp. Callbacks are only queued under the lock, never delivered."""

    def __init__(self, corp: Corp, clock: Clock) -> None:
        self._corp = corp
        self._clock = clock
        self._turn = threading.Condition(threading.RLock())
        self._version = 0

    @contextmanager
    def _deed(self) -> Iterator[datetime]:
        """One change, alone; gives the moment it happens. Whoever waits for a change is woken."""
        with self._turn:
            try:
                yield self._clock()
            finally:
                self._version += 1
                self._turn.notify_all()

    @contextmanager
    def _look(self) -> Iterator[datetime]:
        """One look at a state that does not change meanwhile."""
        with self._turn:
            yield self._clock()

    def wait_for_change(self, seen: int, *, timeout: float) -> int:
        """The number of the newest change, as soon as it is not `seen`, or after `timeout` seconds."""
        with self._turn:
            self._turn.wait_for(lambda: self._version != seen, timeout)
            return self._version
