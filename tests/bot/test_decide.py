"""What the assistant does about a turn, one line a case."""

from dataclasses import replace
from typing import Any

import pytest

from bot.decide import (
    Acknowledge,
    Answer,
    Candidates,
    Clarify,
    Decision,
    HandOff,
    OptOut,
    Quiet,
    Silence,
    Situation,
    Thresholds,
    Why,
    choose_for_click,
    choose_reply,
    is_understood,
)
from bot.describe import describe
from bot.messages import HUMAN, menu_id_of
from intents.terms import Intent, IntentScore, Understanding
from kb.terms import ScriptMatch
from tests.bot.builders import match, understood

THRESHOLDS = Thresholds(answer_at=0.7, clarify_at=0.4)
SURE, MAYBE, UNLIKE = match("price", 0.9), match("finance", 0.5), match("colour", 0.39)
NEXT = match("promotion", 0.45, intent=Intent.ASK_PROMOTION)
BOOKED = match("book", 0.5, intent=Intent.BOOK_TEST_DRIVE)
DRIVE = understood((Intent.BOOK_TEST_DRIVE, 0.9), message="想试驾")
HELLO = match("hello", 0.9, intent=Intent.GREET)
SHARED = match("shared", 0.2, intent=Intent.SHARE_EXPERIENCE)
PRICE, GREETING = understood((Intent.ASK_PRICE, 0.9)), understood((Intent.GREET, 0.9), message="你好")
MURKY = understood((Intent.ASK_PRICE, 0.2), not_sure=True)
CALLS_FOR_PERSON = understood((Intent.REQUEST_HUMAN, 0.9), message="转人工")
TWO_QUESTIONS = understood((Intent.ASK_PRICE, 0.9), (Intent.ASK_PROMOTION, 0.8))


def choose(
    words: Understanding, matches: list[ScriptMatch], talk: list[ScriptMatch] | None = None, situation: Situation | None = None
) -> Decision:
    found = Candidates(tuple(matches), tuple(talk or []))
    return choose_reply(words, found, situation=situation or Situation(), thresholds=THRESHOLDS)


@pytest.mark.parametrize(
    ("words", "matches", "talk", "situation", "expected"),
    [
        # A person serves: silence, whatever is said.
        (PRICE, [SURE], [], {"person_serves": True}, Quiet(Silence.PERSON_SERVES)),
        (CALLS_FOR_PERSON, [], [], {"person_serves": True}, Quiet(Silence.PERSON_SERVES)),
        (understood(message=""), [], [], {}, Quiet(Silence.NOTHING_SAID)),
        (Understanding("。。。", "。。。", ()), [], [], {}, Quiet(Silence.NOTHING_SAID)),
        (Understanding("？？", "??", ()), [], [], {}, Clarify()),
        (Understanding("?", "?", ()), [], [], {"not_understood": 1}, HandOff(Why.NOT_UNDERSTOOD_TWICE, True)),
        # He wants no more messages.
        (understood((Intent.OPT_OUT, 0.9)), [SURE], [], {}, OptOut()),
        (understood((Intent.OPT_OUT, 0.9), (Intent.COMPLAIN, 0.9)), [], [], {}, OptOut()),
        (understood((Intent.OPT_OUT, 0.3), not_sure=True), [SURE], [], {}, Answer((SURE,))),
        # A person is needed.
        (CALLS_FOR_PERSON, [SURE], [], {}, HandOff(Why.ASKED_FOR_PERSON, True, (SURE,))),
        (understood((Intent.COMPLAIN, 0.8)), [SURE], [], {}, HandOff(Why.COMPLAINT, True, (SURE,))),
        (understood((Intent.REPORT_FAULT, 0.8)), [], [], {}, HandOff(Why.FAULT, True)),
        (understood((Intent.ASK_PRICE, 0.6), (Intent.COMPLAIN, 0.5)), [SURE], [], {}, HandOff(Why.COMPLAINT, True, (SURE,))),
        (understood((Intent.ASK_PRICE, 0.6), (Intent.COMPLAIN, 0.49)), [SURE], [], {}, Answer((SURE,))),
        (understood((Intent.REQUEST_HUMAN, 0.5), not_sure=True), [], [], {}, HandOff(Why.ASKED_FOR_PERSON, True)),
        # Courtesy.
        (GREETING, [], [HELLO], {}, Answer((HELLO,))),
        (GREETING, [], [HELLO], {"opted_out": True}, Quiet(Silence.OPTED_OUT)),
        (GREETING, [SURE], [HELLO], {}, Answer((SURE,))),  # «你好，E7多少钱»: the question counts
        (GREETING, [MAYBE], [HELLO], {}, Answer((HELLO,))),
        (PRICE, [SURE], [], {"opted_out": True}, Answer((SURE,))),  # he asked himself
        # Confident, ambiguous, lost.
        (PRICE, [SURE, UNLIKE], [], {}, Answer((SURE,))),
        (PRICE, [match("price", 0.7)], [], {}, Answer((match("price", 0.7),))),
        (PRICE, [match("price", 0.69)], [], {}, Clarify((match("price", 0.69),))),
        (PRICE, [MAYBE, NEXT], [], {}, Clarify((MAYBE, NEXT))),
        (MURKY, [MAYBE, NEXT, UNLIKE], [], {}, Clarify((MAYBE, NEXT, UNLIKE))),
        (MURKY, [MAYBE, NEXT, UNLIKE, match("four", 0.38)], [], {}, Clarify((MAYBE, NEXT, UNLIKE))),
        (MURKY, [MAYBE, match("far", 0.29)], [], {}, Clarify((MAYBE,))),  # not half as likely: no option
        (PRICE, [UNLIKE], [UNLIKE], {}, Clarify((UNLIKE,))),  # about what is surely asked: he sees himself whether it is there
        (PRICE, [match("far", 0.29)], [], {}, HandOff(Why.NOT_COVERED, False, (match("far", 0.29),))),
        (PRICE, [match("e7", 0.6), match("both", 0.2)], [], {}, Answer((match("e7", 0.6),))),  # doubt about wording only
        (PRICE, [match("e7", 0.5), match("both", 0.2)], [], {}, Clarify((match("e7", 0.5),))),  # too much doubt
        # Talk is believed when it is sure, or when its script is about these very words.
        (understood((Intent.SHARE_EXPERIENCE, 0.8)), [], [SHARED], {}, Answer((SHARED,))),
        (understood((Intent.SHARE_EXPERIENCE, 0.79)), [MAYBE], [SHARED], {}, Clarify((MAYBE,))),
        (understood((Intent.SHARE_EXPERIENCE, 0.79)), [], [replace(SHARED, confidence=0.45)], {}, "shared"),
        (MURKY, [match("e7", 0.5), match("both", 0.2)], [], {}, Clarify((match("e7", 0.5),))),
        # Deeds: acknowledged, and an advisor is told.
        (DRIVE, [SURE], [BOOKED], {}, Answer((BOOKED,), tells=Why.WANTS_VISIT)),
        (DRIVE, [SURE], [], {}, Answer((SURE,))),
        (PRICE, [], [], {"not_understood": 1}, HandOff(Why.NOT_COVERED, False)),
        (MURKY, [UNLIKE], [], {}, Clarify()),
        (MURKY, [UNLIKE], [], {"not_understood": 1}, HandOff(Why.NOT_UNDERSTOOD_TWICE, True, (UNLIKE,))),
        # Two questions in one message.
        (TWO_QUESTIONS, [SURE, match("gift", 0.8, intent=Intent.ASK_PROMOTION)], [], {}, "price"),  # not the best of its own intent
        (understood((Intent.THANK, 0.9), (Intent.ASK_PRICE, 0.8)), [SURE], [SURE], {}, "price"),  # courtesy gives way
        (DRIVE, [], [match("book", 0.2, intent=Intent.BOOK_TEST_DRIVE)], {}, Acknowledge("noted", Why.WANTS_VISIT)),
        (understood((Intent.REPORT_FAULT, 0.6), message="后备箱"), [replace(SURE, parts={"exact": 1.0})], [], {}, "price"),
    ],
)
def test_the_assistant_decides(
    words: Understanding, matches: list[ScriptMatch], talk: list[ScriptMatch], situation: dict[str, Any], expected: Decision | str
) -> None:
    decision = choose(words, matches, talk, Situation(**situation))
    if isinstance(expected, str):
        assert isinstance(decision, Answer)
        assert "+".join(script.key for script in decision.scripts) == expected
    else:
        assert decision == expected


@pytest.mark.parametrize(("gift", "said"), [(0.8, "price+gift"), (0.4, "price+gift"), (0.39, "price")])
def test_a_further_wish_is_answered_where_its_own_script_is_likely(gift: float, said: str) -> None:
    found = Candidates((SURE,), also=(match("gift", gift, intent=Intent.ASK_PROMOTION),))
    decision = choose_reply(TWO_QUESTIONS, found, situation=Situation(), thresholds=THRESHOLDS)
    assert isinstance(decision, Answer)
    assert "+".join(script.key for script in decision.scripts) == said


def test_an_advisor_is_suggested_three_scripts_at_most() -> None:
    decision = choose(CALLS_FOR_PERSON, [SURE, MAYBE, NEXT, UNLIKE])
    assert decision == HandOff(Why.ASKED_FOR_PERSON, True, (SURE, MAYBE, NEXT))


@pytest.mark.parametrize(
    ("menu_id", "script", "person_serves", "expected"),
    [
        (menu_id_of("price"), SURE, False, Answer((SURE,))),
        (menu_id_of("price"), None, False, HandOff(Why.NOT_COVERED, False)),  # retired since the menu was shown
        (HUMAN, None, False, HandOff(Why.ASKED_FOR_PERSON, True)),
        ("101", None, False, None),  # somebody else's menu: its words are understood like any others
        (menu_id_of("price"), SURE, True, Quiet(Silence.PERSON_SERVES)),
        (HUMAN, None, True, Quiet(Silence.PERSON_SERVES)),
    ],
)
def test_a_tap_counts_as_its_question(menu_id: str, script: ScriptMatch | None, person_serves: bool, expected: Decision | None) -> None:
    assert choose_for_click(menu_id, script, situation=Situation(person_serves=person_serves)) == expected


@pytest.mark.parametrize(
    ("decision", "understood_it"),
    [
        (Answer((SURE,)), True),
        (Clarify((SURE, MAYBE)), True),
        (Clarify(), False),
        (HandOff(Why.NOT_UNDERSTOOD_TWICE, True), True),
        (OptOut(), True),
        (Quiet(Silence.PERSON_SERVES), True),  # or the assistant would give up at once when it is back
    ],
)
def test_only_a_request_for_other_words_counts_as_not_understood(decision: Decision, understood_it: bool) -> None:
    assert is_understood(decision) is understood_it


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (Answer((SURE, MAYBE)), ("answer", "", "price@1,finance@1")),
        (Answer((SURE,), left=("能置换吗",)), ("answer", "not_covered", "price@1")),
        (Acknowledge("noted", Why.WANTS_VISIT), ("acknowledge", "wants_visit", "")),
        (Clarify((SURE,)), ("clarify", "请客户选择", "price@1")),
        (Clarify(), ("clarify", "没有听懂，请客户换个说法", "")),
        (HandOff(Why.FAULT, True), ("hand_off", "fault", "")),
        (HandOff(Why.NOT_COVERED, False, (SURE,)), ("pass_on", "not_covered", "price@1")),
        (Quiet(Silence.JUST_SAID), ("quiet", "刚刚已经回复过同类消息", "")),
        (OptOut(), ("opt_out", "客户不希望被打扰", "")),
    ],
)
def test_a_decision_can_be_read_by_an_operator(decision: Decision, expected: tuple[str, str, str]) -> None:
    assert describe(decision) == expected


def test_thresholds_and_not_the_ranking_alone_make_an_intent_sure() -> None:
    sure = Understanding("x", "x", ("x",), ranking=(IntentScore(Intent.ASK_PRICE, 0.9),), not_sure=False)
    unsure = Understanding("x", "x", ("x",), ranking=(IntentScore(Intent.ASK_PRICE, 0.9),), not_sure=True)
    assert choose(sure, []) == HandOff(Why.NOT_COVERED, False)
    assert choose(unsure, []) == Clarify()
