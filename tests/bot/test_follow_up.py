"""What a short message means after what was said, one line a case."""

import pytest

from bot.context import Context
from bot.follow_up import Accepted, Chosen, Declined, Meaning, Means, Noted, meaning_of, subject_of
from bot.messages import HUMAN
from core.text import Tokeniser
from customers.terms import Slot
from intents.slots import SlotFinder
from tests.bot.builders import NOW
from tests.intents.builders import NAMES

FINDER, TOKENISER = SlotFinder(NAMES), Tokeniser()
RANGE = Context(NOW, "e7冬天续航怎么样", "ask_range", ("e7",))
STOCK = Context(NOW, "e5有现车吗", "ask_delivery", ("e5",))
BOTH = Context(NOW, "e7和e5哪个好", "compare_models", ("e7", "e5"))
MENU = Context(NOW, "哪个好", options=("first", "second"))
OFFER = Context(NOW, "e7多少钱", "ask_price", ("e7",), offer="visit")
BOOKING = Context(NOW, "我想预约试驾", "book_test_drive")


def slots_in(text: str) -> tuple[Slot, ...]:
    return FINDER.find(text, TOKENISER.tokens(text), now=NOW)


def meaning(text: str, context: Context, *, clear: bool = False) -> Meaning | None:
    subject = subject_of(context.models, "", NAMES) if len(context.models) == 1 else ""
    return meaning_of(text, context, subject, NAMES, slots_in, clear=clear)


@pytest.mark.parametrize(
    ("text", "context", "first"),
    [
        ("那e5呢", RANGE, "e5冬天续航怎么样"),
        ("e5", RANGE, "e5冬天续航怎么样"),
        ("另一款呢", RANGE, "e5冬天续航怎么样"),
        ("长续航版呢", RANGE, "e7 长续航版冬天续航怎么样"),
        ("那夏天呢", RANGE, "e7冬天续航怎么样,夏天"),
        ("那海豹呢", RANGE, "海豹冬天续航怎么样"),
        ("标准版呢", STOCK, "e5 标准版有现车吗"),
        ("那e5呢", BOTH, "e5哪个好"),
        ("那杭州呢", Context(NOW, "上海有店吗"), "杭州有店吗"),
        ("e7", Context(NOW, "多少钱"), "e7多少钱"),
        ("e7", Context(), "e7怎么样"),
    ],
)
def test_the_last_question_is_asked_of_something_else(text: str, context: Context, first: str) -> None:
    found = meaning(text, context)
    assert isinstance(found, Means)
    assert found.texts[0] == first


def test_what_is_asked_anew_is_asked_of_the_same_car() -> None:
    assert meaning("那充电呢", RANGE, clear=True) == Means(("e7充电", "那充电呢", "充电"))


@pytest.mark.parametrize(
    ("text", "script"),
    [("1", "first"), ("第二个", "second"), ("选2", "second"), ("最后一个", "second"), ("二", "second"), ("3", HUMAN), ("都不是", HUMAN)],
)
def test_a_number_chooses_from_the_menu(text: str, script: str) -> None:
    assert meaning(text, MENU) == Chosen(script)


@pytest.mark.parametrize("text", ["好的", "可以", "行", "嗯", "要", "好的,谢谢", "约吧", "麻烦了"])
def test_yes_accepts_the_offer(text: str) -> None:
    assert meaning(text, OFFER) == Accepted()


@pytest.mark.parametrize("text", ["不用了", "算了", "不需要", "暂时不用,谢谢"])
def test_no_declines_it(text: str) -> None:
    assert meaning(text, OFFER) == Declined()


@pytest.mark.parametrize("text", ["周六下午", "那就周六下午吧", "明天下午3点滨江店", "上海", "e7"])
def test_particulars_of_a_visit_are_noted(text: str) -> None:
    assert meaning(text, BOOKING) == Noted()


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("多少钱", RANGE),
        ("4", MENU),
        ("1", RANGE),
        ("好的", RANGE),
        ("周六下午", Context()),
        ("上海", Context()),
        ("你们的车在冬天的高速上到底能跑多少公里呢", RANGE),
        ("e7多少钱", BOOKING),
    ],
)
def test_what_speaks_for_itself_stays_as_it_is(text: str, context: Context) -> None:
    assert meaning(text, context) is None


def test_the_car_in_question_is_called_as_a_customer_would() -> None:
    assert subject_of(["e7"], "", NAMES) == "e7"
    assert subject_of(["e7"], "e7-660", NAMES) == "e7 660长续航版"
    assert subject_of(["e7"], "e5-430", NAMES) == "e7"
    assert subject_of([], "", NAMES) == ""
