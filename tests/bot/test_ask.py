"""What is looked for: what the message settles comes before what the conversation had settled."""

from datetime import UTC, date, datetime

from bot.ask import question_of
from customers.terms import Slot, SlotName, Span
from intents.terms import Intent
from tests.bot.builders import NOW, understood


def model(value: str) -> Slot:
    return Slot(SlotName.MODEL, value, Span(value, 0, len(value)))


def test_the_message_overrules_what_was_settled_before() -> None:
    asked = understood((Intent.ASK_PRICE, 0.9), slots=(model("e7"),))
    question = question_of(asked, {SlotName.MODEL: "e5", SlotName.CITY: "shanghai"}, now=NOW)
    assert question.models == {"e7"}
    assert question.cities == {"shanghai"}
    assert question.trims == question.stores == frozenset(), "open"


def test_two_models_in_one_message_are_both_looked_for() -> None:
    question = question_of(understood((Intent.COMPARE_MODELS, 0.9), slots=(model("e7"), model("e5"))), {}, now=NOW)
    assert question.models == {"e7", "e5"}


def test_likely_intents_are_told_even_when_none_is_sure() -> None:
    asked = understood((Intent.ASK_PRICE, 0.3), (Intent.ASK_FINANCE, 0.2), not_sure=True)
    assert question_of(asked, {}, now=NOW).intents == {Intent.ASK_PRICE: 0.3, Intent.ASK_FINANCE: 0.2}


def test_today_is_the_day_in_shanghai() -> None:
    late = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
    assert question_of(understood(), {}, now=late).today == date(2026, 11, 20)
