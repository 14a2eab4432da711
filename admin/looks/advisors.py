"""What the page of advisors shows."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin.looks.customers import NOBODY
from admin.looks.paging import contains, part_of
from admin.looks.wanted import Wanted
from customers.models import Advisor, Customer

FILTERS = ("q", "store", "active")


def advisors(session: Session, wanted: Wanted, stores: Mapping[str, str]) -> tuple[list[dict[str, Any]], int]:
    """By store, then name, with the number of customers whose advisor each is."""
    theirs = select(Customer.advisor, func.count().label("customers")).group_by(Customer.advisor).subquery()
    number = func.coalesce(theirs.c.customers, 0)
    query: Any = select(Advisor, number).outerjoin(theirs, theirs.c.advisor == Advisor.userid)
    if words := wanted.get("q"):
        query = query.where(contains(Advisor.name, words) | contains(Advisor.userid, words))
    if store := wanted.get("store"):
        query = query.where(Advisor.store == ("" if store == NOBODY else store))
    if active := wanted.get("active"):
        query = query.where(Advisor.is_active == (active == "yes"))
    usual = [Advisor.is_active.desc(), Advisor.store, Advisor.name, Advisor.userid]
    part = part_of(session, query, wanted, sortable={"name": Advisor.name, "customers": number}, usual=usual)
    return [_row(advisor, customers, stores) for advisor, customers in map(tuple, part.rows)], part.total


def _row(advisor: Advisor, customers: int, stores: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": advisor.id,
        "userid": advisor.userid,
        "name": advisor.name or "（未填名字）",
        "name_key": advisor.name,
        "store": stores.get(advisor.store, advisor.store) or "未分配",
        "store_key": advisor.store,
        "customers": customers,
        "active": "在岗" if advisor.is_active else "离岗",
        "is_active": advisor.is_active,
    }
