"""Clauses, and which of them ask."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.clauses import ClauseReader, told_and_asked

READER = ClauseReader({"吗", "多少", "怎么"})


def texts(text: str) -> list[str]:
    return [clause.text for clause in READER.read(text)]


def test_clauses_end_at_punctuation_and_at_spaces_between_chinese() -> None:
    assert texts("落地25.8万,贵吗?续航多少 充电快。好的!\n再见~") == ["落地25.8万", "贵吗?", "续航多少", "充电快", "好的", "再见"]


def test_spaces_beside_letters_and_digits_separate_nothing() -> None:
    assert texts("model 3和 30 万") == ["model 3和 30 万"]


def test_a_text_of_separators_has_no_clauses() -> None:
    assert texts(",。! ") == []


@pytest.mark.parametrize("text", ["有现车吗", "落地多少", "贵不贵", "行?", "能便宜点不", "有没有现车", "到货没"])
def test_questions_are_known_by_words_and_by_form(text: str) -> None:
    assert [clause.asks for clause in READER.read(text)] == [True]


@pytest.mark.parametrize("text", ["价格不贵", "不错不错", "续航很好"])
def test_statements_do_not_ask(text: str) -> None:
    assert [clause.asks for clause in READER.read(text)] == [False]


def test_what_is_told_and_what_is_asked_stand_apart() -> None:
    assert told_and_asked(READER.read("裸车20万,送贴膜,这价格行吗")) == ("裸车20万,送贴膜", "这价格行吗")


@given(st.text("价吗? ,。a1.\n好", max_size=30))
def test_every_clause_is_where_it_says(text: str) -> None:
    assert all(text[clause.start : clause.start + len(clause.text)] == clause.text != "" for clause in READER.read(text))
