"""The filtered list of customers as rows of a sheet."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.looks.customers import advisor_names, filtered, focus_tags_of, usual_order
from admin.looks.wanted import Wanted
from admin.parts.levels import level_name
from admin.parts.phones import masked
from admin.parts.when import exactly
from admin.sight import seen
from admin.terms import Who
from customers.birthday import birthday_name
from customers.models import Customer, SlotRecord
from customers.terms import SlotName

HEADER = (
    "昵称",
    "外部联系人ID",
    "意向级别",
    "意向分",
    "关注点",
    "电话",
    "顾问",
    "门店",
    "渠道",
    "首次出现",
    "最近说话",
    "不再打扰",
    "生日",
)
_AT_ONCE = 1_000


def sheet_rows(
    session: Session, who: Who, wanted: Wanted, names: Mapping[str, str], *, with_phones: bool, now: datetime
) -> Iterator[list[str]]:
    """In the list's own order; phone numbers as they are or masked. `names`: pack key → Chinese."""
    advisors = advisor_names(session)
    ids = session.scalars(filtered(seen(who, select(Customer.id)), wanted, now=now).order_by(*usual_order())).all()
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        known = {one.id: one for one in session.scalars(select(Customer).where(Customer.id.in_(some)))}
        focus, phones = focus_tags_of(session, some), _phones(session, some)
        for customer in (known[one] for one in some if one in known):
            phone = phones.get(customer.id, "")
            yield [
                customer.nickname,
                customer.external_id,
                level_name(customer.level),
                f"{customer.score:.0f}",
                "、".join(focus.get(customer.id, [])),
                phone if with_phones else masked(phone),
                advisors.get(customer.advisor, customer.advisor),
                names.get(customer.store, customer.store),
                names.get(customer.channel, customer.channel),
                exactly(customer.first_seen_at),
                exactly(customer.last_heard_at) if customer.last_heard_at else "",
                exactly(customer.opted_out_at) if customer.opted_out_at else "",
                birthday_name(customer.birthday),
            ]
        session.expunge_all()


def _phones(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The number that each said last."""
    said = select(SlotRecord.customer_id, SlotRecord.value).where(
        SlotRecord.customer_id.in_(ids), SlotRecord.name == SlotName.PHONE, SlotRecord.undone_at.is_(None)
    )
    rows = session.execute(said.order_by(SlotRecord.said_at, SlotRecord.id)).all()
    return {row[0]: row[1] for row in rows}
