"""BM25 covers what it should, and is kept as it was."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.bm25 import Bm25

DOCUMENTS = [["e7", "续航", "续航", "多少"], ["e7", "价格", "多少"], ["门店", "地址"]]
_documents = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=6), min_size=1, max_size=8)


def test_rare_terms_weigh_more_than_common_ones() -> None:
    scores = Bm25.build(DOCUMENTS).scores(["e7", "价格"])
    assert scores.argmax() == 1
    assert scores[0] > scores[2] == 0


def test_terms_that_nobody_knows_make_every_score_smaller() -> None:
    index = Bm25.build(DOCUMENTS)
    assert index.scores(["续航"])[0] > index.scores(["续航", "冰箱", "彩电"])[0] > 0


def test_a_question_of_unknown_terms_scores_nothing_anywhere() -> None:
    index = Bm25.build(DOCUMENTS)
    assert index.scores(["冰箱"]).tolist() == [0, 0, 0]
    assert index.scores([]).tolist() == [0, 0, 0]


def test_the_score_is_the_textbooks() -> None:
    """One term, one document of average length that has it twice: rarity · 2 · 2.2 ÷ (2 + 1.2), as a share of rarity · 2.2."""
    index = Bm25.build([["a", "a"], ["b", "c"]])
    assert index.scores(["a"])[0] == pytest.approx(2 / (2 + 1.2))


@given(_documents, st.lists(st.sampled_from("abcdefgxyz"), max_size=6))
def test_scores_are_shares(documents: list[list[str]], asked: list[str]) -> None:
    scores = Bm25.build(documents).scores(asked)
    assert len(scores) == len(documents)
    assert ((scores >= 0) & (scores <= 1)).all()


@given(_documents, st.lists(st.sampled_from("abcdefgxyz"), max_size=6))
def test_a_document_scores_exactly_when_it_shares_a_term(documents: list[list[str]], asked: list[str]) -> None:
    scores = Bm25.build(documents).scores(asked)
    assert [score > 0 for score in scores] == [bool(set(document) & set(asked)) for document in documents]


@pytest.mark.parametrize("documents", [DOCUMENTS, [[]], [[], ["a"]]])
def test_it_is_kept_as_it_was(tmp_path: Path, documents: list[list[str]]) -> None:
    index = Bm25.build(documents)
    index.save(tmp_path / "words.npz")
    loaded = Bm25.load(tmp_path / "words.npz")
    for asked in (["e7", "多少"], ["a"], ["冰箱"]):
        assert np.array_equal(index.scores(asked), loaded.scores(asked))
