"""A fact that a person of ours recorded becomes a tag: a test drive, a car that was fetched; with who said so, and when."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.models import Customer, CustomerTag
from customers.record import TagChange


def record_fact(session: Session, customer: Customer, tag: tuple[str, str], words: str, *, now: datetime) -> TagChange:
    """It holds from now on; recorded again, it holds since then: a second test drive is news. `words` says who recorded what."""
    group, name = tag
    mine = CustomerTag.customer_id == customer.id, CustomerTag.group == group, CustomerTag.name == name
    row = session.scalar(select(CustomerTag).where(*mine).with_for_update())
    begins = row is None or row.ended_at is not None
    if row is None:
        row = CustomerTag(customer_id=customer.id, group=group, name=name, message_id="", words=words, confidence=1.0, since=now)
        session.add(row)
    row.ended_at, row.since, row.message_id, row.words, row.confidence = None, now, "", words, 1.0
    session.flush()
    return TagChange(begun=[tag] if begins else [])


def end_fact(session: Session, customer: Customer, tag: tuple[str, str], *, now: datetime) -> TagChange:
    """It holds no more; nothing changes where it did not hold."""
    group, name = tag
    mine = CustomerTag.customer_id == customer.id, CustomerTag.group == group, CustomerTag.name == name
    row = session.scalar(select(CustomerTag).where(*mine, CustomerTag.ended_at.is_(None)).with_for_update())
    if row is None:
        return TagChange()
    row.ended_at = now
    session.flush()
    return TagChange(ended=[tag])
