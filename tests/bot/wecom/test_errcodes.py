"""Every error code becomes the error that tells the caller what to do."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wecom.errcodes import TOKEN_SPOILT, Code, TokenSpoilt, error_for
from core.errors import (
    AlreadySent,
    AssistantError,
    Misconfigured,
    RateLimited,
    RecipientGone,
    Refused,
    SessionTaken,
    Unavailable,
    WindowClosed,
)

# The classes of reference §2.3 and §5.9, written out a second time.
CLASSES: dict[type[AssistantError], list[int]] = {
    Unavailable: [-1, 6000, 45033, 45035, 41063, 41079, 41096],
    RateLimited: [45009, 45036],
    TokenSpoilt: [40014, 42001],
    Misconfigured: [
        *(40001, 40013, 40056, 43012, 48002, 48006, 48007, 48011, 50001, 50003, 60011, 60020, 60021, 60030, 60031, 80001, 301002, 95017),
    ],
    WindowClosed: [41050, 41051, 42052, 95001, 95002, 95013, 95031],
    SessionTaken: [95018],
    AlreadySent: [95033],
    RecipientGone: [40003, 40096, 60111, 81013, 84061, 84084],
    Refused: [40058, 40063, 40068, 44004, 45002, 95000, 95004, 95014, 95016, 95019],
}


@pytest.mark.parametrize(("error", "code"), [(error, code) for error, codes in CLASSES.items() for code in codes])
def test_each_code_has_its_class(error: type[AssistantError], code: int) -> None:
    assert type(error_for(code, "ok")) is error


@given(st.integers(), st.text(max_size=600))
def test_a_code_nobody_knows_is_refused_with_its_number(code: int, errmsg: str) -> None:
    error = error_for(code, errmsg)

    assert str(code) in str(error)
    assert len(str(error)) < 500
    if isinstance(error, Refused):
        assert error.code == code


def test_a_refusal_carries_the_code_on_which_callers_branch() -> None:
    for code in Code:
        error = error_for(code)
        assert isinstance(error, Refused)
        assert error.code == code


def test_a_rate_limit_says_how_long_to_rest() -> None:
    error = error_for(45009)

    assert isinstance(error, RateLimited)
    assert error.retry_after == 60


def test_a_configuration_fault_tells_it_in_chinese_where_to_look() -> None:
    assert "企业可信IP" in str(error_for(60020, "from ip: 203.0.113.7"))
    assert "203.0.113.7" in str(error_for(60020, "from ip: 203.0.113.7"))
    for code in CLASSES[Misconfigured]:
        assert re.search("请到|请管理员|请让|请核对", str(error_for(code)))


def test_all_codes_of_a_spoilt_token_are_worth_one_fresh_one() -> None:
    assert {40001, 40014, 42001} == TOKEN_SPOILT
