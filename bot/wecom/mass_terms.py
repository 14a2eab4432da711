"""Pure: the words of WeCom's answers about mass messages and moments."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class ChatType(StrEnum):
    """To single customers, or to customer groups."""

    SINGLE = "single"
    GROUP = "group"


class SendStatus(IntEnum):
    """What became of one customer or group, by WeCom's own numbers (reference §7.4)."""

    NOT_SENT = 0
    SENT = 1
    NO_CONTACT = 2
    LIMIT = 3

    @classmethod
    def _missing_(cls, value: object) -> "SendStatus":
        # A status new to us: nothing that we could call sent.
        return cls.NOT_SENT


@dataclass(frozen=True)
class MassMade:
    """A task that a member must confirm; `failed` are the ids that cannot receive it."""

    msgid: str
    failed: tuple[str, ...]


@dataclass(frozen=True)
class MassListed:
    """A task or a moment as the company's list shows it; `kinds` are the msgtypes of its attachments."""

    id: str
    created_at: datetime
    text: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class MassMember:
    """A member of a task; `sent_at` is None until he has confirmed. userid in lower case."""

    userid: str
    sent_at: datetime | None


@dataclass(frozen=True)
class MassResult:
    """One customer (external_userid) or group (chat_id)."""

    subject: str
    status: SendStatus
    at: datetime | None


@dataclass(frozen=True)
class MassPage:
    """Some of the results; go on while there is a `next_cursor`."""

    results: tuple[MassResult, ...]
    next_cursor: str


@dataclass(frozen=True)
class MomentMade:
    """What a job came to: `is_done` with a `moment_id`, or with the `errcode` of its failure. `invalid`: members it does not reach."""

    is_done: bool
    moment_id: str
    errcode: int
    errmsg: str
    invalid: tuple[str, ...]
