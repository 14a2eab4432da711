"""What a turn showed goes back to the message whose words show it."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.evidence import JOINT, joined, per_message
from customers.terms import FocusMention, Heard, LevelStatement, Signal, Slot, SlotName, Span
from intents.terms import Intent
from tests.bot.builders import NOW, later, shows_all, understood

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12), min_size=1, max_size=5)


def heard_in(texts: list[str], **shown: Any) -> list[Heard]:
    whole = understood((Intent.ASK_PRICE, 0.9), message=joined(texts), **shown)
    return per_message(whole, [(f"m{index}", later(index), text) for index, text in enumerate(texts)])


def spans_of(heard: Heard) -> list[Span]:
    shown: list[FocusMention | Signal | Slot | LevelStatement] = [
        *heard.focus_points,
        *heard.signals,
        *heard.slots,
        *([heard.stated_level] if heard.stated_level else []),
    ]
    return [thing.span for thing in shown]


@settings(deadline=None)
@given(data=st.data(), texts=TEXTS)
def test_every_span_is_a_substring_of_its_own_message(data: st.DataObject, texts: list[str]) -> None:
    whole = joined(texts)
    teller = data.draw(st.integers(0, len(texts) - 1))
    start = sum(len(text) + len(JOINT) for text in texts[:teller]) + data.draw(st.integers(0, len(texts[teller]) - 1))
    end = data.draw(st.integers(start + 1, len(whole)))
    heard = heard_in(texts, **shows_all(Span(whole[start:end], start, end)))
    assert [len(spans_of(message)) for message in heard] == [4 * (index == teller) for index in range(len(texts))]
    assert all(texts[teller][span.start : span.end] == span.words != "" for span in spans_of(heard[teller]))


def test_each_message_keeps_its_own_evidence() -> None:
    first, second = heard_in(["看中E7", "想要E5"], slots=(slot("e7", "E7", 2), slot("e5", "E5", 7)))
    assert [(s.value, s.span) for s in first.slots] == [("e7", Span("E7", 2, 4))]
    assert [(s.value, s.span) for s in second.slots] == [("e5", Span("E5", 2, 4))]


def slot(value: str, words: str, start: int) -> Slot:
    return Slot(SlotName.MODEL, value, Span(words, start, start + len(words)))


def test_words_that_run_into_the_next_message_end_with_their_own() -> None:
    first, second = heard_in(["下周", "提车"], **shows_all(Span("下周\n提车", 0, 5)))
    assert {span.words for span in spans_of(first)} == {"下周"}
    assert spans_of(second) == []


def test_the_intent_belongs_to_the_message_that_completed_it() -> None:
    messages = heard_in(["那个", "多少钱"])
    assert [heard.intents for heard in messages] == [[], [Intent.ASK_PRICE]]


def test_an_intent_nobody_is_sure_of_is_not_remembered() -> None:
    whole = understood((Intent.PLACE_ORDER, 0.3), message="嗯", not_sure=True)
    assert per_message(whole, [("m1", NOW, "嗯")])[0].intents == []


def test_message_and_moment_stay_together() -> None:
    assert [(heard.message_id, heard.said_at) for heard in heard_in(["一", "二"])] == [("m0", NOW), ("m1", later(1))]
