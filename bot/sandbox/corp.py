"""Everything this small WeCom remembers, in memory: people, sessions, messages, codes, media, tags. Behaviour is elsewhere."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b

from bot.sandbox.callbacks import Callbacks
from bot.sandbox.failures import Failures
from bot.sandbox.group_terms import GroupBook
from bot.sandbox.mass_terms import MassBook
from bot.sandbox.terms import ApiCall, ApiError, CannotDo, CodeFrom, CorpSecrets, Json, LoginCode, Seeds, SessionState, Speaker

WINDOW = timedelta(hours=48)


@dataclass
class Member:
    """A member and whether he takes sessions now; `stop_type` as in `servicer/list`: 0 stopped, 1 suspended."""

    userid: str
    name: str
    is_servicer: bool
    is_advisor: bool
    on_duty: bool = True
    stop_type: int = 0
    activated: bool = True


@dataclass
class Customer:
    """A WeChat user who was here at least once; `active_at` is the last time he entered or wrote."""

    external_userid: str
    nickname: str
    met_at: datetime
    active_at: datetime
    scene: str = ""
    scene_param: str = ""


@dataclass
class Session:
    """The kf session of one customer. `alive_until` is None until he first writes; `sent` counts API messages since he last wrote.

    `servicer` is who serves in state 3, and who served last in the others.
    """

    state: SessionState = SessionState.ENDED
    servicer: str = ""
    wrote_at: datetime | None = None
    alive_until: datetime | None = None
    welcomed_at: datetime | None = None
    sent: int = 0

    def state_at(self, now: datetime) -> SessionState:
        """A session lasts 48 h: after that it has ended, whatever it was."""
        alive = self.alive_until is not None and now < self.alive_until
        return self.state if alive else SessionState.ENDED


@dataclass
class Bubble:
    """One message as the customer's phone shows it. `content` is the body of that msgtype; a menu stays a structure.

    `cut` says that the API's caller sent more text than WeCom takes; `failed` is the fail_type of a delivery that failed afterwards.
    `chat` is «kf», or «friend» for what an advisor's contact received; `by` is the member's userid where there is one.
    """

    msgid: str
    at: datetime
    speaker: Speaker
    msgtype: str
    content: Json
    by: str = ""
    chat: str = "kf"
    cut: bool = False
    recalled: bool = False
    failed: int | None = None

    @property
    def text(self) -> str:
        """The words of a text or the head of a menu; empty for the rest."""
        return str(self.content.get("content") or self.content.get("head_content") or "")


@dataclass
class EventCode:
    """A code that lets the API answer an event once (reference §5.6)."""

    origin: CodeFrom
    external_userid: str
    issued_at: datetime
    used: bool = False


@dataclass
class KfEntry:
    """One entry of `sync_msg` and when it came."""

    at: datetime
    wire: Json


@dataclass
class KfAccount:
    """The kf account: its log, the sync tokens it has handed out, and the msgids that it has accepted."""

    open_kfid: str
    name: str
    log: list[KfEntry] = field(default_factory=list)
    tokens: dict[str, datetime] = field(default_factory=dict)
    tokenless: deque[datetime] = field(default_factory=deque)
    accepted: set[str] = field(default_factory=set)
    empty_pages: int = 0


@dataclass
class AppMessage:
    """What one member received from the app. `dropped` is why he never saw it; `pressed` the button he last
    pressed, `replaced` the grey label that an update put in the place of the buttons."""

    msgid: str
    userid: str
    at: datetime
    msgtype: str
    content: Json
    dropped: str = ""
    replaced: str = ""
    pressed: str = ""

    @property
    def task_id(self) -> str:
        """The card's task_id; empty for other messages."""
        return str(self.content.get("task_id", ""))


@dataclass
class ResponseCode:
    """Lets `update_template_card` change one card once within 72 h."""

    task_id: str
    issued_at: datetime
    used: bool = False


@dataclass
class Follow:
    """The relation advisor ↔ customer. `one_way`: the customer has deleted the advisor, the API does not show it."""

    userid: str
    external_userid: str
    created_at: datetime
    state: str = ""
    remark: str = ""
    description: str = ""
    tags: list[str] = field(default_factory=list)
    one_way: bool = False


@dataclass
class WelcomeCode:
    """The WelcomeCode of `add_external_contact`: 20 s, once, and only while the two have not begun to chat."""

    userid: str
    external_userid: str
    issued_at: datetime
    used: bool = False
    chatting: bool = False


@dataclass
class Tag:
    """A corp tag."""

    id: str
    name: str
    created_at: datetime
    order: int = 0


@dataclass
class TagGroup:
    """A group of corp tags."""

    id: str
    name: str
    created_at: datetime
    order: int = 0
    tags: list[Tag] = field(default_factory=list)


@dataclass
class Media:
    """Temporary media: three days. Permanent ones (`uploadimg`) live in `Corp.images`."""

    kind: str
    filename: str
    content_type: str
    data: bytes
    created_at: datetime


class Corp:
    """The memory, with the few look-ups that everybody needs. Not thread-safe: the Sandbox holds the lock."""

    def __init__(self, secrets: CorpSecrets, seeds: Seeds, *, now: datetime) -> None:
        self.secrets = secrets
        self.department = seeds.department
        self.kf = KfAccount(seeds.open_kfid, seeds.kf_name)
        self.members = {seed.userid: Member(seed.userid, seed.name, seed.is_servicer, seed.is_advisor) for seed in seeds.members}
        self.customers: dict[str, Customer] = {}
        self.sessions: dict[str, Session] = {}
        self.chats: dict[str, list[Bubble]] = {}
        self.event_codes: dict[str, EventCode] = {}
        self.access_tokens: dict[str, datetime] = {}
        self.app_messages: list[AppMessage] = []
        self.app_answers: list[tuple[datetime, str, Json]] = []
        self.task_ids: set[str] = set()
        self.response_codes: dict[str, ResponseCode] = {}
        self.follows: dict[tuple[str, str], Follow] = {}
        self.welcome_codes: dict[str, WelcomeCode] = {}
        self.tag_groups: dict[str, TagGroup] = {}
        self.media: dict[str, Media] = {}
        self.images: dict[str, Media] = {}
        self.login_codes: dict[str, LoginCode] = {}
        self.callbacks = Callbacks(secrets)
        self.failures = Failures()
        self.groups = GroupBook()
        self.mass = MassBook.opened(seeds.webhooks)
        self.calls: deque[ApiCall] = deque(maxlen=5000)
        # The sandbox forgets at its end, the assistant does not: ids of this life must not look like those of an earlier one.
        self.life = format(int(now.timestamp()), "x")
        self._issued = 0

    def issue(self, what: str) -> str:
        """A fresh id such as «msg-6afe1a40-17»; never repeated, also not by a later sandbox."""
        self._issued += 1
        return f"{what}-{self.life}-{self._issued}"

    def issue_number(self) -> int:
        """A fresh 64-bit number, as MsgId wants it."""
        self._issued += 1
        return int(self.life, 16) * 10**6 + self._issued

    def account(self, fields: Mapping[str, object]) -> KfAccount:
        """The kf account that a call names in `open_kfid`; 60251 without one, 95004 for another one."""
        if not fields.get("open_kfid"):
            raise ApiError(60251, "open_kfid is missing")
        if fields["open_kfid"] != self.kf.open_kfid:
            raise ApiError(95004, "open_kfid does not exist")
        return self.kf

    def customer(self, external_userid: str) -> Customer:
        """A customer that the API names; 40096 when nobody is called so."""
        found = self.customers.get(external_userid)
        if found is None:
            raise ApiError(40096, "invalid external_userid")
        return found

    def meet(self, external_userid: str, nickname: str, *, now: datetime) -> Customer:
        """The customer, made at first sight; his session has not started."""
        known = self.customers.get(external_userid)
        if known is None:
            known = Customer(external_userid, nickname or f"微信用户{len(self.customers) + 1}", now, now)
            self.customers[external_userid] = known
            self.sessions[external_userid] = Session()
            self.chats[external_userid] = []
        return known

    def member(self, userid: str) -> Member:
        """A member whose phone somebody holds."""
        found = self.members.get(userid.lower())
        if found is None:
            raise CannotDo(f"没有成员 {userid}")
        return found

    def follow(self, userid: str, external_userid: str) -> Follow:
        """The relation of a pair that somebody wants to change."""
        found = self.follows.get((self.member(userid).userid, external_userid))
        if found is None:
            raise CannotDo("不是好友")
        return found

    def bubble(self, msgid: str) -> tuple[str, Bubble]:
        """(external_userid, bubble) of a message on some customer's phone."""
        for external_userid, chat in self.chats.items():
            for bubble in chat:
                if bubble.msgid == msgid:
                    return external_userid, bubble
        raise CannotDo(f"没有消息 {msgid}")


def stable_id(prefix: str, *names: str) -> str:
    """An id of 32 characters that the same names give in every life of the sandbox."""
    return prefix + blake2b("\0".join(names).encode(), digest_size=15).hexdigest()[: 32 - len(prefix)]
