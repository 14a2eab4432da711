"""Approved wordings become words for a customer, and never show a brace of ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Misconfigured
from kb.render import pick_answer, render, variables_in
from kb.terms import Answer, ScriptContent
from tests.kb.builders import script

DEFAULTS = {"称呼": "您", "门店": "我们门店"}


def test_variables_are_filled_and_missing_ones_take_their_default() -> None:
    rendered = render(Answer("{称呼}好，欢迎到{门店}", ("map",)), {"称呼": "王先生", "门店": ""}, DEFAULTS)
    assert (rendered.text, rendered.attachments) == ("王先生好，欢迎到我们门店", ("map",))


@pytest.mark.parametrize("text", ["{电话}", "{称呼", "称呼}", "{}", "{{称呼}}"])
def test_an_unknown_variable_or_a_stray_brace_is_an_error_not_a_blank(text: str) -> None:
    with pytest.raises(Misconfigured):
        render(Answer(text), {"电话": "1"}, DEFAULTS)


@given(st.text("{}称呼门店", max_size=12))
def test_a_value_is_never_read_as_a_variable(name: str) -> None:
    assert render(Answer("{称呼}好"), {"称呼": name}, DEFAULTS).text == (name or "您") + "好"


def test_stray_braces_are_told_from_names() -> None:
    assert variables_in("{称呼}好}") == ["称呼", None]


def test_answers_rotate_and_the_first_is_the_standard_one() -> None:
    content = ScriptContent(**{**vars(script()), "answers": (Answer("一"), Answer("二"))})
    assert [pick_answer(content, seed).text for seed in range(4)] == ["一", "二", "一", "二"]
