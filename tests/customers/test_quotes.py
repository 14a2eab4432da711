"""What a tag quotes holds today: words that an operator took back, or whose time is over, stand behind nothing any more."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import Database
from customers import store, undo
from customers.models import Customer, FocusRecord, LevelChange, SignalRecord
from customers.pack import LevelRules, SignalWeight
from customers.record import let_time_pass, record_heard
from customers.rules import UNDONE
from customers.terms import Heard, Level, Signal, Span
from tests.admin.people import NOW, stated, talked

DAY = timedelta(days=1)
RULES = LevelRules(
    weights={"test_drive": SignalWeight("想试驾", 30, 140), "order": SignalWeight("要订", 40, 140)},
    thresholds={Level.H: 60, Level.B: 20},
    events={"lose_interest": Level.L},
    silent_after_days=30,
)


def quotes(session: Session, customer: Customer) -> dict[str, tuple[str, str]]:
    return {tag.name: (tag.message_id, tag.words) for tag in store.tags_of(session, customer.id)}


def wants_to_order(session: Session, customer: Customer) -> None:
    heard = Heard("m-order", NOW, "我要订一台", signals=[Signal("order", Span("要订", 1, 3))])
    record_heard(session, customer, heard, RULES, now=NOW)


def change(session: Session, customer: Customer, heard: str) -> LevelChange:
    return next(one for one in store.level_history(session, customer.id) if one.reason["heard"] == heard)


def take_back(session: Session, customer: Customer, heard: str, *, days: int = 0) -> None:
    undo.undo_level(session, customer, change(session, customer, heard).id, RULES, by="小王", why="别的车", now=NOW + days * DAY)


def undo_signal(session: Session, customer: Customer, name: str) -> None:
    signal = session.scalars(select(SignalRecord).where(SignalRecord.name == name)).one()
    undo.undo_signal(session, customer, signal.id, RULES, by="小王", now=NOW)


def test_of_two_sentences_the_tag_quotes_the_one_that_is_left(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = stated(session, talked(session))
        stated(session, customer, msgid="m-week-2", at=NOW + DAY)
        assert quotes(session, customer)["H级"] == ("m-week-2", "这周就定"), "what 撤回 would take back is what is shown"
        take_back(session, customer, "m-week-2", days=1)
        assert quotes(session, customer)["H级"] == ("m-week", "这周就定")


def test_a_level_that_the_score_gives_too_is_then_told_and_quoted_by_the_score(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = stated(session, talked(session))
        wants_to_order(session, customer)
        take_back(session, customer, "m-week")
        assert customer.level == "H"
        assert quotes(session, customer)["H级"] == ("m-order", "要订")
        told = store.last_level_change(session, customer.id)
        assert told is not None
        assert (told.before, told.after, told.reason["kind"]) == ("H", "H", UNDONE)
        assert told.reason["text"] == "撤回「B → H」（别的车），重算：意向分 70，达到 H 级的 60 分"


def test_given_back_the_sentence_is_quoted_again_and_is_the_reason(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = stated(session, talked(session))
        wants_to_order(session, customer)
        take_back(session, customer, "m-week")
        undo.redo_level(session, customer, change(session, customer, "m-week").id, RULES, by="小张", now=NOW)
        assert quotes(session, customer)["H级"] == ("m-week", "这周就定")
        told = store.last_level_change(session, customer.id)
        assert told is not None
        assert "恢复「B → H」" in told.reason["text"]


def test_taking_back_or_giving_back_twice_adds_nothing_to_history(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = stated(session, talked(session))
        for _ in range(2):
            take_back(session, customer, "m-week")
        taken = len(store.level_history(session, customer.id))
        for _ in range(2):
            undo.redo_level(session, customer, change(session, customer, "m-week").id, RULES, by="小王", now=NOW)
        assert (taken, len(store.level_history(session, customer.id))) == (3, 4)


def test_an_undone_signal_is_quoted_no_more_though_the_level_stays(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session)
        assert quotes(session, customer)["B级"] == ("m1", "想试驾")
        record_heard(session, customer, Heard("m2", NOW, "便宜点", signals=[Signal("order", Span("便宜", 0, 2))]), RULES, now=NOW)
        assert quotes(session, customer)["H级"] == ("m2", "便宜")
        undo_signal(session, customer, "order")
        assert quotes(session, customer)["B级"] == ("m1", "想试驾")


def test_a_silent_customers_tag_quotes_no_undone_signal(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session)
        let_time_pass(session, customer, RULES, now=NOW + 31 * DAY)
        assert quotes(session, customer)["N级"] == ("m1", "想试驾")
        signal = session.scalars(select(SignalRecord)).one()
        undo.undo_signal(session, customer, signal.id, RULES, by="小王", now=NOW + 31 * DAY)
        assert quotes(session, customer)["N级"] == ("", "")


def test_a_level_by_score_quotes_another_signal_when_its_own_is_undone(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session)
        talked(session, msgid="m2")
        first = session.scalars(select(SignalRecord).where(SignalRecord.message_id == "m1")).one()
        undo.undo_signal(session, customer, first.id, RULES, by="小王", now=NOW)
        assert customer.level == "B"
        assert quotes(session, customer)["B级"] == ("m2", "想试驾")


def test_words_of_time_are_quoted_for_as_long_as_they_hold(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = stated(session, talked(session))
        wants_to_order(session, customer)
        let_time_pass(session, customer, RULES, now=NOW + 6 * DAY)
        assert quotes(session, customer)["H级"] == ("m-week", "这周就定")
        let_time_pass(session, customer, RULES, now=NOW + 8 * DAY)
        assert customer.level == "H"
        assert quotes(session, customer)["H级"] == ("m-order", "要订")


def test_a_focus_tag_quotes_a_sentence_that_is_left(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session)
        talked(session, msgid="m2")
        assert quotes(session, customer)["续航能耗"][0] == "m2"
        second = session.scalars(select(FocusRecord).where(FocusRecord.message_id == "m2")).one()
        assert not undo.undo_focus(session, customer, second.id, now=NOW)
        assert quotes(session, customer)["续航能耗"][0] == "m1"
        first = session.scalars(select(FocusRecord).where(FocusRecord.message_id == "m1")).one()
        undo.undo_focus(session, customer, first.id, now=NOW)
        assert "续航能耗" not in quotes(session, customer)
        assert quotes(session, customer)["B级"] == ("m1", "想试驾"), "the level's tag is left alone"
