"""What a customer asked may stay in the library; who he is may not."""

import pytest

from admin.impersonal import impersonal


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("E7落地多少钱", "E7落地多少钱"),
        ("我叫李雷，电话13812345678，E7落地多少钱", "E7落地多少钱"),
        ("E7落地多少钱？我姓王，加我微信wang_88e", "E7落地多少钱？"),
        ("138 1234 5678这个号登记过试驾吗", "**这个号登记过试驾吗"),
        ("１３８１２３４５６７８登记过试驾吗", "**登记过试驾吗"),
        ("王先生的车到了吗", "**先生的车到了吗"),
        ("沪A12345能置换多少", "**能置换多少"),
        ("发票寄到li.lei@example.com行不行", "发票寄到**行不行"),
        ("身份证31010119900101123X能贷款吗", "身份证**能贷款吗"),
        ("LSGHD52H9ND123456保养过几次", "**保养过几次"),
        ("13812345678", ""),
        ("我是新手，高速续航打几折", "我是新手，高速续航打几折"),
        ("预算250000，能买哪款", "预算250000，能买哪款"),
        ("跑了100000公里还保吗", "跑了100000公里还保吗"),
    ],
)
def test_names_and_numbers_go_and_the_question_stays(words: str, kept: str) -> None:
    assert impersonal(words) == kept


def test_his_nickname_goes_too() -> None:
    assert impersonal("小鱼儿想问E7多少钱", nickname="小鱼儿") == "**想问E7多少钱"
    assert impersonal("E7多少钱", nickname="E") == "E7多少钱"
