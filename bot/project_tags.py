"""WeCom's tags are a projection of ours: each change of ours becomes an errand for every advisor of the customer.

A level is a tag from the start, also where it rests on nothing yet and so has no row of its own: WeCom is told it with a new pair.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import outbox
from bot.messages import Channel, deed_key
from customers import store
from customers.models import Customer
from customers.record import LEVEL_GROUP, TagChange, level_label
from customers.terms import Level

_FIRST = (LEVEL_GROUP, level_label(Level.C))


def queue_tags(session: Session, customer: Customer, change: TagChange, cause: str, *, now: datetime) -> None:
    """Queue what began and ended for each advisor. Tags belong to the pair (reference §6.5): without an advisor there are none in WeCom."""
    if change:
        for advisor in store.advisors_of(session, customer.id):
            _queue(session, customer, advisor, change, cause, now=now)


def queue_all_tags(session: Session, customer: Customer, advisor: str, cause: str, *, now: datetime) -> None:
    """A new pair: everything that we say of the customer already."""
    held = [(tag.group, tag.name) for tag in store.tags_of(session, customer.id) if tag.group != LEVEL_GROUP]
    change = TagChange(begun=[*held, (LEVEL_GROUP, level_label(Level(customer.level)))])
    _queue(session, customer, advisor, change, cause, now=now)


def _queue(session: Session, customer: Customer, advisor: str, change: TagChange, cause: str, *, now: datetime) -> None:
    payload = {
        "external_id": customer.external_id,
        "advisor": advisor,
        "add": [list(tag) for tag in change.begun],
        "remove": [list(tag) for tag in [*change.ended, *_never_written(change)]],
    }
    # One lane a pair: concurrent writes to one pair are refused (45035).
    lane = f"tags:{advisor}:{customer.external_id}"
    outbox.enqueue(session, f"{deed_key('tags', customer.external_id)}:{advisor}:{cause}", Channel.TAGS, payload, lane=lane, now=now)


def _never_written(change: TagChange) -> list[tuple[str, str]]:
    """The level that a customer begins with ends without a row that says so; taking off what is not there is no fault in WeCom."""
    levels = [tag for tag in change.begun if tag[0] == LEVEL_GROUP]
    is_first = bool(levels) and not any(group == LEVEL_GROUP for group, _ in change.ended)
    return [_FIRST] if is_first and _FIRST not in levels else []
