"""Confidence is learnt from examples, and its thresholds keep what they promise."""

import numpy as np
import pytest

from kb.confidence import UNTAUGHT
from kb.learning import ANSWER_PRECISION, CLARIFY_RECALL, Example, learn
from kb.ranking import Ranking


def ranking(scores: list[float]) -> Ranking:
    values, none = np.array(scores, np.float32), np.zeros(len(scores), np.float32)
    return Ranking(np.arange(len(scores)), values, {"centre": values, "intent": none, "exact": none})


def examples(count: int, seed: int = 1) -> list[Example]:
    """Right in proportion to the lead: at 0.5 ahead nearly always, level hardly ever."""
    random = np.random.default_rng(seed)
    leads = random.uniform(0, 0.5, count)
    right = random.uniform(size=count) < 1 / (1 + np.exp(-14 * (leads - 0.2)))
    in_menu = right | (random.uniform(size=count) < 0.7)
    return [
        Example((float(lead), 0.5, 0.5), bool(r), bool(m), group)
        for group, (lead, r, m) in enumerate(zip(leads, right, in_menu, strict=True))
    ]


def test_a_greater_lead_is_surer() -> None:
    learnt = learn(examples(600))
    ahead, level = learnt.confidences(ranking([0.9, 0.4])), learnt.confidences(ranking([0.9, 0.88]))
    assert ahead[0] > 0.9 > 0.5 > level[0]


def test_what_is_learnt_is_about_as_often_right_as_it_says() -> None:
    learnt = learn(examples(2000))
    fresh = examples(2000, seed=2)
    sure = np.array([1 / (1 + np.exp(-(np.dot(e.features, learnt.weights) + learnt.intercept))) for e in fresh])
    right = np.array([e.is_right for e in fresh])
    for low, high in ((0.1, 0.4), (0.4, 0.7), (0.7, 0.95)):
        band = (sure >= low) & (sure < high)
        assert right[band].mean() == pytest.approx(sure[band].mean(), abs=0.07)


def test_the_thresholds_keep_their_promise_on_examples_never_seen() -> None:
    learnt = learn(examples(2000))
    fresh = examples(2000, seed=2)
    sure = np.array([1 / (1 + np.exp(-(np.dot(e.features, learnt.weights) + learnt.intercept))) for e in fresh])
    answered = sure >= learnt.thresholds.answer_at
    offered = (sure >= learnt.thresholds.clarify_at) & ~answered
    assert answered.mean() > 0.2
    assert np.array([e.is_right for e in fresh])[answered].mean() > ANSWER_PRECISION - 0.03
    assert np.array([e.is_in_menu for e in fresh])[offered].mean() > CLARIFY_RECALL - 0.05
    assert learnt.thresholds.clarify_at < learnt.thresholds.answer_at


@pytest.mark.parametrize("known", [[], examples(20), [Example((0.1, 0.5, 0.5), True, True, group) for group in range(100)]])
def test_too_few_or_one_sided_examples_teach_nothing(known: list[Example]) -> None:
    assert learn(known) == UNTAUGHT


def test_the_curve_gains_precision_as_it_loses_coverage_and_holds_the_threshold() -> None:
    learnt = learn(examples(2000))
    first, last = learnt.curve[0], learnt.curve[-1]
    assert first.coverage == 1.0
    assert last.coverage < 0.2 < first.coverage
    assert last.precision > first.precision
    assert [point.coverage for point in learnt.curve] == sorted((point.coverage for point in learnt.curve), reverse=True)
    there = min(learnt.curve, key=lambda point: abs(point.at - learnt.thresholds.answer_at))
    assert there.precision == pytest.approx(ANSWER_PRECISION, abs=0.02)
