"""The whole assistant in one process, a WeCom we can read, and a clock we hold."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
from sqlalchemy import select

from bot.models import InboxMessage, OutboxMessage
from bot.queue import State
from bot.sandbox.delivery import SandboxTransport
from bot.sandbox.sandbox import Sandbox
from core.db import Database
from core.settings import Settings
from run.compose import Assistant, Knowledge, assemble
from run.sandboxed import SANDBOX_CORP, with_sandbox_secrets

START = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
# Who waits longer than this waits for a person, a day or a decay, not for the end of a burst or a retry.
PATIENCE = timedelta(seconds=40)


class World:
    """Says what a customer says, lets everything settle, tells what everybody heard."""

    def __init__(self, database: Database, settings: Settings, know: Callable[[Database], Knowledge]) -> None:
        self.now = START
        self.database = database
        self.settings = with_sandbox_secrets(settings, "http://sandbox.invalid")
        self.sandbox = Sandbox(SANDBOX_CORP, deliver=self._deliver, clock=self.clock)
        self.http = httpx.Client(transport=SandboxTransport(self.sandbox))
        self._know = know
        self.assistant = self.restarted()

    def clock(self) -> datetime:
        """The time that everybody in this world reads."""
        return self.now

    def restarted(self) -> Assistant:
        """A new assistant on the same database, as after a crash."""
        self.assistant = assemble(self.settings, self.database, self._know(self.database), http=self.http, clock=self.clock)
        return self.assistant

    def later(self, **by: float) -> None:
        """Let time pass: later(minutes=5)."""
        self.now += timedelta(**by)

    def enters(self, name: str, scene: str = "store_qr", scene_param: str = "") -> str:
        """A customer opens the chat; returns his id. What follows from it has settled."""
        customer = self.sandbox.customer_enters(name, scene=scene, scene_param=scene_param)
        self.settles()
        return customer

    def says(self, customer: str, *texts: str, after: float = 0.5) -> list[str]:
        """He writes these, `after` seconds apart; nothing has settled yet. Returns the msgids."""
        msgids = []
        for text in texts:
            msgids.append(self.sandbox.customer_says(customer, text))
            self.step()
            self.later(seconds=after)
        return msgids

    def asks(self, customer: str, *texts: str) -> list[str]:
        """He writes, everything settles; returns what the assistant said to that."""
        before = len(self.sandbox.said_by_bot(customer))
        self.says(customer, *texts)
        self.settles()
        return self.sandbox.said_by_bot(customer)[before:]

    def settles(self) -> None:
        """Until nothing is due, moving the clock over the short waits of bursts and retries."""
        end = self.now + PATIENCE
        while True:
            self.step()
            due = self._next_due()
            if due is None or due > end:
                return
            self.now = max(self.now, due)

    def step(self) -> None:
        """Everything that is due now."""
        busy = True
        while busy:
            busy = bool(self.sandbox.deliver_due())
            busy = self.assistant.worker.handle_next("handler") or busy
            busy = self.assistant.worker.send_next("sender") or busy

    def outbox(self, *states: State) -> list[OutboxMessage]:
        """Rows of the outbox, oldest first, in these states or in any."""
        with self.database.reading() as session:
            rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        return [row for row in rows if not states or row.state in states]

    def inbox(self, *states: State) -> list[InboxMessage]:
        """Rows of the inbox, oldest first, in these states or in any."""
        with self.database.reading() as session:
            rows = session.scalars(select(InboxMessage).order_by(InboxMessage.id)).all()
        return [row for row in rows if not states or row.state in states]

    def _next_due(self) -> datetime | None:
        # What stands behind another row of its lane waits for that one, whatever its own moment says.
        heads: dict[str, datetime] = {}
        for row in self.inbox(State.WAITING, State.CLAIMED):
            heads.setdefault(f"in {row.lane}", row.due_at)
        for deed in self.outbox(State.WAITING, State.CLAIMED):
            heads.setdefault(f"out {deed.lane}", deed.due_at)
        return min(heads.values(), default=None)

    def _deliver(self, query: dict[str, str], body: bytes) -> int:
        async def post() -> int:
            transport = httpx.ASGITransport(self.assistant.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://assistant.invalid") as client:
                answer = await client.post("/wecom/callback", params=query, content=body)
                return answer.status_code

        return asyncio.run(post())
