"""What understanding knows of the library's questions is found out once, and is the same as found out anew."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from core.embedding import KeptVectors, LetterEmbedder
from intents.build import Teaching, build_understander
from intents.understand import Understander
from kb.terms import Question
from run.enrich import enricher
from tests.intents.builders import PACK

TODAY = date(2026, 11, 22)
TEXTS = ["多少钱", "续航多少公里", "e7有红色吗", "门店在哪里"]


def questions(texts: list[str]) -> list[Question]:
    return [Question(text, (), vector, TODAY) for text, vector in zip(texts, LetterEmbedder().encode(texts), strict=True)]


def told(found: Sequence[Question]) -> list[tuple[object, ...]]:
    return [(one.text, dict(one.intents), one.models, one.cities, one.stores, one.today) for one in found]


@pytest.fixture
def vectors(tmp_path: Path) -> KeptVectors:
    return KeptVectors(LetterEmbedder(), tmp_path / "vectors")


@pytest.fixture
def understander(tmp_path: Path, vectors: KeptVectors) -> Understander:
    return build_understander(PACK, vectors, tmp_path, confident_at=0.1, clear_by=0.02)


def test_asked_one_by_one_together_or_again_it_says_the_same(understander: Understander, vectors: KeptVectors) -> None:
    teaching = Teaching(PACK, vectors)
    once = enricher(understander, teaching, PACK.examples)
    together = list(once(questions(TEXTS)))
    again = list(once(questions(TEXTS[::-1])))[::-1]
    alone = [enricher(understander, teaching, PACK.examples)(questions([text]))[0] for text in TEXTS]
    assert told(together) == told(again)
    for one, other in zip(together, alone, strict=True):
        assert one.models == other.models
        assert dict(one.intents) == pytest.approx(dict(other.intents), abs=1e-5)
    assert any(one.intents for one in together)
    assert all((one.vector == asked.vector).all() for one, asked in zip(again, questions(TEXTS), strict=True))


def test_a_question_that_was_asked_before_is_not_understood_again(understander: Understander, vectors: KeptVectors) -> None:
    teaching = Teaching(PACK, vectors)
    enrich = enricher(understander, teaching, PACK.examples)
    first = enrich(questions(TEXTS))[0]
    changed = Question(TEXTS[0], (), np.zeros_like(first.vector), TODAY)
    assert enrich([changed])[0].intents is first.intents, "it was remembered, not computed from the other vector"
