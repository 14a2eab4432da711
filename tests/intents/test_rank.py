"""From scores to what a message carries."""

import numpy as np
import pytest

from intents.rank import rank, settle
from intents.terms import Intent, IntentScore

NAMES = (Intent.ASK_PRICE, Intent.ASK_DELIVERY, Intent.GREET, Intent.BYE, Intent.THANK, Intent.DENY)


def scored(*scores: float) -> list[IntentScore]:
    return [IntentScore(name, score) for name, score in zip(NAMES, scores, strict=False)]


def test_the_ranking_shows_the_five_likeliest() -> None:
    ranking = rank(np.array([0.1, 0.9, 0.3, 0.2, 0.05, 0.4], np.float32), NAMES)

    assert [found.name for found in ranking] == [Intent.ASK_DELIVERY, Intent.DENY, Intent.GREET, Intent.BYE, Intent.ASK_PRICE]
    assert ranking[0].score == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("best", "outside", "first"),
    [
        (0.5, 0.14, Intent.ASK_PRICE),
        (0.5, 0.16, Intent.OUT_OF_SCOPE),
        (0.69, 0.3, Intent.OUT_OF_SCOPE),
        (0.71, 0.3, Intent.ASK_PRICE),  # not weak
    ],
)
def test_what_lies_outside_goes_before_a_weak_claim(best: float, outside: float, first: Intent) -> None:
    ranking = rank(np.array([best, outside, 0.1], np.float32), (Intent.ASK_PRICE, Intent.OUT_OF_SCOPE, Intent.GREET))

    assert ranking[0] == IntentScore(first, best)
    assert {found.name for found in ranking} == {Intent.ASK_PRICE, Intent.OUT_OF_SCOPE, Intent.GREET}


@pytest.mark.parametrize(
    ("scores", "carried", "not_sure"),
    [
        ((0.9, 0.1), 1, False),
        ((0.39, 0.1), 1, True),  # weak
        ((0.5, 0.45), 1, True),  # two too close to choose
        ((0.5, 0.41), 1, False),
        ((0.9, 0.85), 2, False),  # both likely by themselves: a message with two intents
        ((0.9, 0.59), 1, False),
        ((0.7, 0.65, 0.62), 3, False),
        ((), 0, True),
    ],
)
def test_weak_or_ambiguous_is_not_sure(scores: tuple[float, ...], carried: int, not_sure: bool) -> None:
    settled = settle(scored(*scores), confident_at=0.4, clear_by=0.08, also_at=0.6)

    assert (len(settled.intents), settled.not_sure) == (carried, not_sure)
