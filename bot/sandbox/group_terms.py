"""Pure: what is remembered of customer groups: who owns them, who is in them, and what the API shows meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b

from bot.sandbox.terms import Json

# The API shows a change of the members so much later than the event tells it.
LAGS = timedelta(seconds=2)


@dataclass
class InGroup:
    """One who is in a group; `scene` as `groupchat/get` numbers it: 1 invited, 2 link, 3 QR. `is_customer`: type 2."""

    userid: str
    name: str
    is_customer: bool
    joined_at: datetime
    scene: int = 1
    inviter: str = ""
    state: str = ""


@dataclass
class Group:
    """客户群. `shown` is what the API still shows of the members until `changed_at` is `LAGS` ago; `posts` are what
    members sent into it: (moment, msgtype, content)."""

    chat_id: str
    name: str
    owner: str
    created_at: datetime
    members: dict[str, InGroup] = field(default_factory=dict)
    notice: str = ""
    dismissed_at: datetime | None = None
    changes: int = 0
    changed_at: datetime | None = None
    shown: tuple[Mapping[str, InGroup], str] | None = None
    posts: list[tuple[datetime, str, Json]] = field(default_factory=list)

    @property
    def version(self) -> str:
        """Changes with every coming and going."""
        return blake2b(f"{self.chat_id}:{self.changes}".encode(), digest_size=16).hexdigest()

    def change_members(self, members: Mapping[str, InGroup], *, now: datetime) -> None:
        """From now on these are in it; the API shows them a little later."""
        self.shown, self.changed_at = self.shown_at(now), now
        self.members, self.changes = dict(members), self.changes + 1

    def shown_at(self, now: datetime) -> tuple[Mapping[str, InGroup], str]:
        """(members, version) as the API tells them."""
        if self.shown is not None and self.changed_at is not None and now < self.changed_at + LAGS:
            return self.shown
        return self.members, self.version


@dataclass
class GroupBook:
    """All customer groups by chat_id; so many of the next events about groups get lost."""

    by_id: dict[str, Group] = field(default_factory=dict)
    events_to_lose: int = 0

    def alive(self) -> list[Group]:
        """Those that are not dismissed, in the order of their founding."""
        return [group for group in self.by_id.values() if group.dismissed_at is None]
