"""Pure: the words of WeCom's answers: sessions, servicers, contacts, tags, uploads."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any


class KfState(IntEnum):
    """Who holds a session, by WeCom's own numbers (reference §5.7)."""

    NEW = 0
    ASSISTANT = 1
    POOL = 2
    HUMAN = 3
    ENDED = 4

    @classmethod
    def _missing_(cls, value: object) -> "KfState":
        # A state new to us: software had better stay silent in it.
        return cls.ENDED

    @property
    def lets_software_speak(self) -> bool:
        """Elsewhere `send` fails with 95018."""
        return self in (KfState.NEW, KfState.ASSISTANT)


@dataclass(frozen=True)
class Page:
    """One page of sync_msg. An empty page with `has_more` is legal: go on."""

    entries: list[dict[str, Any]]
    next_cursor: str
    has_more: bool


@dataclass(frozen=True)
class Servicer:
    """接待人员; userid in lower case."""

    userid: str
    on_duty: bool


@dataclass(frozen=True)
class KfCustomer:
    """What WeCom tells of a customer who was active within 48 hours."""

    nickname: str
    unionid: str


@dataclass(frozen=True)
class KfAccount:
    """客服账号; only a managed one can be driven by the API."""

    open_kfid: str
    name: str
    managed: bool


@dataclass(frozen=True)
class Follower:
    """One advisor's side of the relation: remark, tags and state belong to the pair. `tag_ids` are corp tags only."""

    userid: str
    remark: str
    state: str
    added_at: datetime
    mobiles: tuple[str, ...]
    tag_ids: tuple[str, ...]


@dataclass(frozen=True)
class Contact:
    """A customer as WeCom has him, with at most 500 advisors."""

    external_userid: str
    name: str
    unionid: str
    followers: tuple[Follower, ...]


@dataclass(frozen=True)
class CorpTag:
    """企业标签."""

    id: str
    name: str
    group_id: str
    group_name: str


@dataclass(frozen=True)
class AppSent:
    """`invalid`: those who could not receive it, in lower case. The response code of a card changes it once within 72 h."""

    msgid: str
    response_code: str
    invalid: frozenset[str]


class UploadKind(StrEnum):
    """What can be uploaded: image ≤ 10 MB JPG/PNG (kf shows ≤ 2 MB), voice ≤ 2 MB AMR, video ≤ 10 MB MP4, file ≤ 20 MB."""

    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"


@dataclass(frozen=True)
class Uploaded:
    """Good for three days from `created_at`, for every app of the company."""

    media_id: str
    created_at: datetime
