"""What must be true of a script before it is saved, in words for operators."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from admin.script_rules import place_name, script_faults, script_warnings
from kb.terms import Answer, Material, MaterialKind, ScriptContent
from tests.kb.builders import TODAY, script

POSTER = Material("poster", MaterialKind.IMAGE, "海报", file="a.png")
GOOD = script(must_hit=["跑长途够吗"], negative=["充电多久"])


def faults(content: ScriptContent) -> list[tuple[str, str]]:
    return [(place_name(place), reason) for place, reason in script_faults(content, {"poster": POSTER})]


def warnings(content: ScriptContent, *, ends: date | None = None) -> list[str]:
    return list(script_warnings(content, {"poster": replace(POSTER, valid_until=ends)}, TODAY))


def test_a_good_script_has_no_fault() -> None:
    assert faults(replace(GOOD, answers=(Answer("看版本", ("poster",)),))) == []
    assert warnings(GOOD) == []


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (replace(GOOD, title=" "), "标题", "还没有填"),
        (replace(GOOD, standard=""), "标准问", "还没有填"),
        (replace(GOOD, answers=(Answer(""),)), "答案1", "空的"),
        (replace(GOOD, answers=(Answer("好"), Answer("{姓名}好"))), "答案2", "不认识变量"),
        (replace(GOOD, answers=(Answer("优惠 5000 元"),)), "答案1", "失效日"),
        (replace(GOOD, answers=(Answer("好", ("gone",)),)), "答案1", "已停用"),
        (replace(GOOD, must_hit=("充电多久？",)), "必中问", "既是必中问又是反例"),
        (replace(GOOD, negative=("能跑多远",)), "反例", "既是问法又是反例"),
    ],
)
def test_each_fault_is_told_at_its_place(content: ScriptContent, place: str, words: str) -> None:
    [(where, reason)] = faults(content)
    assert where == place
    assert words in reason


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (replace(GOOD, valid_until=TODAY - timedelta(days=1)), "已过"),
        (replace(GOOD, valid_from=TODAY + timedelta(days=1)), "才生效"),
        (replace(GOOD, must_hit=()), "没有必中问"),
        (replace(GOOD, must_hit=("续航多少？",)), "也是问法"),
        (replace(GOOD, similar=()), "少于 3 个"),
    ],
)
def test_what_surprises_is_told_before_publishing(content: ScriptContent, words: str) -> None:
    [warning] = warnings(content)
    assert words in warning


def test_an_attachment_that_ends_before_the_script_is_told() -> None:
    attached = replace(GOOD, answers=(Answer("好", ("poster",)),), valid_until=TODAY)
    assert warnings(attached, ends=TODAY) == []
    assert "早于话术" in warnings(attached, ends=TODAY - timedelta(days=1))[0]
    assert "早于话术" in warnings(replace(attached, valid_until=None), ends=TODAY)[0]
