"""Texts are read for the index as messages are read."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.embedding import KeptVectors, LetterEmbedder
from core.text import Normaliser
from kb.read import Reader
from kb.terms import Question
from tests.kb.builders import TODAY, reader, tokeniser


def test_texts_become_questions_with_tokens_and_unit_vectors(tmp_path: Path) -> None:
    question = reader(tmp_path).read(["Ｅ７續航，多少？"], TODAY)[0]
    assert (question.text, question.tokens, question.today) == ("e7续航,多少?", ("e7", "续航", "多少"), TODAY)
    assert np.linalg.norm(question.vector) == 1.0 or abs(np.linalg.norm(question.vector) - 1) < 1e-5
    assert np.array_equal(question.vector, LetterEmbedder().encode(["e7续航,多少?"])[0])


def test_understanding_is_added_where_there_is_any(tmp_path: Path) -> None:
    def enrich(questions: Sequence[Question]) -> list[Question]:
        return [replace(question, intents={"ask_range": 1.0}) for question in questions]

    kept = KeptVectors(LetterEmbedder(), tmp_path)
    with_it = Reader(Normaliser(), tokeniser(), kept, enrich=enrich)
    assert with_it.enriched(with_it.read(["续航"], TODAY))[0].intents == {"ask_range": 1.0}
    without = Reader(Normaliser(), tokeniser(), kept)
    assert without.enriched(without.read(["续航"], TODAY))[0].intents == {}


def test_nothing_is_not_given_to_understanding(tmp_path: Path) -> None:
    def refuse(questions: Sequence[Question]) -> list[Question]:
        raise AssertionError("asked about nothing")

    assert Reader(Normaliser(), tokeniser(), KeptVectors(LetterEmbedder(), tmp_path), enrich=refuse).enriched([]) == []
