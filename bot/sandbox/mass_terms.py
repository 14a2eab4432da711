"""Pure: what is remembered of mass messages, moments and webhooks: tasks that members confirm, and what a month has used up."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from bot.sandbox.terms import Json

Said = Sequence[tuple[str, Json]]  # (msgtype, content), text first


class SendStatus(IntEnum):
    """What became of one customer or group (reference §7.4); the numbers are WeCom's."""

    NOT_SENT = 0
    SENT = 1
    NO_CONTACT = 2
    LIMIT = 3


@dataclass
class Target:
    """One customer or group that one member is to send to."""

    subject: str
    userid: str
    status: SendStatus = SendStatus.NOT_SENT
    sent_at: datetime | None = None


@dataclass
class MassTask:
    """企业群发: nothing leaves before a member confirms; `wire` is what the caller gave, `said` what will be read."""

    msgid: str
    chat_type: str
    at: datetime
    wire: Json
    said: Said
    targets: list[Target]
    allow_select: bool = False
    sent_by: dict[str, datetime] = field(default_factory=dict)
    reminded: list[datetime] = field(default_factory=list)
    cancelled_at: datetime | None = None

    @property
    def members(self) -> list[str]:
        """Who must confirm, each once."""
        return list(dict.fromkeys(target.userid for target in self.targets))


@dataclass
class Moment:
    """朋友圈: a job first, then a task under `moment_id` that each member publishes."""

    jobid: str
    moment_id: str
    at: datetime
    wire: Json
    said: Said
    members: list[str]
    tags: list[str]
    invalid: Json
    published: dict[str, datetime] = field(default_factory=dict)
    cancelled_at: datetime | None = None


@dataclass
class InternalGroup:
    """An internal group with a webhook; `sent` are the moments of the last minute."""

    name: str
    posts: list[tuple[datetime, str, Json]] = field(default_factory=list)
    sent: deque[datetime] = field(default_factory=deque)
    removed: bool = False


@dataclass
class MassBook:
    """Everything of this kind in one corp. `used` counts mass messages by (subject, month); a task is dispatched for so long."""

    internal: dict[str, InternalGroup]
    tasks: dict[str, MassTask] = field(default_factory=dict)
    moments: dict[str, Moment] = field(default_factory=dict)
    used: Counter[tuple[str, str]] = field(default_factory=Counter)
    dispatch_takes: timedelta = timedelta(0)

    @classmethod
    def opened(cls, webhooks: Mapping[str, str]) -> "MassBook":
        """Nothing sent yet; `webhooks` is key → name of an internal group."""
        return cls({key: InternalGroup(name) for key, name in webhooks.items()})
