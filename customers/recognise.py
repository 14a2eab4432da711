"""Who is it? Customers are known from first sight on; relations to advisors come and go with WeCom's events."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.db import insert_once
from customers import store
from customers.models import Customer, Follow
from customers.placing import meet_advisor, place


def recognise(session: Session, external_id: str, *, channel: str = "", now: datetime) -> Customer:
    """The customer behind WeCom's id, created on first sight. The channel he first came through is kept."""
    customer, _ = store.customer_or_new(session, external_id, channel=channel, now=now)
    if channel and not customer.channel:
        customer.channel = channel
    return customer


def begin_follow(session: Session, customer: Customer, advisor: str, *, channel: str, now: datetime) -> Follow:
    """An advisor and the customer are contacts (again)."""
    row = {"customer_id": customer.id, "advisor": advisor, "channel": channel, "since": now, "ended_by": ""}
    insert_once(session, Follow, [row], unique=["customer_id", "advisor"])
    follow = store.follow_of(session, customer.id, advisor)
    assert follow is not None
    if follow.ended_at is not None:
        follow.since, follow.ended_at, follow.ended_by = now, None, ""
    follow.channel = channel or follow.channel
    meet_advisor(session, advisor)
    place(session, customer)
    return follow


def end_follow(session: Session, customer: Customer, advisor: str, *, ended_by: str, now: datetime) -> None:
    """One of the two deleted the other; a pair that we never knew is recorded as ended, so that nothing is lost. The first end counts."""
    follow = store.follow_of(session, customer.id, advisor) or begin_follow(session, customer, advisor, channel="", now=now)
    if follow.ended_at is None:
        follow.ended_at, follow.ended_by = now, ended_by
    place(session, customer)


def note_edit(session: Session, customer: Customer, advisor: str, *, now: datetime) -> None:
    """The advisor changed remark, tags or phone in WeCom; the profile is read again by an errand."""
    begin_follow(session, customer, advisor, channel="", now=now).edited_at = now


def opt_out(customer: Customer, *, now: datetime) -> None:
    """He wants no more messages. Obeyed at once, everywhere."""
    customer.opted_out_at = customer.opted_out_at or now
