"""Reading the fields of a call, and the errcode of each mistake."""

from typing import Any

import pytest

from bot.sandbox.fields import integer_of, list_of, number_of, object_of, parsed, text_of
from bot.sandbox.terms import ApiError


def errcode(read: Any, *arguments: Any, **options: Any) -> int:
    with pytest.raises(ApiError) as refusal:
        read(*arguments, **options)
    return refusal.value.errcode


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"', b"\xff"])
def test_what_is_not_a_json_object_is_40058_with_wecoms_warning(body: Any) -> None:
    with pytest.raises(ApiError, match="wrong json format") as refusal:
        parsed(body)
    assert refusal.value.errcode == 40058


def test_an_empty_body_is_an_empty_object() -> None:
    assert parsed(b"") == {}


def test_a_text_field_is_missing_of_another_kind_or_too_long() -> None:
    assert errcode(text_of, {}, "name") == 40063
    assert errcode(text_of, {"name": ""}, "name", missing=41035) == 41035
    assert errcode(text_of, {"name": 5}, "name") == 40058
    assert errcode(text_of, {"name": "四个汉字"}, "name", most_bytes=11) == 40058
    assert errcode(text_of, {"name": "四个汉字"}, "name", most_chars=3, wrong=40072) == 40072
    assert text_of({"name": "四个汉字"}, "name", most_bytes=12, most_chars=4) == "四个汉字"
    assert text_of({}, "name", required=False) == ""


def test_an_integer_field_is_missing_no_integer_or_out_of_bounds() -> None:
    assert errcode(integer_of, {}, "limit", least=1, most=9) == 40063
    assert errcode(integer_of, {"limit": "5"}, "limit", least=1, most=9) == 40058
    assert errcode(integer_of, {"limit": True}, "limit", least=1, most=9) == 40058
    assert errcode(integer_of, {"limit": 10}, "limit", least=1, most=9) == 40058
    assert integer_of({}, "limit", least=1, most=9, default=3) == 3


def test_a_string_where_a_list_belongs_is_40035() -> None:
    assert errcode(list_of, {"ids": "a"}, "ids", kind=str, most=2) == 40035
    assert errcode(list_of, {"ids": [1]}, "ids", kind=str, most=2) == 40058
    assert errcode(list_of, {"ids": ["a", "b", "c"]}, "ids", kind=str, most=2, wrong=40032) == 40032
    assert list_of({}, "ids", kind=str, most=2) == []


def test_objects_and_numbers_are_checked_too() -> None:
    assert errcode(object_of, {}, "text") == 40063
    assert errcode(object_of, {"text": "x"}, "text") == 40058
    assert errcode(number_of, {"latitude": "31"}, "latitude") == 40058
    assert number_of({"latitude": 31}, "latitude") == 31.0
