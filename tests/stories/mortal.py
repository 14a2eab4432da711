"""A process that can be killed at any moment: it names each one over a pipe and goes on only when it is told to.

Its first process learns the pack once and then forks one assistant after another: learning costs seconds, a birth milliseconds.
Its calls to WeCom go over the same pipe, for WeCom must outlive it; and whoever is at the other end holds the clock.
"""

import asyncio
import gc
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.db import Base, Database
from core.embedding import LetterEmbedder
from core.log import set_up_logging
from core.settings import Settings
from run.compose import Assistant, Knowledge, assemble, build_knowledge, seed
from run.loops import WorkLock
from run.pack import load_pack
from run.sandboxed import with_sandbox_secrets


@dataclass(frozen=True)
class Birth:
    """What an assistant is born into."""

    database_url: str
    now: datetime


@dataclass(frozen=True)
class Born:
    """It is alive, under this process id."""

    pid: int


@dataclass(frozen=True)
class Moment:
    """It is about to do this, or has just done it; it waits to hear that it lives on."""

    name: str


@dataclass(frozen=True)
class Call:
    """A call to WeCom; it waits for (status, content type, body)."""

    method: str
    path: str
    query: dict[str, str]
    body: bytes
    content_type: str


@dataclass(frozen=True)
class Post:
    """«Answer this callback»: it answers with the HTTP status."""

    query: dict[str, str]
    body: bytes
    now: datetime


@dataclass(frozen=True)
class Work:
    """«Handle and send whatever is due now»."""

    now: datetime


@dataclass(frozen=True)
class Told:
    """It is ready, or has done what it was told; `status` answers a Post."""

    status: int = 0


@dataclass(frozen=True)
class Ended:
    """The process is gone; the exit code is negative for a signal."""

    exit_code: int


class MortalDatabase(Database):
    """May die just before and just after each commit."""

    def __init__(self, url: str, line: Connection) -> None:
        super().__init__(url)
        self._line = line

    @contextmanager
    def unit_of_work(self, *, durable: bool = True, at_once: bool = False) -> Iterator[Session]:
        """See Database."""
        with super().unit_of_work(durable=durable, at_once=at_once) as session:
            yield session
            session.flush()
            # The statements are with the database, their locks are held, nothing counts yet.
            self._line.send(Moment("a commit"))
            self._line.recv()


class MortalTransport(httpx.BaseTransport):
    """Calls WeCom over the pipe; at the other end it may be killed before the call has left and after WeCom has taken it."""

    def __init__(self, line: Connection) -> None:
        self._line = line

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One call."""
        kind = request.headers.get("Content-Type", "")
        self._line.send(Call(request.method, request.url.path, dict(request.url.params), request.read(), kind))
        status, content_type, body = self._line.recv()
        return httpx.Response(status, headers={"Content-Type": content_type}, content=body)


def live(line: Connection, settings: Settings, knowledge: Knowledge, database: Database, birth: Birth) -> None:
    """One life: start, then answer callbacks and work as told, until we are told None or somebody kills us."""
    moment = [birth.now]
    line.send(Born(os.getpid()))
    lock = WorkLock(database)
    lock.take(lambda: moment[0])
    http = httpx.Client(transport=MortalTransport(line))
    assistant = assemble(settings, database, knowledge, http=http, clock=lambda: moment[0])
    line.send(Told())
    while (request := line.recv()) is not None:
        moment[0] = request.now
        line.send(answered(assistant, request) if isinstance(request, Post) else worked(assistant))
    database.close()
    lock.give_back()


def answered(assistant: Assistant, post: Post) -> Told:
    """What WeCom hears in answer to this callback."""

    async def exchange() -> Told:
        transport = httpx.ASGITransport(assistant.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://assistant.invalid") as client:
            return Told((await client.post("/wecom/callback", params=post.query, content=post.body)).status_code)

    return asyncio.run(exchange())


def worked(assistant: Assistant) -> Told:
    """Until nothing is due."""
    process = os.getpid()
    while assistant.worker.handle_next(f"{process}:handler") or assistant.worker.send_next(f"{process}:sender"):
        pass
    return Told()


def learn(settings: Settings) -> Knowledge:
    """What every assistant of this family knows; the letters stand in for the encoder, whose threads would not survive a fork."""
    pack = load_pack(settings.pack_folder())
    with tempfile.TemporaryDirectory(prefix="zhanting-mortal-") as scratch:
        database = Database(f"sqlite:///{Path(scratch) / 'learnt.db'}")
        Base.metadata.create_all(database.engine)
        seed(database, pack, utc_now)
        knowledge = build_knowledge(settings, database, pack, embedder=LetterEmbedder(), say=lambda _: None)
        database.close()
    return knowledge


def bear(fd: int, data_dir: str) -> None:
    """The first process: fork one assistant at a time, and tell how each ended, until it is told None."""
    line = Connection(fd)
    set_up_logging("error", "console")
    settings = with_sandbox_secrets(Settings(_env_file=None, data_dir=Path(data_dir)), "http://sandbox.invalid")  # type: ignore[call-arg]
    settings = settings.model_copy(update={"burst_quick_seconds": 0.0, "burst_quiet_seconds": 0.0, "lease_seconds": 1.0})
    knowledge, known = learn(settings), dict[str, Database]()
    line.send(Told())
    while (birth := line.recv()) is not None:
        if birth.database_url not in known:
            # The first life with a database is its own: whoever is born later inherits what SQLAlchemy has compiled by then.
            database = known[birth.database_url] = MortalDatabase(birth.database_url, line)
            live(line, settings, knowledge, database, birth)
            gc.freeze()
            line.send(Ended(0))
            continue
        child = os.fork()
        if child == 0:
            live(line, settings, knowledge, known[birth.database_url], birth)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        line.send(Ended(os.waitstatus_to_exitcode(status)))
