"""Phone numbers are hidden wherever they stand, and nothing else is."""

import pytest

from admin.parts.phones import masked


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("13812345678", "138****5678"),
        ("我电话13812345678，下午打", "我电话138****5678，下午打"),
        ("138 1234 5678", "138 **** 5678"),
        ("138-1234-5678", "138-****-5678"),
        ("+8613812345678", "+86138****5678"),
        ("86-13812345678", "86-138****5678"),
        ("两个：13812345678和15987654321", "两个：138****5678和159****4321"),
        ("１３８１２３４５６７８", "１３８****５６７８"),
        ("我的手机１３８ １２３４ ５６７８，下午打", "我的手机１３８ **** ５６７８，下午打"),
        ("订单20261120123456789", "订单20261120123456789"),
        ("12812345678", "12812345678"),
        ("1381234567", "1381234567"),
        ("25.8万", "25.8万"),
    ],
)
def test_the_middle_of_a_number_is_hidden_and_the_length_stays(text: str, hidden: str) -> None:
    assert masked(text) == hidden
    assert len(hidden) == len(text)
