"""Pure: the words of the sandbox: the corp's secrets, its people at the start, one call of the API and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class CorpSecrets:
    """What the admin console shows: the app's credentials and the callback's Token and 43 characters of EncodingAESKey."""

    corp_id: str
    secret: str
    agent_id: int
    token: str
    aes_key: str


@dataclass(frozen=True)
class MemberSeed:
    """A member of the corp. A servicer (接待人员) takes kf sessions; an advisor may have customers of his own."""

    userid: str
    name: str
    is_servicer: bool = True
    is_advisor: bool = True


@dataclass(frozen=True)
class GroupSeed:
    """A customer group that is so many days old when the sandbox opens; customers by their nicknames."""

    name: str
    owner: str
    customers: tuple[str, ...]
    days_old: int


@dataclass(frozen=True)
class Seeds:
    """Who and what is there when the sandbox opens. All members are in the one department."""

    open_kfid: str = "wkSandboxKf01AAAAAAAAAAAAAAAAAAA"
    kf_name: str = "云驰汽车客服"
    members: tuple[MemberSeed, ...] = (
        MemberSeed("zhangsan", "张三"),
        MemberSeed("lisi", "李四"),
        MemberSeed("wangwu", "王五（店长）", is_servicer=False),
    )
    department: int = 3
    groups: tuple[GroupSeed, ...] = (
        GroupSeed("云驰 E7 看车交流群", "zhangsan", ("老周", "小满妈妈", "陈先生", "阿宁"), 10),
        GroupSeed("云驰车主之家", "lisi", ("木子", "远山", "一只柚子", "大鹏", "林小姐"), 45),
    )
    webhooks: Mapping[str, str] = field(default_factory=lambda: {"sandbox-webhook-sales": "销售顾问群"})  # key → internal group
    tag_groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class SessionState(IntEnum):
    """State of a kf session (reference §5.7); the numbers are WeCom's."""

    NEW = 0
    ASSISTANT = 1
    POOL = 2
    HUMAN = 3
    ENDED = 4


class Origin(IntEnum):
    """Who caused an entry of `kf/sync_msg`; the numbers are WeCom's."""

    CUSTOMER = 3
    SYSTEM = 4
    SERVICER = 5


class Speaker(StrEnum):
    """Whose bubble it is on the customer's phone."""

    CUSTOMER = "customer"
    BOT = "bot"
    SERVICER = "servicer"
    ADVISOR = "advisor"


class CodeFrom(StrEnum):
    """What an event code of kf allows to answer (reference §5.6)."""

    ENTER = "enter_session"
    POOL = "pool"
    SERVICER = "servicer"
    ENDED = "ended"


class Timeout(StrEnum):
    """A call that gets no answer: WeCom has not done it, or has."""

    LOST = "timeout_lost"
    TAKEN = "timeout_taken"


@dataclass(frozen=True)
class ApiAnswer:
    """What goes back over HTTP. Refusals are answered with status 200 and an errcode, as WeCom does."""

    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ApiCall:
    """One line of the API's journal; `errcode` is None when the caller got no answer."""

    at: datetime
    method: str
    path: str
    errcode: int | None


class ApiError(Exception):
    """The API refuses: becomes {errcode, errmsg}."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(f"{errcode}: {errmsg}")
        self.errcode = errcode
        self.errmsg = errmsg


class NoAnswer(TimeoutError):
    """The caller waits in vain, because a test or a person asked for it."""


class CannotDo(ValueError):
    """A person on a phone tries what the phone would not offer; the text is for that person."""


@dataclass
class LoginCode:
    """Names a member until it is used or old; an empty userid is somebody outside the app's visible range."""

    userid: str
    issued_at: datetime
    used: bool = False
