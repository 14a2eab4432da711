"""Pure: what a customer said in one breath: one message, or a burst that is answered as one."""

import json
from dataclasses import dataclass

from bot.burst import says_nothing
from bot.evidence import joined
from bot.inbox_terms import HISTORY, Claimed
from bot.wecom.kf_entry import CustomerText, parse_entry


@dataclass(frozen=True)
class Turn:
    """What a customer said in one breath: one message or a burst."""

    open_kfid: str
    external_id: str
    inbox_ids: tuple[int, ...]
    messages: tuple[CustomerText, ...]
    is_history: bool = False

    @property
    def msgid(self) -> str:
        """WeCom's id of the first message: the turn's name."""
        return self.messages[0].msgid

    @property
    def telling(self) -> tuple[CustomerText, ...]:
        """The messages that say something; greetings and lead-ins only when there is nothing else."""
        return tuple(message for message in self.messages if not says_nothing(message.text)) or self.messages

    @property
    def text(self) -> str:
        """What is to be understood, as one text."""
        return joined([message.text for message in self.telling])

    @property
    def menu_id(self) -> str:
        """The menu item that the customer tapped last, or empty."""
        return next((message.menu_id for message in reversed(self.messages) if message.menu_id), "")


def turn_of(claimed: Claimed) -> Turn:
    """The turn that these inbox rows make."""
    entries = [parse_entry(json.loads(item.raw)) for item in claimed.items]
    texts = tuple(entry for entry in entries if isinstance(entry, CustomerText))
    first = texts[0]
    return Turn(first.open_kfid, first.external_userid, tuple(claimed.ids), texts, claimed.items[0].kind == HISTORY)
