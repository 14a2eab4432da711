"""Several readings of one question, several questions in one turn."""

from bot.decide import Answer, Candidates, Clarify, Decision, HandOff, Thresholds, Why
from bot.merge import SCRIPTS_AT_MOST, Reading, best_of, merged
from intents.terms import Intent
from tests.bot.builders import match, understood

THRESHOLDS = Thresholds(answer_at=0.7, clarify_at=0.4)
PRICE, GIFT, HELLO = match("price", 0.9), match("gift", 0.8, intent=Intent.ASK_PROMOTION), match("hello", 0.9, intent=Intent.GREET)
LOST = HandOff(Why.NOT_COVERED, False)


def reading(text: str, decision: Decision, intent: Intent = Intent.ASK_PRICE) -> Reading:
    return Reading(text, understood((intent, 0.9), message=text), Candidates(), decision)


def test_the_first_reading_that_is_answered_is_the_one() -> None:
    menu, answered = reading("e7多少钱", Clarify((PRICE,))), reading("多少钱", Answer((PRICE,)))
    assert best_of([menu, answered]) is answered
    assert best_of([reading("e7", Clarify()), menu, reading("x", LOST)]) is menu


def test_what_is_talk_as_it_was_said_stays_talk() -> None:
    talk = reading("你真聪明", Answer((HELLO,)), Intent.CHITCHAT)
    assert best_of([reading("e7你真聪明", Answer((PRICE,))), talk], talk) is talk


def test_a_reading_that_calls_a_person_stands_only_where_all_do() -> None:
    fault = reading("空调", HandOff(Why.FAULT, True), Intent.REPORT_FAULT)
    assert best_of([fault, lost := reading("空调呢", LOST)]) is lost
    assert best_of([fault]) is fault


def test_everything_that_can_be_answered_is_in_its_order_and_the_rest_is_passed_on() -> None:
    parts = [reading("多少钱", Answer((PRICE,))), reading("能飞吗", LOST), reading("送什么", Answer((GIFT,), tells=Why.WANTS_ORDER))]
    assert merged(parts, Clarify(), THRESHOLDS) == Answer((PRICE, GIFT), Why.WANTS_ORDER, ("能飞吗",))


def test_a_likely_script_of_the_very_intent_will_do_beside_an_answer() -> None:
    likely, unlike = match("gift", 0.6, intent=Intent.ASK_PROMOTION), match("gift", 0.5, intent=Intent.ASK_PROMOTION)
    first = reading("多少钱", Answer((PRICE,)))
    assert merged([first, reading("送什么", Clarify((likely,)), Intent.ASK_PROMOTION)], LOST, THRESHOLDS) == Answer((PRICE, likely))
    passed_on = merged([first, reading("送什么", Clarify((unlike,)), Intent.ASK_PROMOTION)], LOST, THRESHOLDS)
    assert passed_on == Answer((PRICE,), left=("送什么",))


def test_more_than_fits_into_one_message_is_passed_on() -> None:
    many = [reading(f"{n}", Answer((match(f"s{n}", 0.9),))) for n in range(SCRIPTS_AT_MOST + 1)]
    decision = merged(many, LOST, THRESHOLDS)
    assert isinstance(decision, Answer)
    assert (len(decision.scripts), decision.left) == (SCRIPTS_AT_MOST, ("3",))


def test_without_any_answer_the_message_counts_as_one_question() -> None:
    assert merged([reading("a", LOST), reading("b", Clarify())], Clarify((PRICE,)), THRESHOLDS) == Clarify((PRICE,))


def test_a_person_goes_before_everything() -> None:
    fault = HandOff(Why.FAULT, True)
    assert merged([reading("a", Answer((PRICE,))), reading("b", fault)], LOST, THRESHOLDS) == fault
