"""A level by explicit words or by an event can be taken back: what is left decides, and the same message does not bring it again."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.db import Database
from core.errors import Refused
from customers import store, undo
from customers.models import Customer, LevelChange
from customers.record import let_time_pass, record_heard, record_outcome
from customers.rules import UNDONE
from customers.terms import Heard, Level, LevelStatement, Span
from tests.admin.people import NOW, RULES, stated, talked

DAY = timedelta(days=1)
EVENTS = type(RULES)(weights=RULES.weights, thresholds=RULES.thresholds, events={"place_order": Level.O, "lose_interest": Level.L})


def says(session: Session, customer: Customer, msgid: str, intent: str, *, days: int = 0) -> None:
    record_heard(session, customer, Heard(msgid, NOW + days * DAY, "就这样", intents=[intent]), EVENTS, now=NOW + days * DAY)


def newest(session: Session, customer: Customer, after: str) -> LevelChange:
    return next(one for one in reversed(store.level_history(session, customer.id)) if one.after == after and one.reason["kind"] != UNDONE)


def take_back(session: Session, customer: Customer, after: str, *, days: int = 0) -> list[tuple[str, str]]:
    change = newest(session, customer, after)
    return undo.undo_level(session, customer, change.id, EVENTS, by="小王", why="他开玩笑", now=NOW + days * DAY).begun


def test_words_of_time_taken_back_leave_what_the_score_says(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = stated(session, talked(session))
        assert customer.level == "H"
        assert take_back(session, customer, "H") == [("意向级别", "B级")]
        change, recomputed = store.level_history(session, customer.id)[-2:]
        assert (change.reason["undone_by"], change.reason["undone_why"]) == ("小王", "他开玩笑")
        assert (recomputed.before, recomputed.after, recomputed.reason["by"]) == ("H", "B", "小王")
        assert "撤回" in recomputed.reason["text"]
        assert "意向分 30" in recomputed.reason["text"]


def test_the_same_message_does_not_bring_it_again_but_another_may(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = stated(session, talked(session))
        take_back(session, customer, "H")
        again = Heard("m-week", NOW, "这周就定", stated_level=LevelStatement(Level.H, Span("这周就定", 0, 4)))
        assert not record_heard(session, customer, again, EVENTS, now=NOW + DAY)
        let_time_pass(session, customer, EVENTS, now=NOW + DAY)
        assert customer.level == "B"
        record_heard(session, customer, Heard("m-new", NOW + DAY, "这周就定", stated_level=again.stated_level), EVENTS, now=NOW + DAY)
        assert customer.level == "H"


def test_an_order_taken_back_is_no_order_and_stays_none(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session)
        says(session, customer, "m-order", "place_order")
        assert customer.level == "O"
        assert take_back(session, customer, "O") == [("意向级别", "B级")]
        let_time_pass(session, customer, EVENTS, now=NOW + DAY)
        says(session, customer, "m-order", "place_order", days=1)
        assert customer.level == "B"


def test_a_loss_taken_back_gives_back_the_order_before_it(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session)
        says(session, customer, "m-order", "place_order")
        says(session, customer, "m-lost", "lose_interest", days=1)
        assert customer.level == "L"
        take_back(session, customer, "L", days=1)
        assert customer.level == "O"
        take_back(session, customer, "O", days=1)
        assert customer.level == "B", "now nothing explicit is left"


def test_earlier_words_of_time_hold_again_and_no_longer_than_they_would_have(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = stated(session, talked(session))
        says(session, customer, "m-lost", "lose_interest", days=3)
        take_back(session, customer, "L", days=4)
        assert customer.level == "H"
        assert {tag.name: tag.words for tag in store.tags_of(session, customer.id)}["H级"] == "这周就定"
        let_time_pass(session, customer, EVENTS, now=NOW + 6 * DAY)
        assert customer.level == "H"
        let_time_pass(session, customer, EVENTS, now=NOW + 8 * DAY)
        assert customer.level != "H"


def test_what_was_said_twice_holds_by_the_other_sentence(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = stated(session, talked(session))
        stated(session, customer, msgid="m-week-2", at=NOW + DAY)
        first = next(one for one in store.level_history(session, customer.id) if one.reason["heard"] == "m-week")
        undo.undo_level(session, customer, first.id, EVENTS, by="小王", why="旧话", now=NOW + DAY)
        assert customer.level == "H"
        take_back(session, customer, "H", days=1)
        assert customer.level == "B"


def test_taken_back_by_mistake_it_holds_again(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session)
        says(session, customer, "m-order", "place_order")
        change = newest(session, customer, "O")
        take_back(session, customer, "O")
        assert undo.redo_level(session, customer, change.id, EVENTS, by="小张", now=NOW).begun == [("意向级别", "O级")]
        assert customer.level == "O"
        assert "undone_by" not in change.reason


def test_undoing_twice_keeps_who_did_it_first(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = stated(session, talked(session))
        change = newest(session, customer, "H")
        take_back(session, customer, "H")
        assert not undo.undo_level(session, customer, change.id, EVENTS, by="小张", why="再来", now=NOW + DAY)
        assert change.reason["undone_by"] == "小王"


def test_what_an_advisor_recorded_can_be_taken_back_too(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session)
        record_outcome(session, customer, Level.O, "顾问记录：已下订", "liming", EVENTS, now=NOW)
        take_back(session, customer, "O")
        assert customer.level == "B"
        record_outcome(session, customer, Level.O, "顾问记录：已下订", "liming", EVENTS, now=NOW)
        assert customer.level == "O", "the advisor may say so again"


def test_a_level_by_score_and_another_customers_are_refused(database: Database) -> None:
    with database.unit_of_work() as session:
        customer, other = talked(session), talked(session, "wm-wang", msgid="m9")
        by_score = newest(session, customer, "B")
        with pytest.raises(Refused, match="购买信号"):
            undo.undo_level(session, customer, by_score.id, EVENTS, by="小王", why="错", now=NOW)
        stated(session, customer)
        with pytest.raises(Refused, match="不在了"):
            undo.undo_level(session, other, newest(session, customer, "H").id, EVENTS, by="小王", why="错", now=NOW)
