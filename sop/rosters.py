"""Where the subjects of each kind stand: the tables of people and groups as audiences and the tick read them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import InstrumentedAttribute

from core.db import Base
from customers.models import Advisor, Customer, Follow, GroupChat


@dataclass(frozen=True)
class Roster:
    """Where the subjects of a kind stand: WeCom's id, by whom they are spoken to, since when they are there, their named
    facts and those that are numbers."""

    table: type[Base]
    row: InstrumentedAttribute[int]
    id: InstrumentedAttribute[str]
    sender: ColumnElement[str]
    since: InstrumentedAttribute[datetime] | ColumnElement[datetime] | None
    named: Mapping[str, Any]
    counted: Mapping[str, Any]
    exists: ColumnElement[bool]


# Who has never said a word has been silent since he came.
_SILENT_SINCE = func.coalesce(Customer.last_heard_at, Customer.first_seen_at, type_=Customer.first_seen_at.type)
# Who joined is a contact of a member: of several members, of the one who has had him longest; of one who was deleted and added again, anew.
_CONTACT_SINCE = (
    select(func.min(Follow.since)).where(Follow.customer_id == Customer.id, Follow.ended_at.is_(None)).correlate(Customer).scalar_subquery()
)
# A group's store is its owner's.
_GROUP_STORE = func.coalesce(select(Advisor.store).where(Advisor.userid == GroupChat.owner).scalar_subquery(), "")
ROSTERS = {
    "customer": Roster(
        Customer,
        Customer.id,
        Customer.external_id,
        Customer.advisor.expression,
        Customer.first_seen_at,
        {"level": Customer.level, "advisor": Customer.advisor, "channel": Customer.channel, "store": Customer.store},
        {"joined_days": Customer.first_seen_at, "silent_days": _SILENT_SINCE},
        true(),
    ),
    "group": Roster(
        GroupChat,
        GroupChat.id,
        GroupChat.chat_id,
        GroupChat.owner.expression,
        GroupChat.created_at,
        {"store": _GROUP_STORE, "owner": GroupChat.owner, "stage": GroupChat.stage, "group": GroupChat.chat_id},
        {"age_days": GroupChat.created_at, "size": GroupChat.size},
        GroupChat.dismissed_at.is_(None),
    ),
    "advisor": Roster(
        Advisor,
        Advisor.id,
        Advisor.userid,
        Advisor.userid.expression,
        None,
        {"store": Advisor.store, "advisor": Advisor.userid},
        {},
        Advisor.is_active.is_(True),
    ),
}
# Whom a mass message can reach: a customer whom no member has as a contact has not joined, however long he has talked with us.
ROSTERS["contact"] = replace(
    ROSTERS["customer"], since=_CONTACT_SINCE, counted={"joined_days": _CONTACT_SINCE, "silent_days": _SILENT_SINCE}
)
