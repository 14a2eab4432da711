"""A ranker that was kept ranks as it did."""

from pathlib import Path

import numpy as np
import pytest

from core.vectors import ExactIndex, FaissIndex
from kb.indexing import ReadScript, build_ranker, exact_of, load_ranker, save_ranker
from tests.kb.builders import TODAY, ask, reader, showroom


def test_a_kept_ranker_ranks_as_it_did(tmp_path: Path) -> None:
    read = reader(tmp_path)
    scripts = [ReadScript(tuple(read.read(c.questions, TODAY)), tuple(read.read(c.negative, TODAY))) for c in showroom()]
    ranker = build_ranker(scripts, FaissIndex.build)
    save_ranker(ranker, tmp_path)
    loaded = load_ranker(tmp_path)
    nothing, all_of_them = np.zeros(4, np.float32), np.ones(4, bool)
    for text in ("快充多长时间", "充电桩送不送", "有红色的吗", "毫不相干"):
        before, after = (one.rank(ask(read, text), all_of_them, nothing, nothing, 4) for one in (ranker, loaded))
        assert before.scripts.tolist() == after.scripts.tolist()
        assert {name: part.tolist() for name, part in before.parts.items()} == {name: part.tolist() for name, part in after.parts.items()}


def test_only_faiss_is_kept(tmp_path: Path) -> None:
    read = reader(tmp_path)
    ranker = build_ranker([ReadScript(tuple(read.read(["一"], TODAY)), ())], ExactIndex)
    with pytest.raises(TypeError):
        save_ranker(ranker, tmp_path)


def test_scripts_without_negative_questions_are_kept_too(tmp_path: Path) -> None:
    read = reader(tmp_path)
    save_ranker(build_ranker([ReadScript(tuple(read.read(["一", "二"], TODAY)), ())], FaissIndex.build), tmp_path)
    loaded = load_ranker(tmp_path)
    assert (len(loaded.positives.vectors), len(loaded.negatives.vectors), len(loaded.index)) == (2, 0, 2)


def test_a_question_of_two_scripts_leads_to_both() -> None:
    assert exact_of([["多少钱", "多少钱", "价格"], ["多少钱"]]) == {"多少钱": [0, 1], "价格": [0]}
