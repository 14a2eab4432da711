"""Numbers that promise something are found, and a promise that ends is noticed in time."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.claims import ClaimKind, claims_in, claims_without_validity, to_renew
from kb.wording import wording_faults
from tests.kb.builders import TODAY, script


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit", "ends"),
    [
        ("指导价 19.98 万起", ClaimKind.PRICE, "19.98", "万", True),
        ("选装 3,000 元", ClaimKind.PRICE, "3,000", "元", True),
        ("E5：12.98-16.48 万元", ClaimKind.PRICE, "12.98-16.48", "万元", True),
        ("最高补贴 5000", ClaimKind.SUBSIDY, "5000", "", True),
        ("补贴最多 2 万元", ClaimKind.SUBSIDY, "2", "万元", True),
        ("打 9.5 折", ClaimKind.DISCOUNT, "9.5", "折", True),
        ("年化利率低至 3.5%", ClaimKind.RATE, "3.5", "%", True),
        ("CLTC 续航 660 公里", ClaimKind.RANGE, "660", "公里", False),
        ("质保 12 万公里", ClaimKind.RANGE, "12", "万公里", False),
        ("活动到 2026年12月31日", ClaimKind.DATE, "2026年12月31", "日", False),
        ("6 月 18 日止", ClaimKind.DATE, "6 月 18", "日", False),
        ("优惠到6月底", ClaimKind.DATE, "6月", "底", False),
    ],
)
def test_a_claim_has_a_kind_a_value_and_a_unit(text: str, kind: ClaimKind, value: str, unit: str, ends: bool) -> None:
    (claim,) = claims_in(script(answer=text))
    assert (claim.kind, claim.value, claim.unit, claim.ends, claim.answer) == (kind, value, unit, ends, 0)
    assert text[claim.start : claim.end] == claim.text


@pytest.mark.parametrize("text", ["充到 80% 要 18 分钟", "800V 平台", "3 个版本", "7 座"])
def test_other_numbers_are_no_claims(text: str) -> None:
    assert claims_in(script(answer=text)) == []


def test_several_claims_stand_in_their_order() -> None:
    claims = claims_in(script(answer="首付 3 万起，2026-06-30 前年化 2.5%，续航 520 公里"))
    assert [(claim.kind, claim.value) for claim in claims] == [
        (ClaimKind.PRICE, "3"),
        (ClaimKind.DATE, "2026-06-30"),
        (ClaimKind.RATE, "2.5"),
        (ClaimKind.RANGE, "520"),
    ]


def test_claims_without_an_end_are_told_only_while_the_script_has_none() -> None:
    assert [claim.value for claim in claims_without_validity(script(answer="3 万起，续航 520 公里"))] == ["3"]
    assert claims_without_validity(script(answer="3 万起", valid_until=TODAY)) == []


@given(st.text("0123.,-至 万元折%％补贴利率优惠公里年月日。a", max_size=20))
def test_the_rule_of_wording_is_the_rule(text: str) -> None:
    """A script has such a claim exactly when it may not be published without an end."""
    content = script(answer=text)
    forbidden = any("valid_until" in reason for _, reason in wording_faults(content))
    assert bool(claims_without_validity(content)) == forbidden


def test_what_has_ended_and_what_ends_soon_is_to_be_renewed() -> None:
    days = {"ended": -1, "today": 0, "soon": 30, "later": 31}
    scripts = [script(key, answer="3 万起", valid_until=TODAY + timedelta(days=left)) for key, left in days.items()]
    due = to_renew([*reversed(scripts), script("forever")], TODAY, within_days=30)
    assert [(one.key, one.days_left) for one in due] == [("ended", -1), ("today", 0), ("soon", 30)]
    assert (due[0].valid_until, [claim.value for claim in due[0].claims]) == (date(2026, 4, 30), ["3"])
