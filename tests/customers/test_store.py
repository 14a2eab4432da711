"""Queries about people."""

from datetime import UTC, datetime, timedelta

from core.db import Database
from customers import store
from customers.models import SlotRecord
from customers.recognise import recognise
from customers.terms import Level, SlotName

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


def test_a_version_holds_until_another_model_is_named(database: Database) -> None:
    said = [("m1", "model", "e7"), ("m1", "trim", "e7-660"), ("m2", "model", "e7"), ("m3", "model", "e5")]
    known = []
    with database.unit_of_work() as session:
        customer = recognise(session, "wm-li", now=NOW)
        session.flush()
        for at, (message, name, value) in enumerate(said):
            moment = NOW + timedelta(minutes=int(message[1]))
            evidence = {"message_id": message, "words": value, "start": at, "end": at + 1, "confidence": 1.0, "said_at": moment}
            session.add(SlotRecord(customer_id=customer.id, name=name, value=value, **evidence))
            session.flush()
            known.append({name: row.value for name, row in store.slots_known(session, customer.id, since=NOW).items()})
    assert known[2] == {SlotName.MODEL: "e7", SlotName.TRIM: "e7-660"}
    assert known[3] == {SlotName.MODEL: "e5"}
