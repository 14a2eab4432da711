"""What no published script may say."""

import re
from dataclasses import fields, replace
from datetime import date

import pytest

from kb.terms import Answer
from kb.wording import wording_faults
from kb.wording_phrases import CHINESE
from tests.kb.builders import script


def reasons(text: str, **changes: object) -> list[str]:
    content = replace(script(answer=text), **changes)  # type: ignore[arg-type]
    return [reason for _, reason in wording_faults(content)]


def test_a_plain_answer_has_no_fault() -> None:
    assert reasons("{称呼}好，{车型}有三个版本，欢迎到{门店}，{顾问}在。") == []


@pytest.mark.parametrize(
    "text", ["首付 3 万起", "19.98万", "优惠6000元", "打9折", "补贴 5000", "年化 3.5%", "利率低至3%", "选装 3,000 元", "贷款额不超过 10 万"]
)
def test_a_claim_needs_an_end(text: str) -> None:
    assert len(reasons(text)) == 1
    assert "valid_until" in reasons(text)[0]
    assert reasons(text, valid_until=date(2026, 12, 31)) == []


@pytest.mark.parametrize("text", ["质保 8 年或 16 万公里", "10%-80% 快充 18 分钟", "补贴以当地政策为准", "CLTC 660 公里", "800V 平台"])
def test_what_is_no_price_needs_no_end(text: str) -> None:
    assert reasons(text) == []


def test_an_answer_fits_into_600_bytes() -> None:
    assert reasons("好" * 200) == []
    assert reasons("好" * 200 + "。") == ["the answer has 603 bytes of UTF-8, at most 600 are allowed"]


def test_braces_are_for_known_variables() -> None:
    assert reasons("{电话}") == ["unknown variable «电话»; known: 称呼 车型 门店 顾问"]
    assert reasons("好}") == ["a stray brace"]


def test_dates_stand_in_their_order() -> None:
    faults = reasons("好", valid_from=date(2026, 2, 1), valid_until=date(2026, 1, 31))
    assert faults == ["valid_until 2026-01-31 is before valid_from 2026-02-01"]


def test_something_must_be_said() -> None:
    assert reasons(" ") == ["the answer is empty"]
    assert reasons("好", answers=()) == ["a script needs at least one answer"]


def test_attachments_are_two_at_most() -> None:
    assert reasons("好", answers=(Answer("好", ("a", "b", "c")),)) == ["at most 2 attachments, not 3"]


def test_a_fault_says_where_it_is() -> None:
    content = replace(script(), answers=(Answer("好"), Answer("{")))
    assert list(wording_faults(content)) == [(("answers", 1, "text"), "a stray brace")]


def test_every_fault_is_told_in_chinese_too() -> None:
    wrong = [
        replace(script(), answers=()),
        script(answer=" "),
        script(answer="好" * 201),
        script(answer="{"),
        script(answer="{电话}"),
        script(answer="9.9 万元"),
        replace(script(), answers=(Answer("好", ("a", "b", "c")),)),
        script(valid_from=date(2026, 2, 1), valid_until=date(2026, 1, 31)),
    ]
    english = [fault for content in wrong for fault in wording_faults(content)]
    chinese = [fault for content in wrong for fault in wording_faults(content, CHINESE)]
    assert len(wrong) == len(fields(CHINESE))
    assert [place for place, _ in chinese] == [place for place, _ in english]
    for _, reason in chinese:
        assert not re.search(r"[{}]|[a-z]{2}", reason.replace("valid", ""))
    assert chinese[5][1] == "「9.9 万元」是会过期的承诺，请填写失效日"


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("价格 3999 元", "3999 元"),
        ("import 5000元起", "5000元"),
        ("选装 3,000 元", "3,000 元"),
        ("全款 129,800元", "129,800元"),
        ("指导价 12.98 万元起", "12.98 万元"),
        ("落地12万8左右", "12万8"),
        ("总价 1.5万", "1.5万"),
        ("现在打 9.5 折", "9.5 折"),
        ("国家补贴 15000 元", "补贴 15000 元"),
        ("补贴 5000", "补贴 5000"),
        ("年化 3.99%", "年化 3.99%"),
        ("两年，3999元", "3999元"),
        ("质保 16 万公里，保养 380 元", "380 元"),
    ],
)
def test_a_claim_is_told_with_its_whole_figure(text: str, claim: str) -> None:
    assert reasons(text) == [f"«{claim}» is a claim that ends some day: the script needs valid_until"]
