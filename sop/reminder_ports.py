"""What reminders ask of the rest of the product, as functions that the composition root fills in: sop knows neither the bot's tables, nor
how words are understood, nor the console's accounts."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from customers.models import Customer
from customers.record import TagChange
from sop.reminder_terms import Asking, ReadTimes, Spoken, Suggested


def nobody(_session: Session) -> Sequence[str]:
    """For where there are no managers."""
    return ()


@dataclass(frozen=True)
class ReminderPorts:
    """`contacts`: external id → when a person of ours last spoke with him. `spoken`, `askings`: since a moment. `suggest`: for a customer;
    `find_scripts`: for a question. `managers` of a store, `all_managers` of any. `tags_changed` lets WeCom's tags follow ours."""

    contacts: Callable[[Session, Collection[str]], Mapping[str, datetime]]
    spoken: Callable[[Session, datetime], Sequence[Spoken]]
    askings: Callable[[Session, datetime], Sequence[Asking]]
    read_times: ReadTimes
    suggest: Callable[[Session, Customer, datetime], Suggested | None]
    find_scripts: Callable[[str, datetime], Sequence[Suggested]]
    managers: Callable[[Session, str], Sequence[str]]
    tags_changed: Callable[[Session, Customer, TagChange, str, datetime], None]
    all_managers: Callable[[Session], Sequence[str]] = nobody

    def who_hears(self, session: Session, store: str) -> Sequence[str]:
        """The managers of this store; where it is not known or has none, all managers: a customer whom nobody hears of is lost."""
        return self.managers(session, store) or self.all_managers(session)
