"""Search is measured on files that fit, and a line that does not fit is named."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.embedding import KeptVectors, LetterEmbedder
from core.errors import Misconfigured
from run.evaluate.search import METHODS, Asked, Entry, Found, evaluate_search, outcome_of
from run.evaluate.terms import Outcome

CORPUS = [{"id": "a", "text": "续航有多少公里"}, {"id": "b", "text": "门店在哪里"}, {"id": "c", "text": "有哪些颜色"}]


def measured(folder: Path, queries: list[dict[str, Any]], corpus: list[dict[str, Any]] = CORPUS) -> Outcome:
    files = folder / "corpus.jsonl", folder / "queries.jsonl"
    for file, rows in zip(files, (corpus, queries), strict=True):
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return evaluate_search(*files, KeptVectors(LetterEmbedder(), folder), say=lambda words: None)


def test_each_method_finds_what_is_asked_almost_word_for_word(tmp_path: Path) -> None:
    figures = measured(tmp_path, [{"query": "续航多少公里", "gold": ["a"]}, {"query": "门店地址在哪里", "gold": ["b"]}]).figures
    assert [figures[method] for method in METHODS] == [{"recall@1": 1, "recall@5": 1, "mrr@10": 1}] * 3


def test_the_entry_that_is_the_query_itself_does_not_count(tmp_path: Path) -> None:
    corpus = [*CORPUS, {"id": "d", "text": "续航多少"}]
    asked = {"query": "续航多少", "gold": ["a", "d"], "self": "d"}
    assert measured(tmp_path, [asked], corpus).figures["fused"] == {"recall@1": 1, "recall@5": 1, "mrr@10": 1}


def test_depths_and_reciprocal_ranks() -> None:
    entries = [Entry(id_, id_) for id_ in "abcdefg"]
    asked = [Asked("一", frozenset("a"), None), Asked("二", frozenset("b"), None), Asked("三", frozenset("g"), None)]
    found = [Found(tuple("abcdefg"), 0.5), Found(tuple("abcdefg"), 0.9), Found(tuple("abcdef"), 0.7)]
    outcome = outcome_of("", entries, asked, dict.fromkeys(METHODS, found))
    assert outcome.figures["fused"] == {"recall@1": 0.3333, "recall@5": 0.6667, "mrr@10": 0.5}
    assert [miss.text for miss in outcome.worst] == ["二", "三"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"gold": ["a"]}, "queries.jsonl:1: query is missing"),
        ({"query": "续航"}, "queries.jsonl:1: gold is missing"),
        ({"query": "续航", "gold": []}, "queries.jsonl:1: gold needs at least one id"),
        ({"query": "续航", "gold": ["z"]}, "queries.jsonl:1: gold names «z», which is not in the corpus"),
        ({"query": "续航", "gold": ["a"], "self": "a"}, "queries.jsonl:1: gold is only the query itself"),
    ],
)
def test_a_line_that_does_not_fit_is_named(tmp_path: Path, row: dict[str, Any], words: str) -> None:
    with pytest.raises(Misconfigured, match=words):
        measured(tmp_path, [row])


def test_an_id_must_be_there_once(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="«a» is there twice"):
        measured(tmp_path, [{"query": "续航", "gold": ["a"]}], [*CORPUS, {"id": "a", "text": "又一条"}])
