"""Texts come back out of cells as they went in."""

from hypothesis import given
from hypothesis import strategies as st

from kb.sheet_text import as_cell, as_line, from_cell, from_lines

# What spreadsheets, XML and our own marks might trip over, more often than chance would bring it.
ODD = st.text(
    st.sampled_from("=+-@\\nu0_x 　\t\r\n\x00\x0b\x85\u2028\ufeff\uffff'\",;A续E７😀é") | st.characters(exclude_categories=["Cs"])
)
TEXTS = ODD | st.sampled_from(["_x000D_", "_x005F_x000D_", "x005F_", "\\n", "\\u0020", "\\\\", " 前后空格 ", "\r\n", "0012", "=1+1"])


@given(TEXTS)
def test_a_text_is_the_same_after_a_cell(text: str) -> None:
    assert from_cell(as_cell(text)) == text


@given(st.lists(TEXTS.filter(bool)))
def test_texts_are_the_same_after_a_cell_with_one_a_line(texts: list[str]) -> None:
    assert from_lines("\n".join(map(as_line, texts))) == tuple(texts)


def test_what_people_type_is_stripped_and_empty_lines_are_nothing() -> None:
    assert from_cell("  多少钱 \n") == "多少钱"
    assert from_lines("多少钱\r\n\r\n 什么价　\n") == ("多少钱", "什么价")
    assert from_lines("多少钱_x000D_\n什么价") == ("多少钱", "什么价")


def test_ordinary_texts_are_not_marked() -> None:
    assert as_cell("E7 多少钱？\n「首付」3 万起 =_=") == "E7 多少钱？\n「首付」3 万起 =_="
    assert as_line("一行\n两行") == "一行\\n两行"
