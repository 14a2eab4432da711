"""Two `serve` and two `work` on one PostgreSQL: each message handled once, in order per customer, whoever does it and whoever dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import inbox, outbox
from bot.messages import TO_CUSTOMER
from bot.models import InboxMessage, OutboxMessage, Utterance
from bot.queue import State
from bot.sandbox.delivery import HttpDelivery
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.shell import create_sandbox_app
from bot.sandbox.terms import Speaker
from core.clock import utc_now
from core.db import Database
from core.settings import Settings
from run.compose import Knowledge
from run.loops import WorkLock
from run.sandboxed import SANDBOX_CORP, sandbox_environment, with_sandbox_secrets
from run.servers import Servers, address_of, bind
from run.start import opened
from tests.conftest import POSTGRES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

MAIN = Path(__file__).resolve().parents[2] / "main.py"
UP_WITHIN_SECONDS = 60.0
DONE_WITHIN_SECONDS = 60.0
CUSTOMERS = 60
QUESTIONS = ("E7的后备箱有多大？", "首保免费吗，什么时候做", "保养一次多少钱")
# Nobody waits for the end of a burst; what a dead worker had claimed is free after five seconds.
SMALL = {
    "ZHANTING_HANDLERS": "2",
    "ZHANTING_SENDERS": "2",
    "ZHANTING_LEASE_SECONDS": "5",
    "ZHANTING_BURST_QUICK_SECONDS": "0",
    "ZHANTING_BURST_QUIET_SECONDS": "0",
}


class Process:
    """One `python main.py …`, its settings and what it says."""

    def __init__(self, command: str, environment: dict[str, str], folder: Path) -> None:
        self._said = folder / f"{command}-{time.monotonic_ns()}.txt"
        plain = {name: value for name, value in os.environ.items() if not name.startswith("ZHANTING_")}
        with self._said.open("w") as said:
            self._child = subprocess.Popen(
                [sys.executable, str(MAIN), command], cwd=folder, env=plain | environment, stdout=said, stderr=said
            )
        self.pid = self._child.pid

    @property
    def said(self) -> str:
        """Everything so far."""
        return self._said.read_text("utf-8")

    def waits_for(self, words: str) -> str:
        """The line with these words, as soon as it is there."""
        until(lambda: words in self.said or self._child.poll() is not None, UP_WITHIN_SECONDS)
        assert words in self.said, self.said
        return next(line for line in self.said.splitlines() if words in line)

    def exit_code(self) -> int:
        """When it has ended by itself."""
        return self._child.wait(UP_WITHIN_SECONDS)

    def signalled(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._child.send_signal(number)

    def ends(self) -> None:
        """As an operator ends it; at the latest now."""
        if self._child.poll() is None:
            self._child.terminate()
            self.exit_code()


class Town:
    """WeCom, four processes of ours, and the database they share."""

    def __init__(self, sandbox: Sandbox, database: Database, workers: list[Process]) -> None:
        self.sandbox = sandbox
        self.database = database
        self.workers = workers
        self.wrote: dict[str, list[str]] = {}
        self.seen_working: set[int] = set()

    def writes(self) -> None:
        """Everybody writes his questions, in turn, within a few seconds; two of three write a third one."""
        for round_, question in enumerate(QUESTIONS):
            for number in range(CUSTOMERS):
                if round_ == 2 and number % 3 == 0:
                    continue
                customer = f"wm-{number:02}"
                self.wrote.setdefault(customer, []).append(self.sandbox.customer_says(customer, question))
                time.sleep(0.01)
                self.seen_working |= self.working_now()

    def working_now(self) -> set[int]:
        """Process ids of those who have claimed something at this moment."""
        with self.database.reading() as session:
            heard = session.scalars(select(InboxMessage.claimed_by).where(InboxMessage.state == State.CLAIMED)).all()
            said = session.scalars(select(OutboxMessage.claimed_by).where(OutboxMessage.state == State.CLAIMED)).all()
        return {int(name.split(":")[1]) for name in [*heard, *said]}

    def loses_a_worker(self) -> None:
        """kill -9 while it holds a claim: it is stopped first, so that it cannot finish while we look."""
        victim = self.workers[0]

        def caught_at_work() -> bool:
            victim.signalled(signal.SIGSTOP)
            caught = victim.pid in self.working_now()
            victim.signalled(signal.SIGKILL if caught else signal.SIGCONT)
            return caught

        until(caught_at_work, DONE_WITHIN_SECONDS)
        assert victim.exit_code() == -signal.SIGKILL

    def is_done(self) -> bool:
        """All callbacks delivered, nothing waiting, nothing claimed."""
        self.seen_working |= self.working_now()
        if not all(statuses and statuses[-1] == 200 for _, statuses in self.sandbox.callback_statuses()):
            return False
        with self.database.reading() as session:
            return inbox.open_count(session) == 0 and not outbox.by_state(session, [State.WAITING, State.CLAIMED], limit=1)


def until(true: Callable[[], bool], seconds: float) -> None:
    """Wait; fails when it takes longer."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.02)


@contextmanager
def running(command: str, environment: dict[str, str], folder: Path) -> Iterator[Process]:
    """A process that is gone afterwards, whatever happens."""
    process = Process(command, environment, folder)
    try:
        yield process
    finally:
        process.ends()


@contextmanager
def town_on(url: str, settings: Settings, folder: Path) -> Iterator[Town]:
    """Everything up and ready; callbacks go to the two `serve` in turn."""
    stage = bind("127.0.0.1", 0, "")
    environment = {
        **sandbox_environment(with_sandbox_secrets(settings, address_of(stage))),
        **SMALL,
        "ZHANTING_DATABASE_URL": url,
        "ZHANTING_DATA_DIR": str(settings.data_dir),
        "ZHANTING_PORT": "0",
    }
    with ExitStack() as stack:
        workers = [stack.enter_context(running("work", environment, folder)) for _ in range(2)]
        serving = [stack.enter_context(running("serve", environment, folder)) for _ in range(2)]
        doors = [HttpDelivery(process.waits_for("/wecom/callback").split()[-1]) for process in serving]
        in_turn = cycle(doors)
        sandbox = Sandbox(SANDBOX_CORP, deliver=lambda query, body: next(in_turn)(query, body), clock=utc_now)
        for door in doors:
            stack.callback(door.close)
        servers = Servers()
        servers.start(create_sandbox_app(sandbox, understood=None), stage)
        stack.callback(servers.stop)
        for worker in workers:
            worker.waits_for("正在处理消息")
        database = Database(url)
        stack.callback(database.close)
        yield Town(sandbox, database, workers)


@pytest.fixture
def town(
    postgres_url: str, settings: Settings, tmp_path: Path, sqlite_database: Database, know: Callable[[Database], Knowledge]
) -> Iterator[Town]:
    """Two `serve`, two `work`. What they know was made beforehand, so that they start in seconds."""
    know(sqlite_database)
    with town_on(Settings(database_url=postgres_url).database(), settings, tmp_path) as ready:
        yield ready


def everything_was_done_once_and_in_order(town: Town) -> None:
    """What no customer and no operator could tell from a single process that never failed."""
    with town.database.reading() as session:
        heard = session.scalars(select(InboxMessage).order_by(InboxMessage.id)).all()
        said = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        lines = session.scalars(select(Utterance).order_by(Utterance.id)).all()
    assert {row.state for row in heard} | {row.state for row in said} == {State.DONE}
    assert sum(row.kind == "kf_text" for row in heard) == sum(map(len, town.wrote.values()))
    for customer, msgids in town.wrote.items():
        spoke = [line for line in lines if line.external_id == customer and line.speaker == "customer"]
        replies = [row for row in said if row.channel in TO_CUSTOMER and row.payload["external_id"] == customer]
        turns = [row.key.split(":")[1] for row in replies if row.key.endswith(":0")]
        phone = [bubble.msgid for bubble in town.sandbox.heard_by(customer) if bubble.speaker is Speaker.BOT]
        assert [line.msgid for line in spoke] == msgids
        # A message that waited while its customer wrote again is answered together with the later one.
        assert turns == list(dict.fromkeys(line.turn for line in spoke))
        assert phone == [row.wecom_id for row in replies]


if POSTGRES:

    def test_two_serve_and_two_work_handle_each_message_once_and_in_order(town: Town) -> None:
        town.writes()
        until(town.is_done, DONE_WITHIN_SECONDS)

        everything_was_done_once_and_in_order(town)
        assert town.seen_working == {worker.pid for worker in town.workers}

    def test_a_worker_killed_under_load_leaves_nothing_undone_and_nothing_done_twice(town: Town) -> None:
        town.writes()
        town.loses_a_worker()
        until(town.is_done, DONE_WITHIN_SECONDS)

        everything_was_done_once_and_in_order(town)


def test_on_sqlite_a_second_work_is_refused_with_one_sentence(settings: Settings, tmp_path: Path) -> None:
    environment = {**sandbox_environment(with_sandbox_secrets(settings, "http://sandbox.invalid")), "ZHANTING_DATA_DIR": str(tmp_path)}
    with opened(settings.model_copy(update={"data_dir": tmp_path})) as database:
        first = WorkLock(database)
        first.take(utc_now)
        with running("work", environment, tmp_path) as second:
            assert second.exit_code() == 1
        first.give_back()

    assert second.said.count("\n") == 1, second.said
    assert f"另一个进程正在用 {tmp_path / 'zhanting.db'}；" in second.said
