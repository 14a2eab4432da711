"""Purchase signals and stated levels."""

import re

from customers.terms import Level, Signal, Span
from intents.purchase import find_signals, stated_level
from intents.rank import Settled
from intents.teaching import SignalRule, TimeWords
from intents.terms import Intent, IntentScore

RULES = (
    SignalRule("test_drive", frozenset({Intent.BOOK_TEST_DRIVE}), (re.compile("约试驾"), re.compile("想[^,]{0,4}试驾"))),
    SignalRule("leave_contact", frozenset({Intent.LEAVE_CONTACT}), ()),
)
TIMES = (TimeWords(Level.O, (re.compile("交了定金"),)), TimeWords(Level.H, (re.compile("这周就?定"),)))


def settled(intent: Intent, *, not_sure: bool = False) -> Settled:
    return Settled((IntentScore(intent, 0.8),), not_sure)


def test_words_show_a_signal_with_their_place() -> None:
    [signal] = find_signals("周末想试驾", settled(Intent.GREET), RULES)

    assert signal == Signal("test_drive", Span("想试驾", 2, 5), 1.0)


def test_an_intent_shows_a_signal_with_its_probability() -> None:
    [signal] = find_signals("可以开一圈吗", settled(Intent.BOOK_TEST_DRIVE), RULES)

    assert signal == Signal("test_drive", Span("可以开一圈吗", 0, 6), 0.8)


def test_an_intent_that_is_not_sure_shows_none() -> None:
    assert find_signals("可以开一圈吗", settled(Intent.BOOK_TEST_DRIVE, not_sure=True), RULES) == ()


def test_words_and_intent_together_are_one_signal() -> None:
    assert len(find_signals("我想试驾,约试驾", settled(Intent.BOOK_TEST_DRIVE), RULES)) == 1


def test_words_of_time_state_a_level() -> None:
    statement = stated_level("价格合适这周就定", TIMES)

    assert statement is not None
    assert (statement.level, statement.span) == (Level.H, Span("这周就定", 4, 8))


def test_the_first_level_of_the_pack_wins() -> None:
    statement = stated_level("这周定不下来,不过交了定金", TIMES)

    assert statement is not None
    assert statement.level is Level.O


def test_no_words_state_no_level() -> None:
    assert stated_level("多少钱", TIMES) is None
