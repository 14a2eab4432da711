"""Which amounts are a budget, which a down payment."""

import pytest

from customers.terms import SlotName
from intents.money import money_slots


def values(text: str, name: SlotName) -> list[str]:
    return [slot.value for slot in money_slots(text) if slot.name is name]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("预算25万", "250000"),
        ("预算二十到二十五万", "200000-250000"),
        ("25w以内", "-250000"),
        ("最多花30万", "-300000"),
        ("30 万以上的吧", "300000-"),
        ("想买个20万左右的车", "200000"),
        ("三十万吧", "300000"),
        ("手里有十几万", "100000-200000"),
    ],
)
def test_a_budget_is_in_yuan_with_its_bounds(text: str, value: str) -> None:
    assert values(text, SlotName.BUDGET) == [value]


@pytest.mark.parametrize(
    "text", ["落地25万左右", "首付10万以内", "贷款15万左右合适吗", "优惠3万以上", "报价22.98万", "月供5000左右", "e7裸车20万"]
)
def test_an_amount_of_something_else_is_no_budget(text: str) -> None:
    assert values(text, SlotName.BUDGET) == []


@pytest.mark.parametrize(
    ("text", "value"), [("首付10万", "100000"), ("首付给个5万", "50000"), ("首付三成", "30%"), ("30%的首付", "30%"), ("0首付可以吗", "0")]
)
def test_a_down_payment_is_an_amount_or_a_share(text: str, value: str) -> None:
    assert values(text, SlotName.DOWN_PAYMENT) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("月供两千五左右", "2500"),
        ("两千五一个月", "2500"),
        ("每月还3k", "3000"),
        ("月供3000以内", "-3000"),
        ("一个月还两三千", "2000-3000"),
        ("3000-4000一个月", "3000-4000"),
        ("两到三千的月供", "2000-3000"),
        ("贷款10万每月1800块", "1800"),
    ],
)
def test_a_monthly_payment_is_in_yuan(text: str, value: str) -> None:
    assert values(text, SlotName.MONTHLY_PAYMENT) == [value]


@pytest.mark.parametrize("text", ["月供36期", "月供多少", "一个月跑3000公里", "工资一个月8000", "一个月开2000公里"])
def test_a_number_of_something_else_is_no_monthly_payment(text: str) -> None:
    assert values(text, SlotName.MONTHLY_PAYMENT) == []


def test_budget_and_down_payment_in_one_message() -> None:
    text = "预算三十个,首付十万"

    assert [(slot.name, slot.value, slot.span.words) for slot in money_slots(text)] == [
        (SlotName.BUDGET, "300000", "三十个"),
        (SlotName.DOWN_PAYMENT, "100000", "十万"),
    ]
    assert all(text[slot.span.start : slot.span.end] == slot.span.words for slot in money_slots(text))
