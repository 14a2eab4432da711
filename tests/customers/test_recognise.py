"""Customers are known from first sight on; relations to advisors begin, end and begin again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

from sqlalchemy import func, select

from core.db import Database
from customers import store
from customers.models import Customer
from customers.recognise import begin_follow, end_follow, note_edit, opt_out, recognise

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def test_a_stranger_becomes_a_customer_on_first_sight(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = recognise(session, "wm-li", channel="booth", now=NOW)
    assert (customer.external_id, customer.channel, customer.level, customer.first_seen_at) == ("wm-li", "booth", "C", NOW)


def test_a_known_customer_stays_who_he_is(database: Database) -> None:
    with database.unit_of_work() as session:
        first = recognise(session, "wm-li", channel="booth", now=NOW)
    with database.unit_of_work() as session:
        again = recognise(session, "wm-li", channel="poster", now=LATER)
    assert (again.id, again.channel, again.first_seen_at) == (first.id, "booth", NOW)


def test_a_channel_learnt_later_is_kept(database: Database) -> None:
    with database.unit_of_work() as session:
        recognise(session, "wm-li", now=NOW)
    with database.unit_of_work() as session:
        assert recognise(session, "wm-li", channel="poster", now=LATER).channel == "poster"


def test_two_who_meet_a_customer_at_once_meet_the_same_one(database: Database) -> None:
    together = Barrier(8)

    def meet(_: int) -> int:
        together.wait(10)
        with database.unit_of_work() as session:
            return recognise(session, "wm-li", now=NOW).id

    with ThreadPoolExecutor(8) as threads:
        ids = set(threads.map(meet, range(8)))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Customer)) == 1
    assert len(ids) == 1


def test_an_advisor_who_adds_a_customer_twice_is_one_contact(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = recognise(session, "wm-li", now=NOW)
        first = begin_follow(session, customer, "liming", channel="booth", now=NOW)
        again = begin_follow(session, customer, "liming", channel="", now=LATER)
        assert first is again
        assert (again.since, again.channel) == (NOW, "booth")


def test_a_contact_that_ended_no_longer_advises(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = recognise(session, "wm-li", now=NOW)
        begin_follow(session, customer, "liming", channel="", now=NOW)
        begin_follow(session, customer, "zhangwei", channel="", now=LATER)
        assert store.advisors_of(session, customer.id) == ["zhangwei", "liming"], "the newest relation first"
        end_follow(session, customer, "zhangwei", ended_by="customer", now=LATER)
        assert store.advisors_of(session, customer.id) == ["liming"]
        ended = store.follow_of(session, customer.id, "zhangwei")
        assert ended is not None
        assert (ended.ended_at, ended.ended_by) == (LATER, "customer")


def test_a_contact_may_begin_again(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = recognise(session, "wm-li", now=NOW)
        begin_follow(session, customer, "liming", channel="booth", now=NOW)
        end_follow(session, customer, "liming", ended_by="advisor", now=NOW)
        follow = begin_follow(session, customer, "liming", channel="poster", now=LATER)
        assert (follow.since, follow.ended_at, follow.ended_by, follow.channel) == (LATER, None, "", "poster")


def test_the_end_of_a_contact_that_we_never_knew_is_kept(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = recognise(session, "wm-li", now=NOW)
        end_follow(session, customer, "liming", ended_by="advisor", now=NOW)
        follow = store.follow_of(session, customer.id, "liming")
        assert follow is not None
        assert follow.ended_at == NOW
        assert store.advisors_of(session, customer.id) == []


def test_the_end_of_a_contact_heard_twice_keeps_its_first_moment(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = recognise(session, "wm-li", now=NOW)
        begin_follow(session, customer, "liming", channel="", now=NOW)
        end_follow(session, customer, "liming", ended_by="advisor", now=NOW)
        end_follow(session, customer, "liming", ended_by="customer", now=LATER)
        follow = store.follow_of(session, customer.id, "liming")
        assert follow is not None
        assert (follow.ended_at, follow.ended_by) == (NOW, "advisor")


def test_an_edit_is_noted(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = recognise(session, "wm-li", now=NOW)
        note_edit(session, customer, "liming", now=LATER)
        follow = store.follow_of(session, customer.id, "liming")
        assert follow is not None
        assert follow.edited_at == LATER


def test_opting_out_is_remembered_from_the_first_time(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = recognise(session, "wm-li", now=NOW)
        opt_out(customer, now=NOW)
        opt_out(customer, now=LATER)
        assert customer.opted_out_at == NOW
