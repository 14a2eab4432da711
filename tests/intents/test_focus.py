"""Focus points with polarity and the words that show them."""

from pathlib import Path

import pytest

from core.embedding import LetterEmbedder
from customers.terms import FocusMention, FocusPoint, Polarity
from intents.clauses import ClauseReader
from intents.focus import FocusFinder, FocusHeads, PointWords, train_focus
from intents.judging import Judge
from tests.intents.builders import LEXICON, PACK

READER = ClauseReader(LEXICON.question_words)
JUDGE = Judge(LEXICON)


def finder_over(heads: FocusHeads) -> FocusFinder:
    return FocusFinder(heads, PointWords(PACK.point_words), JUDGE, LEXICON)


@pytest.fixture(scope="module")
def heads() -> FocusHeads:
    vectors = LetterEmbedder().encode([sentence.text for sentence in PACK.sentences])
    return train_focus(PACK.sentences, vectors, READER, JUDGE)


@pytest.fixture(scope="module")
def finder(heads: FocusHeads) -> FocusFinder:
    return finder_over(heads)


def mentions(finder: FocusFinder, text: str) -> dict[FocusPoint, FocusMention]:
    found = finder.find(text, READER.read(text), LetterEmbedder().encode([text])[0])
    assert all(text[one.span.start : one.span.end] == one.span.words != "" for one in found)
    return {one.point: one for one in found}


@pytest.mark.parametrize(
    ("text", "point", "polarity", "words"),
    [
        ("e7什么价格", FocusPoint.PRICE, Polarity.NEUTRAL, "价格"),
        ("你们价格太高了", FocusPoint.PRICE, Polarity.NEGATIVE, "价格"),
        ("价格一点也不贵", FocusPoint.PRICE, Polarity.POSITIVE, "价格"),
        ("今天看了车,续航真不错", FocusPoint.RANGE, Polarity.POSITIVE, "续航"),
        ("续航太短", FocusPoint.RANGE, Polarity.NEGATIVE, "续航"),
    ],
)
def test_a_point_is_found_with_its_polarity_and_its_words(
    finder: FocusFinder, text: str, point: FocusPoint, polarity: Polarity, words: str
) -> None:
    found = mentions(finder, text)[point]

    assert (found.polarity, found.span.words) == (polarity, words)
    assert 0.5 <= found.score <= 1


def test_each_clause_speaks_of_its_own_points(finder: FocusFinder) -> None:
    found = mentions(finder, "价格太高了,续航真不错")

    assert {point: one.polarity for point, one in found.items()} == {
        FocusPoint.PRICE: Polarity.NEGATIVE,
        FocusPoint.RANGE: Polarity.POSITIVE,
    }


@pytest.mark.parametrize("text", ["你好", "明天天气怎么样", "", ",。"])
def test_nothing_is_found_in_what_is_about_nothing(finder: FocusFinder, text: str) -> None:
    assert mentions(finder, text) == {}


@pytest.mark.parametrize("text", ["不考虑续航", "续航无所谓"])
def test_what_is_refused_is_no_interest(finder: FocusFinder, text: str) -> None:
    assert FocusPoint.RANGE not in mentions(finder, text)


def test_a_refusal_elsewhere_or_in_a_question_takes_nothing_back(finder: FocusFinder) -> None:
    assert FocusPoint.PRICE in mentions(finder, "颜色无所谓,价格多少")
    assert FocusPoint.RANGE in mentions(finder, "为什么不考虑续航呢")


def test_without_a_word_of_the_lexicon_the_telling_characters_are_shown() -> None:
    sentences = PACK.sentences * 10
    vectors = LetterEmbedder().encode([sentence.text for sentence in sentences])
    wordless = FocusFinder(train_focus(sentences, vectors, READER, JUDGE), PointWords({}), JUDGE, LEXICON)

    found = mentions(wordless, "听说续航太短")

    assert "续航" in found[FocusPoint.RANGE].span.words


def test_kept_heads_find_alike(heads: FocusHeads, finder: FocusFinder, tmp_path: Path) -> None:
    heads.save(tmp_path)
    kept = FocusHeads.load(tmp_path)

    assert kept is not None
    assert mentions(finder_over(kept), "价格太高了") == mentions(finder, "价格太高了")


def test_one_head_alone_is_no_pair(heads: FocusHeads, tmp_path: Path) -> None:
    heads.points.save(tmp_path / "points")

    assert FocusHeads.load(tmp_path) is None
