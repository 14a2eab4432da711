"""Callbacks on their way to the assistant: sealed at each attempt, three attempts, repeated or reordered when somebody asks."""

import os
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox import seal
from bot.sandbox.terms import CorpSecrets
from bot.sandbox.xml_document import Element, document

ATTEMPTS = 3

# Posts one sealed callback: (query parameters, XML body) → HTTP status. An OSError or an HTTPError of httpx is a failed attempt.
Deliver = Callable[[dict[str, str], bytes], int]


@dataclass
class Callback:
    """One event or message. `statuses` has one HTTP status per attempt, 0 where there was no answer."""

    number: int
    event: str
    plain: str
    due_at: datetime
    statuses: list[int] = field(default_factory=list)

    @property
    def arrived(self) -> bool:
        """The assistant has answered 200."""
        return bool(self.statuses) and self.statuses[-1] == 200

    @property
    def given_up(self) -> bool:
        """Three attempts were in vain: WeCom will not try again."""
        return len(self.statuses) >= ATTEMPTS and not self.arrived


class Callbacks:
    """The queue. `repeat` sends each callback so many times; `reordered` delivers what is waiting last first."""

    def __init__(self, secrets: CorpSecrets) -> None:
        self._secrets = secrets
        self._queued = 0
        self.waiting: list[Callback] = []
        self.settled: deque[Callback] = deque(maxlen=1000)
        self.repeat = 1
        self.reordered = False

    def queue(self, elements: Sequence[Element], *, now: datetime) -> None:
        """Put one event or message on its way; ToUserName comes first, as the fixtures have it."""
        plain = document([("ToUserName", self._secrets.corp_id), *elements])
        named = dict(elements)
        for _ in range(self.repeat):
            self._queued += 1
            self.waiting.append(Callback(self._queued, str(named.get("Event", named["MsgType"])), plain, now))

    def take_due(self, *, now: datetime) -> list[Callback]:
        """Those to be attempted now; they belong to the caller until `put_back`."""
        due = [callback for callback in self.waiting if callback.due_at <= now]
        self.waiting = [callback for callback in self.waiting if callback.due_at > now]
        return due[::-1] if self.reordered else due

    def put_back(self, callback: Callback, status: int, *, retry_at: datetime) -> None:
        """Record an attempt: settled by 200 or by the third failure, else waiting again."""
        callback.statuses.append(status)
        if callback.arrived or callback.given_up:
            self.settled.append(callback)
        else:
            callback.due_at = retry_at
            self.waiting.append(callback)

    def sealed(self, plain: str, *, now: datetime) -> tuple[dict[str, str], bytes]:
        """Query and body of one attempt. Each attempt is sealed anew, so only what is inside can show that it is a repeat."""
        query, encrypted = self._signed(plain, now)
        agent = str(self._secrets.agent_id)
        body = document([("ToUserName", self._secrets.corp_id), ("AgentID", agent), ("Encrypt", encrypted)])
        return query, body.encode()

    def verification(self, plain: str, *, now: datetime) -> dict[str, str]:
        """Query of the GET that WeCom sends when the callback address is saved; the answer must be `plain`, bare."""
        query, encrypted = self._signed(plain, now)
        return query | {"echostr": encrypted}

    def _signed(self, plain: str, now: datetime) -> tuple[dict[str, str], str]:
        encrypted = seal.encrypt(plain, receive_id=self._secrets.corp_id, aes_key=self._secrets.aes_key, random16=os.urandom(16))
        timestamp, nonce = str(int(now.timestamp())), str(int.from_bytes(os.urandom(4), "big"))
        signed = seal.signature(self._secrets.token, timestamp, nonce, encrypted)
        return {"msg_signature": signed, "timestamp": timestamp, "nonce": nonce}, encrypted
