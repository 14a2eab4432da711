"""Scores are sums of weighted parts."""

import numpy as np

from kb.weigh import AT_ONCE, WEIGHTS, trust_in_words, weighted


def test_parts_add_up_by_their_weights() -> None:
    parts = {"nearest": np.array([1, 0], np.float32), "negative": np.array([0.2, 0], np.float32)}
    assert weighted(parts).tolist() == np.array([0.3, 0], np.float32).tolist()


def test_only_a_forbidden_question_counts_against_a_script() -> None:
    assert [name for name, weight in WEIGHTS.items() if weight < 0] == ["negative"]
    assert set(AT_ONCE) < set(WEIGHTS)


def test_the_fewer_wordings_a_script_has_the_more_its_words_count() -> None:
    assert trust_in_words(1) == 1
    assert trust_in_words(2) > trust_in_words(9) > 0.3
