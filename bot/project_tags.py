"""WeCom's tags are a projection of ours: each change of ours becomes an errand for every advisor of the customer."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import outbox
from bot.messages import Channel, deed_key
from customers import store
from customers.models import Customer
from customers.record import TagChange


def queue_tags(session: Session, customer: Customer, change: TagChange, cause: str, *, now: datetime) -> None:
    """Queue what began and ended for each advisor. Tags belong to the pair (reference §6.5): without an advisor there are none in WeCom."""
    if change:
        for advisor in store.advisors_of(session, customer.id):
            _queue(session, customer, advisor, change, cause, now=now)


def queue_all_tags(session: Session, customer: Customer, advisor: str, cause: str, *, now: datetime) -> None:
    """A new pair: everything that we say of the customer already."""
    change = TagChange(begun=[(tag.group, tag.name) for tag in store.tags_of(session, customer.id)])
    if change:
        _queue(session, customer, advisor, change, cause, now=now)


def _queue(session: Session, customer: Customer, advisor: str, change: TagChange, cause: str, *, now: datetime) -> None:
    payload = {
        "external_id": customer.external_id,
        "advisor": advisor,
        "add": [list(tag) for tag in change.begun],
        "remove": [list(tag) for tag in change.ended],
    }
    # One lane a pair: concurrent writes to one pair are refused (45035).
    lane = f"tags:{advisor}:{customer.external_id}"
    outbox.enqueue(session, f"{deed_key('tags', customer.external_id)}:{advisor}:{cause}", Channel.TAGS, payload, lane=lane, now=now)
