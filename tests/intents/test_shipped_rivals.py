"""The rivals of the shipped pack: what a customer calls them is found, and ordinary words are not taken for them."""

from pathlib import Path

import pytest

from core.text import Normaliser, Tokeniser
from customers.terms import SlotName
from intents.pack_names import read_names
from intents.slots import SlotFinder
from tests.intents.builders import NOW

PACK = Path(__file__).resolve().parents[2] / "packs" / "ev_dealer"
NAMES = read_names(PACK, [])
FINDER, NORMALISER, TOKENISER = SlotFinder(NAMES), Normaliser(), Tokeniser(NAMES.rivals)


def found(message: str) -> dict[SlotName, list[str]]:
    text = NORMALISER.normalise(message).text
    slots: dict[SlotName, list[str]] = {}
    for slot in FINDER.find(text, TOKENISER.tokens(text), now=NOW):
        slots.setdefault(slot.name, []).append(slot.value)
    return slots


@pytest.mark.parametrize(
    ("message", "rivals"),
    [
        ("和小米SU7比怎么样", ["小米", "SU7"]),
        ("yu7还是e7", ["YU7"]),
        ("问界M7和理想L7都看了", ["问界", "M7", "理想", "L7"]),
        ("理想i6呢", ["理想", "i6"]),
        ("极氪007和智界R7", ["极氪007", "智界", "R7"]),
        ("小鹏MONA M03便宜", ["小鹏", "MONA", "M03"]),
        ("乐道l60", ["乐道", "L60"]),
        ("比亚迪宋L和秦L", ["比亚迪", "宋L", "秦L"]),
        ("比亚迪唐", ["比亚迪"]),
        ("汉和元PLUS", ["汉", "元PLUS"]),
        ("modely跟Model 3", ["Model Y", "Model 3"]),
        ("深蓝S7、阿维塔、岚图、腾势D9", ["深蓝S7", "阿维塔", "岚图", "腾势", "D9"]),
        ("零跑C10和五菱", ["零跑", "C10", "五菱"]),
    ],
)
def test_a_rival_is_known_by_what_customers_call_it(message: str, rivals: list[str]) -> None:
    assert found(message)[SlotName.RIVAL] == rivals


def test_a_rivals_model_with_the_letters_of_ours_is_not_ours() -> None:
    assert found("银河E5多少钱") == {SlotName.RIVAL: ["银河E5"]}


@pytest.mark.parametrize(
    "message",
    [
        "有深蓝色的吗",
        "挑个吉利的日子提车",
        "一共多少元，20万元够吗",
        "我姓唐，叫我唐先生",
        "秦女士想试驾",
        "宋先生的车到了",
        "武汉有店吗",
        "编号007，电话尾号001",
        "24小时都可以充电吗，5x24还是7x24",
        "小米手机能连车机吗",
        "小米 CarWith支持吗",
        "支持L2辅助驾驶吗",
        "效果不理想",
        "E7和E5哪个好",
        "汉字能显示吗",
        "银河系那个灯带",
    ],
)
def test_ordinary_words_are_no_rival(message: str) -> None:
    assert SlotName.RIVAL not in found(message)


def test_no_name_stands_twice_and_none_is_ours() -> None:
    said = [name.lower().replace(" ", "") for name in NAMES.rivals]
    ours = {name for names in NAMES.models.values() for name in names} | {name for trim in NAMES.trims for name in trim.names}
    assert len(said) == len(set(said))
    assert not ours & set(said)
