"""Figures of the shipped pack on messages: what counts as right, refused and out of scope."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from core.embedding import KeptVectors, LetterEmbedder
from core.errors import Misconfigured
from core.settings import Settings
from customers.terms import FocusMention, FocusPoint, Level, LevelStatement, Polarity, Span
from intents.terms import Intent, IntentScore, Understanding
from run.evaluate.dealer import Message, evaluate_dealer, outcome_of

PRICE, CHAT, OUTSIDE, FINANCE = Intent.ASK_PRICE, Intent.CHITCHAT, Intent.OUT_OF_SCOPE, Intent.ASK_FINANCE


def kept(folder: Path) -> KeptVectors:
    return KeptVectors(LetterEmbedder(), folder)


def message(*intents: Intent, points: Mapping[FocusPoint, Polarity] | None = None, level: Level | None = None) -> Message:
    return Message("话", intents, frozenset((points or {}).items()), level)


def understood(*intents: Intent, score: float = 0.9, **more: Any) -> Understanding:
    found = tuple(IntentScore(intent, score) for intent in intents)
    return Understanding("话", "话", ("话",), intents=found, ranking=found, **more)


def figures(messages: list[Message], found: list[Understanding]) -> Mapping[str, Any]:
    return outcome_of("", messages, found).figures


def test_the_first_intent_may_be_any_of_those_that_are_right() -> None:
    found = figures([message(PRICE, FINANCE), message(PRICE)], [understood(FINANCE), understood(FINANCE)])
    assert found["top_intent_accuracy"] == 0.5
    assert found["intents_micro_f1"] == pytest.approx(2 * 1 / 5)


def test_small_talk_is_neither_in_scope_nor_out_of_scope_by_name() -> None:
    messages = [message(OUTSIDE), message(OUTSIDE), message(CHAT), message(PRICE), message(PRICE)]
    found = figures(messages, [understood(one) for one in (OUTSIDE, CHAT, OUTSIDE, OUTSIDE, CHAT)])
    assert (found["out_of_scope_recall"], found["in_scope_refused"]) == (0.5, 0.5)
    assert (found["off_topic_recall"], found["in_scope_taken_as_off_topic"]) == (1, 1)
    assert (found["out_of_scope_messages"], found["in_scope_messages"]) == (2, 2)


def test_confidence_counts_against_being_right() -> None:
    assert figures([message(PRICE)] * 2, [understood(PRICE, score=0.9), understood(CHAT, score=0.9)])["ece"] == pytest.approx(0.4)


def test_focus_points_with_and_without_polarity() -> None:
    mention = FocusMention(FocusPoint.PRICE, Polarity.NEGATIVE, Span("话", 0, 1), 0.9)
    found = figures([message(PRICE, points={FocusPoint.PRICE: Polarity.NEUTRAL})], [understood(PRICE, focus_points=(mention,))])
    assert (found["focus_f1"], found["focus_polarity_f1"]) == (1, 0)


def test_levels_that_nobody_stated_do_not_make_f1() -> None:
    stated = LevelStatement(Level.H, Span("话", 0, 1))
    messages = [message(PRICE), message(PRICE, level=Level.H), message(PRICE, level=Level.O)]
    found = figures(messages, [understood(PRICE), understood(PRICE, stated_level=stated), understood(PRICE)])
    assert found["level_accuracy"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["level_f1"] == pytest.approx(2 * 1 / 3, abs=1e-4)


def test_the_surest_mistake_comes_first() -> None:
    worst = outcome_of("", [message(PRICE)] * 2, [understood(CHAT, score=0.5), understood(OUTSIDE, score=0.8)]).worst
    assert [one.said for one in worst] == ["无关请求", "闲聊"]


@pytest.mark.parametrize("row", ['{"text": "话"}', '{"text": "话", "intents": ["sing"], "focus_points": [], "level": null}'])
def test_a_message_with_labels_that_nobody_knows_is_named(tmp_path: Path, row: str) -> None:
    (tmp_path / "data.jsonl").write_text(row, "utf-8")
    with pytest.raises(Misconfigured, match=r"data\.jsonl:1: "):
        evaluate_dealer(Settings(_env_file=None), tmp_path / "data.jsonl", kept(tmp_path), say=lambda _: None)  # type: ignore[call-arg]
