"""Queries about people."""

from datetime import UTC, datetime, timedelta

from core.db import Database
from customers import store
from customers.recognise import recognise
from customers.terms import Level

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
MONTH = timedelta(days=30)


def test_silent_customers_are_those_who_spoke_long_ago_and_are_not_known_as_silent(database: Database) -> None:
    with database.unit_of_work() as session:
        for name, level, heard_at in [
            ("wm-silent", Level.H, NOW - MONTH),
            ("wm-talking", Level.H, NOW - MONTH + timedelta(seconds=1)),
            ("wm-known", Level.N, NOW - 2 * MONTH),
            ("wm-lost", Level.L, NOW - 2 * MONTH),
            ("wm-ordered", Level.O, NOW - 2 * MONTH),
            ("wm-never", Level.C, None),
        ]:
            customer = recognise(session, name, now=NOW)
            customer.level, customer.last_heard_at = level, heard_at
    with database.reading() as session:
        found = store.silent_customers(session, silent_after=MONTH, now=NOW, after=0, limit=10)
        silent = store.customer_by_external_id(session, "wm-silent")
        beyond = store.silent_customers(session, silent_after=MONTH, now=NOW, after=found[-1], limit=10)
    assert silent is not None
    assert (found, beyond) == ([silent.id], [])


def test_nobody_is_found_under_an_unknown_id(database: Database) -> None:
    with database.unit_of_work() as session:
        recognise(session, "wm-li", now=NOW)
        known = store.customer_by_external_id(session, "wm-li")
        assert known is not None
        assert known.external_id == "wm-li"
        assert store.customer_by_external_id(session, "wm-wang") is None
