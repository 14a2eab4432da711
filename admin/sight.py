"""Which customers and groups an operator sees: a 店长 those of his store, a 顾问 his own, the others all."""

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session

from admin.terms import Blocked, Role, Who
from customers.models import Advisor, Customer, Follow, GroupChat


def in_sight(who: Who) -> ColumnElement[bool]:
    """A condition on `customers` for every query that shows people."""
    match who.role:
        case Role.STORE_MANAGER:
            # Without a store he would see the customers of no store: nobody's.
            return (Customer.store == who.store) & (Customer.store != "")
        case Role.ADVISOR:
            follows = select(Follow.customer_id).where(Follow.advisor == who.userid, Follow.ended_at.is_(None))
            return (Customer.advisor != "") & or_(Customer.advisor == who.userid, Customer.id.in_(follows))
        case _:
            return true()


def sees_all(who: Who) -> bool:
    """Whether nothing is hidden from him, so that a query need not ask whose each row is."""
    return who.role not in (Role.STORE_MANAGER, Role.ADVISOR)


def seen(who: Who, query: Select[Any]) -> Select[Any]:
    """A query over customers, narrowed to what he may see."""
    return query.where(in_sight(who))


def customer_for(session: Session, who: Who, external_id: str) -> Customer:
    """The customer, if he may see him. Blocked for a stranger and for another store's alike: the answer tells nothing of either."""
    found: Customer | None = session.scalar(seen(who, select(Customer)).where(Customer.external_id == external_id))
    if found is None:
        raise Blocked("没有这位客户，或者不在您的范围内")
    return found


def groups_in_sight(who: Who) -> ColumnElement[bool]:
    """A condition on `group_chats`: a group belongs to its owner, and to his store."""
    match who.role:
        case Role.STORE_MANAGER:
            owners = select(Advisor.userid).where(Advisor.store == who.store, Advisor.store != "")
            return GroupChat.owner.in_(owners)
        case Role.ADVISOR:
            return (GroupChat.owner == who.userid) & (GroupChat.owner != "")
        case _:
            return true()


def group_for(session: Session, who: Who, chat_id: str) -> GroupChat:
    """The customer group, if he may see it; Blocked as `customer_for` is."""
    found: GroupChat | None = session.scalar(select(GroupChat).where(GroupChat.chat_id == chat_id, groups_in_sight(who)))
    if found is None:
        raise Blocked("没有这个客户群，或者不在您的范围内")
    return found


def subjects_in_sight(who: Who, kind: Any, id_: Any) -> ColumnElement[bool]:
    """A condition on two columns that name whom something reaches (sop/terms.py Subject). An internal group is nobody's own."""
    if sees_all(who):
        return true()
    customers, groups = select(Customer.external_id).where(in_sight(who)), select(GroupChat.chat_id).where(groups_in_sight(who))
    mine = {"customer": customers, "group": groups, "advisor": members_in_sight(who)}
    return or_(*((kind == name) & id_.in_(ids) for name, ids in mine.items()))


def members_in_sight(who: Who) -> Select[str]:
    """The userids of the members of the company that he looks after: those of his store, or himself."""
    mine: ColumnElement[bool] = true()
    if who.role is Role.STORE_MANAGER:
        mine = (Advisor.store == who.store) & (Advisor.store != "")
    elif who.role is Role.ADVISOR:
        mine = (Advisor.userid == who.userid) & (Advisor.userid != "")
    return select(Advisor.userid).where(mine)
