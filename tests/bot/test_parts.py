"""What of a turn is to be answered."""

import pytest

from bot.parts import is_courtesy, questions_in
from intents.clauses import ClauseReader

READER = ClauseReader(["吗", "多少", "什么", "怎么", "哪", "多久"])


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("e7多少钱,有现车吗,能置换吗", ["e7多少钱", "有现车吗", "能置换吗"]),
        ("你好,e7多少钱,谢谢", ["e7多少钱"]),
        ("我家没有车位,e7怎么充电", ["我家没有车位,e7怎么充电"]),  # what is told belongs to what is asked
        ("e7多少钱,我在上海", ["e7多少钱,我在上海"]),
        ("e7多少钱另外有现车吗", ["e7多少钱", "有现车吗"]),
        ("你们现在还有现车吗", ["你们现在还有现车吗"]),
        ("好的,谢谢", ["好的,谢谢"]),
        ("e7多少钱,续航多少,充电多久,有现车吗,在哪里", ["e7多少钱", "续航多少", "充电多久", "有现车吗", "在哪里"]),
        ("一吗,二吗,三吗,四吗,五吗,六吗,七吗", ["一吗,二吗,三吗,四吗,五吗,六吗,七吗"]),  # a letter, not a list
        ("", [""]),
    ],
)
def test_a_turn_is_taken_apart_into_its_questions(text: str, questions: list[str]) -> None:
    assert questions_in(READER.read(text)) == questions


@pytest.mark.parametrize(
    ("text", "courtesy"), [("谢谢您", True), ("你好呀", True), ("好的", True), ("好的那e7呢", False), ("谢谢有现车吗", False)]
)
def test_courtesy_is_a_whole_clause(text: str, courtesy: bool) -> None:
    assert is_courtesy(text) is courtesy
