"""Whatever WeCom puts into a field, reading it never fails."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wecom.values import LONG_AGO, json_object, moment, part, parts, text, texts, whole

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(ANY_JSON)
def test_any_value_can_be_read_as_anything(value: Any) -> None:
    holder = {"a": value}

    assert isinstance(text(holder, "a"), str)
    assert isinstance(whole(holder, "a"), int)
    assert isinstance(part(holder, "a"), dict)
    assert all(isinstance(item, dict) for item in parts(holder, "a"))
    assert all(isinstance(item, str) for item in texts(holder, "a"))
    assert moment(text(holder, "a")).tzinfo is UTC


def test_numbers_may_come_as_strings_and_strings_as_numbers() -> None:
    assert whole({"created_at": "1795140000"}, "created_at") == 1795140000
    assert text({"MsgId": 7400000000000000001}, "MsgId") == "7400000000000000001"
    assert text({"deleted": True}, "deleted") == ""


def test_a_time_is_aware_and_an_impossible_one_is_long_past() -> None:
    assert moment("1795140000") == datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    assert moment("") == moment("soon") == moment("9" * 30) == LONG_AGO


def test_half_an_emoji_and_nul_do_not_reach_the_database() -> None:
    answer = json_object(b'{"nickname": "\\ud83d\\u0000Li", "list": [{"a": "\\udc00"}], "whole": "\\ud83d\\ude00"}')

    assert answer == {"nickname": "?Li", "list": [{"a": "?"}], "whole": "😀"}


@given(ANY_JSON)
def test_every_object_can_be_stored_as_utf_8(value: Any) -> None:
    kept = json_object(json.dumps({"a": value}).encode())

    assert json.dumps(kept, ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"<html>", b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_object_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        json_object(body)
