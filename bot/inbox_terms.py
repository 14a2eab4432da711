"""Pure: the words of the inbox."""

from dataclasses import dataclass
from datetime import datetime

# Kinds of rows besides those that `bot/wecom/envelope.py` names.
KF_TEXT = "kf_text"
KF_NOTICE = "kf_notice"
KF_POLL = "kf_poll"  # a pull without a doorbell; raw is the account
DAILY = "daily"  # what is done once a day
KF_ENTRY = "kf_entry"  # any other entry of kf/sync_msg
HISTORY = "kf_history"  # a text from before we were connected: noted, not answered


@dataclass(frozen=True)
class Received:
    """One thing to keep; `text` only for a customer's words, whose turn has to settle first."""

    dedup_key: str
    kind: str
    lane: str
    raw: str
    occurred_at: datetime
    urgent: bool = False


@dataclass(frozen=True)
class Item:
    """A claimed inbox row, detached from any session."""

    id: int
    kind: str
    lane: str
    raw: str
    occurred_at: datetime
    received_at: datetime
    attempts: int


@dataclass(frozen=True)
class Claimed:
    """One turn: several texts of one customer, or a single row of any other kind."""

    items: tuple[Item, ...]

    @property
    def ids(self) -> list[int]:
        """Inbox ids, oldest first."""
        return [item.id for item in self.items]
