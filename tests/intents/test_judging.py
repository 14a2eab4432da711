"""Praise and blame around a focus point."""

import pytest

from customers.terms import FocusPoint
from intents.clauses import Clause
from intents.judging import GENERAL_MARKS, MARKS, Judge, Tone
from tests.intents.builders import LEXICON

JUDGE = Judge(LEXICON)


@pytest.mark.parametrize(
    ("text", "point", "lean"),
    [
        ("价格真不错", FocusPoint.PRICE, 1),
        ("价格太高", FocusPoint.PRICE, -1),
        ("续航挺高", FocusPoint.RANGE, 1),  # the point's own words go before the general ones
        ("价格一点也不贵", FocusPoint.PRICE, 1),
        ("价格不是很低", FocusPoint.PRICE, -1),
        ("续航没有那么好", FocusPoint.RANGE, -1),
        ("问下价格", FocusPoint.PRICE, 0),
        ("以前满意,现在失望", FocusPoint.SPACE, -1),  # the last word is the conclusion
    ],
)
def test_words_lean_to_one_side_and_negators_turn_them(text: str, point: FocusPoint, lean: int) -> None:
    assert JUDGE.tone(text, point).lean == lean


def test_a_negator_in_another_clause_turns_nothing() -> None:
    assert JUDGE.tone("我不,满意", FocusPoint.PRICE).lean == 1


def test_a_clause_that_asks_judges_nothing() -> None:
    whole = Tone()
    asked = JUDGE.marks(Clause("价格高吗", 0, True), FocusPoint.PRICE, whole=whole, asks=True)
    said = JUDGE.marks(Clause("价格高", 0, False), FocusPoint.PRICE, whole=whole, asks=False)

    assert asked.shape == said.shape == (MARKS,)
    assert (asked[5], asked[6]) == (0, 0.5)
    assert (said[5], said[6]) == (0.5, 0)


def test_without_a_point_only_the_general_words_judge() -> None:
    assert JUDGE.tone("价格太高").lean == 0
    assert JUDGE.tone("价格太差").lean == -1


def test_general_marks_tell_the_clause_from_its_message() -> None:
    clauses = [Clause("空间不错", 0, False)]
    praised = JUDGE.general_marks(clauses, "空间不错", "空间不错,做工差")

    assert praised.shape == JUDGE.general_marks([], "", "").shape == (GENERAL_MARKS,)
    assert praised[4] > 0 == praised[5]  # the clause leans to praise
    assert praised[17] > 0 == praised[16]  # the last word of the message blames
