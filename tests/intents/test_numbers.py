"""Amounts and shares as people write them."""

import pytest

from intents.numbers import amounts, shares, whole_number


@pytest.mark.parametrize(
    ("text", "low", "high", "words"),
    [
        ("二十五万八", 258_000, 258_000, "二十五万八"),
        ("预算25w", 250_000, 250_000, "25w"),
        ("25.8万", 258_000, 258_000, "25.8万"),
        ("25万8", 258_000, 258_000, "25万8"),
        ("25万8千左右", 258_000, 258_000, "25万8千"),
        ("30 万以上", 300_000, 300_000, "30 万"),
        ("十来万的车", 100_000, 150_000, "十来万"),
        ("十几万", 100_000, 200_000, "十几万"),
        ("二十多万", 200_000, 300_000, "二十多万"),
        ("七八万", 70_000, 80_000, "七八万"),
        ("十七八万", 170_000, 180_000, "十七八万"),
        ("二三十万", 200_000, 300_000, "二三十万"),
        ("20到25万", 200_000, 250_000, "20到25万"),
        ("20万-25万", 200_000, 250_000, "20万-25万"),
        ("二十到二十五万", 200_000, 250_000, "二十到二十五万"),
        ("三十个左右", 300_000, 300_000, "三十个"),
        ("一百二十万", 1_200_000, 1_200_000, "一百二十万"),
        ("两点五万", 25_000, 25_000, "两点五万"),
        ("优惠3千", 3_000, 3_000, "3千"),
        ("裸车199800", 199_800, 199_800, "199800"),
    ],
)
def test_an_amount_is_read_as_it_is_spoken(text: str, low: int, high: int, words: str) -> None:
    [amount] = amounts(text)

    assert (amount.low, amount.high, text[amount.start : amount.end]) == (low, high, words)


@pytest.mark.parametrize("text", ["三个颜色", "2.0t", "电话13800138000", "e7和e5", "8月份", "续航660公里", "3点"])
def test_what_is_no_money_is_no_amount(text: str) -> None:
    assert amounts(text) == []


@pytest.mark.parametrize(("text", "words"), [("25万36期", "25万"), ("贷10万3年", "10万"), ("二十万一辆", "二十万")])
def test_a_number_of_something_else_is_not_the_rest_of_an_amount(text: str, words: str) -> None:
    assert [text[amount.start : amount.end] for amount in amounts(text)] == [words]


def test_several_amounts_stand_in_their_order() -> None:
    assert [amount.low for amount in amounts("裸车262200,首付5万,落地29.5万")] == [262_200, 50_000, 295_000]


@pytest.mark.parametrize(("text", "per_cent"), [("首付三成", 30), ("30%", 30), ("百分之二十五", 25), ("5成", 50)])
def test_a_share_is_read_in_per_cent(text: str, per_cent: int) -> None:
    assert [share.per_cent for share in shares(text)] == [per_cent]


def test_a_word_that_begins_like_a_share_is_none() -> None:
    assert shares("一成交就走,七成功率") == []


@pytest.mark.parametrize(
    ("text", "number"),
    [("二十五", 25), ("十", 10), ("一百零五", 105), ("两千", 2000), ("二零二六", 2026), ("38", 38), ("", None), ("十万", None)],
)
def test_whole_numbers(text: str, number: int | None) -> None:
    assert whole_number(text) == number


def test_four_thousand_digits_are_read_at_once() -> None:
    assert amounts("十" * 4000) == []
