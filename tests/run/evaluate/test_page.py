"""The page: figures against goals, pictures, and no words of a customer as markup."""

import re

from run.evaluate.page import page
from run.evaluate.terms import Confusion, Curve, Mistake, Outcome

MADE = "2026-03-07 15:00"


def outcome(**more: object) -> Outcome:
    figures = {"top_intent_accuracy": 0.86, "in_scope_refused": 0.061}
    return Outcome(**{"name": "dealer", "data": "some.jsonl", "figures": figures} | more)  # type: ignore[arg-type]


def test_a_figure_stands_beside_its_goal() -> None:
    html = page([outcome()], [], made=MADE)
    assert re.search(r"首要意图正确</td><td[^>]*>0.860</td>.*?0.850</td><td class=\"yes\">✓ 达到", html)
    assert re.search(r"误拒[^<]*</td><td[^>]*>0.061</td>.*?≤ 0.050</td><td class=\"no\">差 0.011", html)


def test_fused_search_has_to_beat_the_better_part() -> None:
    figures = {"bm25": {"recall@1": 0.5}, "dense": {"recall@1": 0.6}, "fused": {"recall@1": 0.63}}
    html = page([outcome(name="search_bq", figures=figures)], [], made=MADE)
    assert re.search(r"首位召回</td><td[^>]*>0.630</td><td[^>]*>0.600</td><td[^>]*>0.650</td><td class=\"no\">差 0.020", html)


def test_words_of_customers_are_no_markup() -> None:
    html = page([outcome(worst=[Mistake("<script>alert(1)</script>", "a&b", "c", 0.9)])], ["<没有>"], made=MADE)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "a&amp;b" in html
    assert "&lt;没有&gt;" in html


def test_pictures_are_part_of_the_page() -> None:
    curve = Curve("覆盖与准确", "回答的比例", "答对的比例", [(0.5, 1.0), (1.0, 0.8)])
    html = page([outcome(curves=[curve], confusion=Confusion(["询价", "闲聊"], [[3, 1], [0, 0]]))], [], made=MADE)
    assert html.count("<svg") == 1
    assert html.count("<circle") == 2
    assert re.search(
        r"询价</th><td class=\"total\">4</td><td style=\"background:rgba\(33[^>]*>3</td><td style=\"background:rgba\(192[^>]*>1", html
    )
    assert not re.search(r"(?:src|href)=\"(?!#)", html)


def test_a_matrix_of_many_labels_says_what_it_leaves_out() -> None:
    labels = [f"标签{at}" for at in range(35)]
    html = page([outcome(confusion=Confusion(labels, [[0] * 35 for _ in labels]))], [], made=MADE)
    assert "另有 5 个" in html
