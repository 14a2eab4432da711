"""How messages are understood, one line a case: the shipped pack and the real encoder."""

from collections.abc import Callable

import pytest

from customers.terms import FocusPoint, SlotName
from intents.terms import Intent, Understanding
from run.compose import Knowledge
from tests.stories.world import START

Understand = Callable[[str], Understanding]


@pytest.fixture
def understand(knowledge: Knowledge) -> Understand:
    return lambda text: knowledge.understander.understand(text, now=START)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        # courtesy around a question
        ("你好，请问E7多少钱呀，谢谢", Intent.ASK_PRICE),
        ("麻烦问一下E5续航多少，辛苦了", Intent.ASK_RANGE),
        # typos, traditional characters, mixed digits
        ("E7续杭多少公里", Intent.ASK_RANGE),
        ("E5落地驾是多少", Intent.ASK_PRICE),
        ("E7續航能跑多遠", Intent.ASK_RANGE),
        ("想預約試駕E7", Intent.BOOK_TEST_DRIVE),
        ("Ｅ７首付3成月供多少", Intent.ASK_FINANCE),
        # a part that is only named is asked about, it is not broken
        ("那后视镜加热呢", Intent.ASK_CONFIG),
        ("胎压监测呢", Intent.ASK_CONFIG),
        ("那储物格呢", Intent.ASK_SPACE),
        # comparison and rivals
        ("E7和E5怎么选", Intent.COMPARE_MODELS),
        ("E7跟特斯拉Model Y比哪个好", Intent.COMPARE_MODELS),
        # out of scope, and near its border
        ("明天会下雨吗", Intent.OUT_OF_SCOPE),
        ("帮我订一张去北京的机票", Intent.OUT_OF_SCOPE),
        ("明天天气适合试驾吗", Intent.BOOK_TEST_DRIVE),
        ("下雨天充电安全吗", None),
    ],
)
def test_the_likeliest_intent(understand: Understand, text: str, intent: Intent | None) -> None:
    found = understand(text)
    assert found.top is not None
    assert found.top.name is intent if intent else found.top.name is not Intent.OUT_OF_SCOPE


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("E7多少钱，有现车吗", {Intent.ASK_PRICE, Intent.ASK_DELIVERY}),
        ("E5续航多少？充电要多久？", {Intent.ASK_RANGE, Intent.ASK_CHARGING}),
        ("能试驾吗，店在哪里", {Intent.BOOK_TEST_DRIVE, Intent.ASK_STORE}),
    ],
)
def test_several_intents_are_among_the_likeliest(understand: Understand, text: str, both: set[Intent]) -> None:
    assert both <= {found.name for found in understand(text).ranking}


@pytest.mark.parametrize(
    ("text", "point"),
    [("贷款就不考虑了", FocusPoint.FINANCE), ("我不考虑置换", FocusPoint.TRADE_IN), ("智驾无所谓", FocusPoint.SMART)],
)
def test_what_is_refused_is_no_interest(understand: Understand, text: str, point: FocusPoint) -> None:
    assert point not in {mention.point for mention in understand(text).focus_points}


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("预算二十五万八左右", SlotName.BUDGET, "258000"),
        ("25w以内有什么车", SlotName.BUDGET, "-250000"),
        ("預算25.8萬", SlotName.BUDGET, "258000"),
        ("首付三成月供两千五可以吗", SlotName.MONTHLY_PAYMENT, "2500"),
        ("下周六下午过去看车", SlotName.VISIT_TIME, "2026-12-05T13:00/18:00"),
        ("国庆后去店里看看", SlotName.VISIT_TIME, "2027-10-08/2027-10-14"),
        ("过完年再去看车", SlotName.VISIT_TIME, "2027-02-13/2027-02-19"),
        ("明天下班后过来试驾", SlotName.VISIT_TIME, "2026-11-24T18:00/21:00"),
        ("现在开的是15年的朗逸", SlotName.TRADE_IN, "朗逸"),
        ("E7的长续航版", SlotName.TRIM, "e7-660"),
        ("我在杭城", SlotName.CITY, "hangzhou"),
    ],
)
def test_what_is_settled_and_the_words_that_settle_it(understand: Understand, text: str, name: SlotName, value: str) -> None:
    [slot] = [slot for slot in understand(text).slots if slot.name is name]
    assert slot.value == value
    assert text[slot.span.start : slot.span.end] == slot.span.words


@pytest.mark.parametrize("text", ["不要白色的E7", "E5就算了", "不考虑E5"])
def test_what_is_refused_settles_nothing(understand: Understand, text: str) -> None:
    assert not {"colour", "e5"} & {part for slot in understand(text).slots for part in (slot.name.value, slot.value)}
