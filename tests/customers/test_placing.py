"""A customer's row says who advises him and where, whatever happens to relations, words and advisors."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import Database
from customers.models import Advisor, Customer
from customers.pack import LevelRules
from customers.placing import meet_advisor, place_customers_of
from customers.recognise import begin_follow, end_follow, recognise
from customers.record import record_heard
from customers.terms import Heard, Slot, SlotName, Span

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def named_store(session: Session, customer: Customer, store: str, at: datetime) -> None:
    heard = Heard(f"m-{at:%d}", at, "去浦东店", slots=[Slot(SlotName.STORE, store, Span("浦东店", 1, 4))])
    record_heard(session, customer, heard, LevelRules(), now=at)


def works_in(session: Session, userid: str, store: str) -> None:
    meet_advisor(session, userid)
    session.scalars(select(Advisor).where(Advisor.userid == userid)).one().store = store
    place_customers_of(session, userid)


def test_the_newest_relation_that_lasts_is_the_advisor(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = recognise(session, "wm-li", now=NOW)
        assert (customer.advisor, customer.store) == ("", "")
        begin_follow(session, customer, "liming", channel="", now=NOW)
        begin_follow(session, customer, "zhangwei", channel="", now=LATER)
        assert customer.advisor == "zhangwei"
        end_follow(session, customer, "zhangwei", ended_by="customer", now=LATER)
        assert customer.advisor == "liming"
        end_follow(session, customer, "liming", ended_by="customer", now=LATER)
        assert customer.advisor == ""


def test_the_advisors_store_goes_before_the_one_he_named(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = recognise(session, "wm-li", now=NOW)
        named_store(session, customer, "sh_pudong", NOW)
        assert customer.store == "sh_pudong"
        begin_follow(session, customer, "liming", channel="", now=NOW)
        assert customer.store == "sh_pudong", "an advisor without a store says nothing"
        works_in(session, "liming", "sh_minhang")
        assert customer.store == "sh_minhang"
        works_in(session, "liming", "")
        assert customer.store == "sh_pudong"


def test_the_store_named_last_holds(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = recognise(session, "wm-li", now=NOW)
        named_store(session, customer, "sh_pudong", NOW)
        named_store(session, customer, "sh_minhang", LATER)
        assert customer.store == "sh_minhang"


def test_an_advisor_who_moves_takes_only_his_own_customers_along(database: Database) -> None:
    with database.unit_of_work() as session:
        his, other = recognise(session, "wm-li", now=NOW), recognise(session, "wm-wang", now=NOW)
        begin_follow(session, his, "liming", channel="", now=NOW)
        begin_follow(session, other, "zhangwei", channel="", now=NOW)
        works_in(session, "liming", "sh_minhang")
        assert (his.store, other.store) == ("sh_minhang", "")


def test_an_advisor_has_a_row_from_first_sight(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = recognise(session, "wm-li", now=NOW)
        begin_follow(session, customer, "liming", channel="", now=NOW)
        begin_follow(session, customer, "liming", channel="", now=LATER)
        [advisor] = session.scalars(select(Advisor)).all()
        assert (advisor.userid, advisor.store, advisor.is_active) == ("liming", "", True)
