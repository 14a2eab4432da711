"""Which script comes first, and why."""

from pathlib import Path

import numpy as np
import pytest

from core.vectors import ExactIndex, FaissIndex
from kb.indexing import ReadScript, build_ranker
from kb.ranking import CLOSELY, Ranker, Ranking, Rows, terms_of
from kb.read import Reader
from kb.terms import ScriptContent
from tests.kb.builders import TODAY, ask, reader, script, showroom


def ranker_over(reader: Reader, contents: list[ScriptContent]) -> Ranker:
    read = [ReadScript(tuple(reader.read(c.questions, TODAY)), tuple(reader.read(c.negative, TODAY))) for c in contents]
    return build_ranker(read, ExactIndex)


def rank(ranker: Ranker, reader: Reader, text: str, *, top: int = 3, allowed: list[bool] | None = None) -> Ranking:
    nothing = np.zeros(len(ranker.centres), np.float32)
    return ranker.rank(ask(reader, text), np.array(allowed or [True] * len(nothing)), nothing, nothing, top)


@pytest.mark.parametrize(
    ("text", "first"), [("快充要多长时间", 0), ("车身有红色的吗", 1), ("续航能有多少公里", 2), ("门店地址在哪里", 3), ("能跑多远", 2)]
)
def test_the_script_that_is_about_it_comes_first(tmp_path: Path, text: str, first: int) -> None:
    read = reader(tmp_path)
    assert rank(ranker_over(read, showroom()), read, text).scripts[0] == first


def test_the_very_words_of_a_question_are_noticed_whatever_the_punctuation(tmp_path: Path) -> None:
    read = reader(tmp_path)
    ranking = rank(ranker_over(read, showroom()), read, "能跑，多远？")
    assert (ranking.scripts[0], ranking.parts["exact"][0], ranking.parts["exact"][1]) == (2, 1, 0)


def test_a_question_that_a_script_must_not_answer_pushes_it_down(tmp_path: Path) -> None:
    read = reader(tmp_path)
    likely = script("a-charging", "充电桩怎么用", ["充电桩好用吗"])
    other = script("b-gifts", "买车送什么", ["有什么礼品"])
    told = script("a-charging", "充电桩怎么用", ["充电桩好用吗"], negative=["充电桩送不送"])
    assert rank(ranker_over(read, [likely, other]), read, "充电桩送不送").scripts[0] == 0
    ranking = rank(ranker_over(read, [told, other]), read, "充电桩送不送")
    assert ranking.scripts[0] == 1
    assert ranking.parts["negative"][1] > 0


def test_what_is_not_allowed_is_not_ranked_and_the_rest_fills_up(tmp_path: Path) -> None:
    read = reader(tmp_path)
    ranking = rank(ranker_over(read, showroom()), read, "能跑多远", top=3, allowed=[True, True, False, True])
    assert sorted(ranking.scripts) == [0, 1, 3]


def test_as_many_as_there_are_when_fewer_are_allowed(tmp_path: Path) -> None:
    read = reader(tmp_path)
    ranking = rank(ranker_over(read, showroom()), read, "能跑多远", top=3, allowed=[True, False, False, False])
    assert ranking.scripts.tolist() == [0]
    assert {len(part) for part in ranking.parts.values()} == {1}


def test_the_score_is_the_weighted_sum_of_its_parts(tmp_path: Path) -> None:
    read = reader(tmp_path)
    ranking = rank(ranker_over(read, showroom()), read, "充电桩送不送吗")
    weights = {"nearest": 0.5, "centre": 0.5, "words": 0.7, "intent": 0.3, "scope": 0.2, "exact": 0.3, "negative": -1.0}
    assert ranking.scores == pytest.approx(sum(weight * ranking.parts[name] for name, weight in weights.items()))
    assert (np.diff(ranking.scores) <= 0).all()


def test_words_are_compared_by_tokens_and_letters_without_punctuation(tmp_path: Path) -> None:
    assert terms_of(ask(reader(tmp_path), "续航，E7？")) == ["续航", "e7", "续", "航", "e", "7"]


def test_equal_scripts_keep_their_order(tmp_path: Path) -> None:
    read = reader(tmp_path)
    twins = [script("a"), script("b"), script("c")]
    assert rank(ranker_over(read, twins), read, "续航多少").scripts.tolist() == [0, 1, 2]


def test_a_library_too_big_to_be_looked_at_whole_gives_the_same_first_scripts(tmp_path: Path) -> None:
    """300 scripts against every one of them looked at closely."""
    read = reader(tmp_path)
    contents = [script(f"s{n:03}", f"{chr(0x4E00 + 7 * n)}{chr(0x5000 + 5 * n)}怎么样", [f"{chr(0x4E00 + 7 * n)}好吗"]) for n in range(300)]
    ranker = ranker_over(read, contents)
    assert len(contents) > 3 * CLOSELY
    for text in ("一怎么样", "丕好吗", "这个倀怎么样啊", "完全无关"):
        close = rank(ranker, read, text, top=5)
        whole = rank(ranker, read, text, top=300)
        assert close.scripts.tolist() == whole.scripts[:5].tolist()


def test_faiss_and_the_exact_index_rank_alike(tmp_path: Path) -> None:
    read = reader(tmp_path)
    contents = [script(f"s{n:03}", f"{chr(0x4E00 + 7 * n)}{chr(0x5000 + 5 * n)}怎么样", [f"{chr(0x4E00 + 7 * n)}好吗"]) for n in range(100)]
    scripts = [ReadScript(tuple(read.read(c.questions, TODAY)), ()) for c in contents]
    exact, faiss = build_ranker(scripts, ExactIndex), build_ranker(scripts, FaissIndex.build)
    for text in ("一怎么样", "丕好吗"):
        assert rank(exact, read, text).scripts.tolist() == rank(faiss, read, text).scripts.tolist()


def test_best_of_rows_minds_scripts_without_any() -> None:
    rows = Rows(np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32), np.array([0, 2, 2, 3]))
    assert rows.best(np.array([0, 1], np.float32), np.array([2, 0, 1])) == pytest.approx([0.8, 1, -1])
    assert rows.best(np.array([0, 1], np.float32), np.array([], np.int64)).tolist() == []
