"""Threads that do the work until they are told to stop; on SQLite only one process may."""

import fcntl
import os
import socket
import threading
from collections.abc import Callable
from typing import IO

import structlog

from bot.models import InboxMessage, OutboxMessage
from bot.queue import expire_claims
from bot.worker import Bell, Worker
from core.clock import Clock
from core.db import Database, sqlite_path
from core.errors import Misconfigured
from core.log import place_of

log = structlog.get_logger()

# Seconds that an idle loop waits before it looks again. Turns become due, and callbacks of other processes arrive, without a bell;
# what is to be said is queued by this process, which rings, so senders look only for what was put off.
HANDLERS_LOOK_EVERY = 0.1
SENDERS_LOOK_EVERY = 0.5


class WorkLock:
    """On SQLite the one process that works; what a process that died had claimed is free at once. PostgreSQL needs none: leases do it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        file = sqlite_path(database.url)
        self._path = file.with_name(f"{file.name}.lock") if file else None
        self._file: IO[str] | None = None

    def take(self, clock: Clock) -> None:
        """Misconfigured when another process works on this SQLite file."""
        if self._path is None:
            return
        self._file = self._path.open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Misconfigured(
                f"另一个进程正在用 {self._path.with_suffix('')}；要跑多个进程，请把 ZHANTING_DATABASE_URL 设成 PostgreSQL"
            ) from None
        with self._database.unit_of_work() as session:
            for table in (InboxMessage, OutboxMessage):
                expire_claims(session, table, now=clock())

    def give_back(self) -> None:
        """The lock is free for the next process."""
        if self._file is not None:
            self._file.close()


class Loops:
    """Handlers understand and decide, senders speak. Stopping waits for what is being done."""

    def __init__(self, worker: Worker, *, handlers: int, senders: int) -> None:
        self._stopping = threading.Event()
        process = f"{socket.gethostname()}:{os.getpid()}"
        self._bells = (worker.heard, worker.queued)
        self._threads = [
            *(self._thread(worker.handle_next, worker.heard, HANDLERS_LOOK_EVERY, f"{process}:handler-{n}") for n in range(handlers)),
            *(self._thread(worker.send_next, worker.queued, SENDERS_LOOK_EVERY, f"{process}:sender-{n}") for n in range(senders)),
        ]

    def start(self) -> None:
        """Begin; once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after what is being done now."""
        self._stopping.set()
        for bell in self._bells:
            bell.ring()
        for thread in self._threads:
            thread.join()

    def _thread(self, step: Callable[..., bool], bell: Bell, look_every: float, name: str) -> threading.Thread:
        return threading.Thread(target=self._run, args=(step, bell, look_every, name), name=name, daemon=True)

    def _run(self, step: Callable[..., bool], bell: Bell, look_every: float, name: str) -> None:
        likely = True
        while not self._stopping.is_set():
            try:
                busy = step(name, likely=likely)
            except Exception as error:  # The loop's edge: a database that is away for a moment must not end the thread.
                log.error("step failed", loop=name, error=place_of(error))
                likely = False
                self._stopping.wait(1.0)
                continue
            likely = busy or bell.wait(look_every)
