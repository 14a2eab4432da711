"""What the list of customers shows: filtered, ordered and cut by the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from admin.looks.paging import contains, part_of
from admin.looks.wanted import Wanted
from admin.parts.levels import ORDER, level_name, level_tone
from admin.parts.when import exactly, when
from admin.sight import seen
from admin.terms import Who
from customers.models import Advisor, Customer, CustomerTag, FocusRecord
from customers.record import FOCUS_GROUP, LEVEL_GROUP, level_label

FILTERS = ("q", "level", "focus", "tag", "advisor", "store", "channel", "heard")
HEARD: Mapping[str, str] = {"1": "1 天内", "7": "7 天内", "30": "30 天内", "-30": "超过 30 天", "-90": "超过 90 天", "never": "没有说过话"}
NOBODY = "-"  # the filter's value for «no advisor», «no store»
# The literal text is that of the index ix_customers_rank, which the database recognises by it.
RANK: ColumnElement[int] = case(*((Customer.level == level, at) for at, level in enumerate(ORDER)), else_=len(ORDER))


@dataclass(frozen=True)
class Naming:
    """Chinese names: of stores and channels by pack key, of advisors by userid."""

    keys: Mapping[str, str]
    advisors: Mapping[str, str]


def customers(session: Session, who: Who, wanted: Wanted, names: Mapping[str, str], *, now: datetime) -> tuple[list[dict[str, Any]], int]:
    """Nearest to a purchase first, unless another order is wanted."""
    query = filtered(seen(who, select(Customer)), wanted, now=now)
    sortable = {"level": RANK, "score": Customer.score, "heard": Customer.last_heard_at, "seen": Customer.first_seen_at}
    part = part_of(session, query, wanted, sortable=sortable, usual=usual_order())
    found: list[Customer] = [customer for (customer,) in part.rows]
    focus = focus_tags_of(session, [one.id for one in found])
    naming = Naming(names, advisor_names(session))
    return [_row(one, focus.get(one.id, []), naming, now=now) for one in found], part.total


def usual_order() -> list[Any]:
    """Level, then score."""
    return [RANK, Customer.score.desc(), Customer.id.desc()]


def filtered(query: Select[Any], wanted: Wanted, *, now: datetime) -> Select[Any]:
    """The query with every filter of the address."""
    if words := wanted.get("q"):
        query = query.where(contains(Customer.nickname, words) | (Customer.external_id == words))
    if level := wanted.get("level"):
        query = query.where(Customer.level == level)
    if point := wanted.get("focus"):
        spoke = select(FocusRecord.customer_id).where(FocusRecord.point == point, FocusRecord.undone_at.is_(None))
        query = query.where(Customer.id.in_(spoke))
    if tag := wanted.get("tag"):
        query = query.where(_holds(tag))
    for name, column in (("advisor", Customer.advisor), ("store", Customer.store), ("channel", Customer.channel)):
        if value := wanted.get(name):
            query = query.where(column == ("" if value == NOBODY else value))
    return _heard(query, wanted.get("heard"), now=now)


def _holds(tag: str) -> ColumnElement[bool]:
    """Who has this tag; a level is one from the start, before it has a row."""
    group, _, name = tag.partition("/")
    if group == LEVEL_GROUP:
        return Customer.level == name.removesuffix("级")
    held = select(CustomerTag.customer_id).where(CustomerTag.group == group, CustomerTag.name == name, CustomerTag.ended_at.is_(None))
    return Customer.id.in_(held)


def _heard(query: Select[Any], span: str, *, now: datetime) -> Select[Any]:
    if span not in HEARD:
        return query
    if span == "never":
        return query.where(Customer.last_heard_at.is_(None))
    moment = now - timedelta(days=abs(int(span)))
    return query.where(Customer.last_heard_at < moment if span.startswith("-") else Customer.last_heard_at >= moment)


def focus_tags_of(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    """The focus points that are tags now, for each of these customers."""
    held = select(CustomerTag.customer_id, CustomerTag.name).where(
        CustomerTag.customer_id.in_(ids), CustomerTag.group == FOCUS_GROUP, CustomerTag.ended_at.is_(None)
    )
    tags: dict[int, list[str]] = {}
    for customer_id, name in session.execute(held.order_by(CustomerTag.id)):
        tags.setdefault(customer_id, []).append(name)
    return tags


def advisor_names(session: Session) -> dict[str, str]:
    """userid → name; the userid again where nobody has given a name."""
    return {userid: name or userid for userid, name in session.execute(select(Advisor.userid, Advisor.name).order_by(Advisor.userid))}


@dataclass(frozen=True)
class Choices:
    """What can be filtered by at this moment, value → label."""

    tags: Mapping[str, str]
    advisors: Mapping[str, str]
    channels: Mapping[str, str]


def choices(session: Session, names: Mapping[str, str]) -> Choices:
    """Tags that somebody holds or held, advisors, and channels that somebody came through. `names`: pack key → Chinese."""
    rows = select(CustomerTag.group, CustomerTag.name).where(CustomerTag.group != LEVEL_GROUP).distinct()
    levels = set(session.scalars(select(Customer.level).distinct()))
    held = [
        *((LEVEL_GROUP, level_label(level)) for level in ORDER if level in levels),
        *sorted((group, name) for group, name in session.execute(rows)),
    ]
    came = session.scalars(select(Customer.channel).where(Customer.channel != "").distinct().order_by(Customer.channel))
    return Choices(
        {f"{group}/{name}": f"{group}：{name}" for group, name in held},
        {NOBODY: "没有顾问", **advisor_names(session)},
        {channel: names.get(channel, channel) for channel in came},
    )


def count(session: Session, who: Who, wanted: Wanted, *, now: datetime) -> int:
    """How many customers the filters leave."""
    query = filtered(seen(who, select(Customer.id)), wanted, now=now)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _row(customer: Customer, focus: Sequence[str], naming: Naming, *, now: datetime) -> dict[str, Any]:
    return {
        "id": customer.id,
        "external_id": customer.external_id,
        "nickname": customer.nickname or "微信客户",
        "level": level_name(customer.level),
        "tone": level_tone(customer.level),
        "score": round(customer.score),
        "focus": list(focus),
        "advisor": naming.advisors.get(customer.advisor, customer.advisor) or "—",
        "store": naming.keys.get(customer.store, customer.store) or "—",
        "channel": naming.keys.get(customer.channel, customer.channel) or "—",
        "heard": when(customer.last_heard_at, now=now),
        "heard_exactly": exactly(customer.last_heard_at),
        "seen": when(customer.first_seen_at, now=now),
        "opted_out": customer.opted_out_at is not None,
    }
