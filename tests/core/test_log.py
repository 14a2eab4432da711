"""Logs: personal numbers are masked wherever they slip in; prices, dates and ids stay readable."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from core.log import LibraryLines, mask_personal, set_up_logging


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("打我13812345678", "打我138****5678"),
        ("138 1234 5678", "138****5678"),
        ("138-1234-5678。", "138****5678。"),
        ("+8613812345678", "+86138****5678"),
        ("座机021-62345678", "座机021****5678"),
        ("0571 8765432", "0571****432"),
        ("身份证110101199003071234", "身份证110101********1234"),
        ("11010119900307123X", "110101********123X"),
        ("车牌沪A12345", "车牌沪A***45"),
        ("沪AD12345", "沪AD12345".replace("D12", "***")),
        ("京A·12345", "京A***45"),
        ("LSVAA4187E2123456", "LSVA*********3456"),
    ],
)
def test_a_personal_number_is_masked_in_its_middle(text: str, masked: str) -> None:
    assert mask_personal(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "落地25.98万，首付80000元，月供3500",
        "2026-05-01 12:30:00",
        "2026年5月1日",
        "价格 259800 元",
        "errcode 45009",
        "CLTC 续航 702 公里",
        "wmXXk8QAAAexternaluserid",
        "4gPUbKSsSrNVGDcGDdCBb1FhYBxGtKyVj",
        "订单 20260501123000",
        "云驰E7和云驰E5",
    ],
)
def test_what_is_not_personal_stays_readable(text: str) -> None:
    assert mask_personal(text) == text


@given(
    prefix=st.sampled_from(["", "电话", "tel:", "我是李，"]),
    number=st.from_regex(r"\A1[3-9][0-9]{9}\Z"),
    after=st.sampled_from(["", "。", " 谢谢", "x"]),
)
def test_no_mobile_number_survives(prefix: str, number: str, after: str) -> None:
    masked = mask_personal(prefix + number + after)
    assert number not in masked
    assert masked == f"{prefix}{number[:3]}****{number[-4:]}{after}"


@given(text=st.text(max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask_personal(mask_personal(text)) == mask_personal(text)


def test_a_log_line_is_json_with_masked_values(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("info", "json")
    structlog.get_logger().info("handed over", customer=7, phone="13812345678")
    output = capsys.readouterr()
    line = json.loads(output.err)
    assert (line["event"], line["level"], line["customer"], line["phone"]) == ("handed over", "info", 7, "138****5678")
    assert output.out == "", "stdout belongs to answers"


def test_a_number_deep_in_a_value_is_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("info", "json")
    structlog.get_logger().info("parked", rows=["13812345678", {"note": "沪A12345"}], why=ValueError("13812345678"))
    line = capsys.readouterr().err
    assert "13812345678" not in line
    assert "沪A12345" not in line


def test_a_level_that_is_too_low_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("warning", "console")
    structlog.get_logger().info("not heard")
    structlog.get_logger().warning("heard")
    line = capsys.readouterr().err
    assert "not heard" not in line
    assert "heard" in line


def library_line(error: BaseException | None = None, *, said: object = "") -> str:
    exc_info = (type(error), error, error.__traceback__) if error else None
    return LibraryLines().format(logging.LogRecord("nicegui", logging.ERROR, __file__, 1, said, None, exc_info))


def raised(text: str) -> ValueError:
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


def test_an_error_that_a_library_logs_is_told_without_its_text() -> None:
    error = raised("想看看白色的那台")
    for line in (
        library_line(error, said=error),
        library_line(said=error),
        library_line(error, said="Task <Task exception=想看看白色的那台>"),
    ):
        assert "ValueError at test_log.py" in line
        assert "in raised" in line
        assert "白色" not in line


def test_other_lines_of_libraries_lose_queries_and_personal_numbers() -> None:
    line = library_line(said="http://x.invalid/admin/y?q=李雷&token=t not found, 13812345678")
    assert line == "error nicegui: http://x.invalid/admin/y?… not found, 138****5678"


def test_libraries_are_set_up_once() -> None:
    before = list(logging.getLogger().handlers)
    set_up_logging("info", "json")
    set_up_logging("info", "json")
    added = [one for one in logging.getLogger().handlers if one not in before]
    try:
        assert len(added) == 1 or any(isinstance(one.formatter, LibraryLines) for one in before)
        assert len(added) <= 1
    finally:
        for one in added:
            logging.getLogger().removeHandler(one)
