"""Who looks after a customer, and where: kept on his row beside the evidence, so that lists filter and sort by it."""

from collections.abc import Mapping

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from core.db import insert_once
from customers.models import Advisor, Customer, Follow, SlotRecord
from customers.terms import SlotName


def place(session: Session, customer: Customer) -> None:
    """His advisor is the one of the newest live relation; his store is the advisor's, else the one he named last, else none."""
    session.flush()
    customer.advisor = _newest_advisor(session, customer.id)
    customer.store = store_of(session, customer.advisor) or _named_store(session, customer.id)


def meet_advisor(session: Session, userid: str) -> None:
    """An advisor has a row from first sight on; store and name are filled in by an operator, a name that is missing also by a group."""
    if session.scalar(select(Advisor.id).where(Advisor.userid == userid)) is None:
        insert_once(session, Advisor, [{"userid": userid, "name": "", "store": "", "is_active": True}], unique=["userid"])


def name_advisors(session: Session, names: Mapping[str, str]) -> None:
    """These advisors' names as WeCom shows them, by userid; a name that is there stays."""
    nameless = select(Advisor.userid).where(Advisor.userid.in_(names), Advisor.name == "").order_by(Advisor.userid)
    for userid in session.scalars(nameless).all():
        # An operator may name him at this moment: his word counts.
        session.execute(update(Advisor).where(Advisor.userid == userid, Advisor.name == "").values(name=names[userid]))


def place_customers_of(session: Session, userid: str) -> None:
    """After the advisor's store has changed: everybody whose advisor he is goes with him; without a store, where each said himself."""
    session.flush()
    if store := store_of(session, userid):
        theirs = update(Customer).where(Customer.advisor == userid, Customer.store != store)
        session.execute(theirs.values(store=store).execution_options(synchronize_session=False))
        session.expire_all()
        return
    named = _named_stores().where(SlotRecord.customer_id == Customer.id).limit(1).scalar_subquery()
    theirs = update(Customer).where(Customer.advisor == userid)
    session.execute(theirs.values(store=func.coalesce(named, "")).execution_options(synchronize_session=False))
    session.expire_all()


def store_of(session: Session, userid: str) -> str:
    """The pack key of the advisor's store; empty when he has none, or there is no advisor."""
    return session.scalar(select(Advisor.store).where(Advisor.userid == userid)) or "" if userid else ""


def _newest_advisor(session: Session, customer_id: int) -> str:
    live = select(Follow.advisor).where(Follow.customer_id == customer_id, Follow.ended_at.is_(None))
    return session.scalar(live.order_by(Follow.since.desc(), Follow.id.desc()).limit(1)) or ""


def _named_store(session: Session, customer_id: int) -> str:
    return session.scalar(_named_stores().where(SlotRecord.customer_id == customer_id).limit(1)) or ""


def _named_stores() -> Select[str]:
    told = select(SlotRecord.value).where(SlotRecord.name == SlotName.STORE, SlotRecord.undone_at.is_(None))
    return told.order_by(SlotRecord.said_at.desc(), SlotRecord.id.desc())
