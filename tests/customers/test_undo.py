"""What an operator undoes counts no more, and counts again when he takes that back."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import Database
from core.errors import Refused
from customers import store, undo
from customers.models import Customer, FocusRecord, SignalRecord, SlotRecord
from customers.record import record_heard
from customers.terms import FocusMention, FocusPoint, Heard, Polarity, SlotName
from tests.admin.people import NOW, RULES, WORDS, span, talked

LATER = NOW + timedelta(hours=1)


def tags(session: Session, customer: Customer) -> set[str]:
    return {tag.name for tag in store.tags_of(session, customer.id)}


def only_id(session: Session, table: type[FocusRecord] | type[SignalRecord]) -> int:
    return session.scalars(select(table.id)).one()


def test_an_undone_focus_point_takes_its_tag_along(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session)
        focus_id = only_id(session, FocusRecord)
        change = undo.undo_focus(session, customer, focus_id, by="小王", now=LATER)
        row = session.get_one(FocusRecord, focus_id)
        assert change.ended == [("关注点", "续航能耗")]
        assert "续航能耗" not in tags(session, customer)
        assert (row.undone_at, row.undone_by) == (LATER, "小王")
        assert undo.redo_focus(session, customer, focus_id, now=LATER).begun == [("关注点", "续航能耗")]
        assert (row.undone_at, row.undone_by) == (None, "")


def test_undoing_twice_keeps_who_did_it_first(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session)
        focus_id = only_id(session, FocusRecord)
        undo.undo_focus(session, customer, focus_id, by="小王", now=NOW)
        assert not undo.undo_focus(session, customer, focus_id, by="小张", now=LATER)
        assert session.get_one(FocusRecord, focus_id).undone_by == "小王"


def test_an_undone_signal_takes_its_points_and_its_level_along(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session)
        assert (customer.level, customer.score) == ("B", 30)
        signal_id = only_id(session, SignalRecord)
        change = undo.undo_signal(session, customer, signal_id, RULES, by="小王", now=NOW)
        assert (customer.level, customer.score) == ("C", 0)
        assert set(change.ended) == {("意向级别", "B级")}
        undo.redo_signal(session, customer, signal_id, RULES, now=NOW)
        assert (customer.level, customer.score) == ("B", 30)


def test_the_same_message_heard_again_does_not_revive_what_was_undone(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session)
        undo.undo_focus(session, customer, only_id(session, FocusRecord), now=NOW)
        again = Heard("m1", NOW, WORDS, [FocusMention(FocusPoint.RANGE, Polarity.NEGATIVE, span("续航"), 0.9)])
        record_heard(session, customer, again, RULES, now=LATER)
        assert "续航能耗" not in tags(session, customer)


def test_a_whole_point_is_undone_with_every_record_of_it(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session)
        talked(session, msgid="m2")
        rows, change = undo.undo_point(session, customer, "range", by="小王", now=LATER)
        assert [row.message_id for row in rows] == ["m1", "m2"]
        assert change.ended == [("关注点", "续航能耗")]
        assert undo.undo_point(session, customer, "range", now=LATER)[0] == []


def test_an_undone_store_no_longer_places_him(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session)
        slot = session.scalars(select(SlotRecord).where(SlotRecord.name == SlotName.STORE)).one()
        undo.undo_slot(session, customer, slot.id, now=NOW)
        assert customer.store == ""
        undo.redo_slot(session, customer, slot.id)
        assert customer.store == "sh_pudong"


def test_a_fact_is_undone_and_held_again_with_every_mention_of_it_and_nobody_elses(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session)
        talked(session, msgid="m2")
        talked(session, "wm-wang", msgid="m9")
        stores = session.scalars(select(SlotRecord).where(SlotRecord.name == SlotName.STORE).order_by(SlotRecord.id)).all()
        undo.undo_slot(session, customer, stores[1].id, by="小王", now=LATER)
        assert [row.undone_by for row in stores] == ["小王", "小王", ""]
        assert customer.store == ""
        undo.redo_slot(session, customer, stores[0].id)
        assert [row.undone_at for row in stores] == [None, None, None]


def test_another_customers_evidence_cannot_be_undone_here(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        other = talked(session, "wm-wang", msgid="m9")
        for focus_id in (session.scalars(select(FocusRecord.id).where(FocusRecord.message_id == "m1")).one(), 999):
            with pytest.raises(Refused, match="不在了"):
                undo.undo_focus(session, other, focus_id, now=NOW)
