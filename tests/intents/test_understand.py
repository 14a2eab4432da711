"""The front door: a message in, everything it was understood to say out."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.arrays import Vectors
from core.embedding import E5Embedder, Form, KeptVectors, LetterEmbedder
from core.settings import Settings
from customers.terms import FocusPoint, Level, Polarity, SlotName
from intents.build import build_understander
from intents.pack import read_intent_pack
from intents.terms import Intent, Understanding
from intents.understand import Understander
from tests.intents.builders import NOW, PACK

Item = TypeVar("Item")


@pytest.fixture(scope="module")
def understander(tmp_path_factory: pytest.TempPathFactory) -> Understander:
    folder = tmp_path_factory.mktemp("understander")
    return build_understander(PACK, KeptVectors(LetterEmbedder(), folder), folder, confident_at=0.1, clear_by=0.02)


class CountingEmbedder(LetterEmbedder):
    """Letters, and the calls that were made."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def encode(self, texts: Sequence[str], form: Form = "query") -> Vectors:
        self.calls.append(list(texts))
        return super().encode(texts, form)


def few(items: Iterable[Item], count: int, kind: Callable[[Item], object]) -> tuple[Item, ...]:
    """The first so many of each kind."""
    seen: Counter[object] = Counter()
    kept = []
    for item in items:
        seen[kind(item)] += 1
        if seen[kind(item)] <= count:
            kept.append(item)
    return tuple(kept)


def spans_are_at_home(found: Understanding) -> bool:
    shown = [one.span for some in (found.focus_points, found.signals, found.slots) for one in some]
    if found.stated_level:
        shown.append(found.stated_level.span)
    return all(found.message[span.start : span.end] == span.words for span in shown)


def test_one_message_says_many_things(understander: Understander) -> None:
    found = understander.understand("请问一下 Ｅ７ 落地价多少？我想週末試駕，電話138 0013 8000", now=NOW)

    assert found.normalised == "e7 落地价多少?我想周末试驾,电话138 0013 8000"
    assert {signal.name for signal in found.signals} == {"ask_quote", "test_drive"}
    assert {slot.name: slot.value for slot in found.slots} == {
        SlotName.MODEL: "e7",
        SlotName.VISIT_TIME: "2026-03-07/2026-03-08",
        SlotName.PHONE: "13800138000",
    }
    assert [(one.point, one.span.words) for one in found.focus_points] == [(FocusPoint.PRICE, "落地价")]
    assert next(signal for signal in found.signals if signal.name == "test_drive").span.words == "想週末試駕"
    assert spans_are_at_home(found)


def test_intents_are_ranked_and_the_best_is_carried(understander: Understander) -> None:
    found = understander.understand("e7多少钱", now=NOW)

    assert found.top is not None
    assert found.top.name is Intent.ASK_PRICE
    assert found.intents[0] == found.top
    assert len(found.ranking) == 5
    assert found.carries(Intent.ASK_PRICE)


def test_a_stated_level_is_found(understander: Understander) -> None:
    found = understander.understand("合适的话这周就定", now=NOW)

    assert found.stated_level is not None
    assert (found.stated_level.level, found.stated_level.span.words) == (Level.H, "这周就定")


def test_a_budget_is_an_interest_in_the_price(understander: Understander) -> None:
    [mention] = understander.understand("25万左右的车", now=NOW).focus_points

    assert (mention.point, mention.polarity, mention.span.words) == (FocusPoint.PRICE, Polarity.NEUTRAL, "25万")


def test_a_version_that_only_names_the_car_is_no_interest(understander: Understander) -> None:
    named = understander.understand("e7长续航版", now=NOW)

    assert named.focus_points == ()
    assert {slot.value for slot in named.slots} == {"e7", "e7-660"}


@pytest.mark.parametrize("message", ["", "   ", "？", "……", "😀", "👍👍", "\n", "\u200b"])
def test_a_message_without_words_says_nothing(understander: Understander, message: str) -> None:
    found = understander.understand(message, now=NOW)

    assert (found.message, found.intents, found.ranking, found.top, found.not_sure) == (message, (), (), None, True)
    assert (found.tokens, found.focus_points, found.signals, found.slots) == ((), (), (), ())
    assert found.vector.shape == (understander.embedder.dim,)


def test_many_messages_cost_one_call_and_one_pass_each(understander: Understander) -> None:
    embedder = CountingEmbedder()
    messages = ["e7多少钱,有现车吗", "😀", "你好", "续航多少"]

    found = replace(understander, embedder=embedder).understand_many(messages, now=NOW)

    assert embedder.calls == [["e7多少钱,有现车吗", "你好", "续航多少"]]
    assert [one.message for one in found] == messages


def test_together_or_alone_a_message_means_the_same(understander: Understander) -> None:
    messages = ["e7多少钱", "？", "续航真不错", "e7多少钱", "下周六下午去滨江店试驾"]

    together = understander.understand_many(messages, now=NOW)
    alone = [understander.understand(message, now=NOW) for message in messages]

    assert [one.slots for one in together] == [one.slots for one in alone]
    assert [one.intents[:1] for one in together] == [one.intents[:1] for one in alone]
    assert all(np.allclose(one.vector, other.vector) for one, other in zip(together, alone, strict=True))
    assert understander.understand_many([], now=NOW) == []


def test_many_threads_understand_alike(understander: Understander) -> None:
    messages = ["e7多少钱", "续航真不错", "明天下午3点试驾", "价格太高了"] * 8

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda message: understander.understand(message, now=NOW), messages))

    assert found == [understander.understand(message, now=NOW) for message in messages]


@pytest.mark.parametrize("piece", ["e7落地多少钱，", "十", "的", "a", "1", "没有", "明天下午3点 ", "？", "😀", "价格不"])
def test_four_thousand_characters_are_understood_in_seconds(understander: Understander, piece: str) -> None:
    begun = perf_counter()
    found = understander.understand((piece * 4000)[:4000], now=NOW)

    assert perf_counter() - begun < 10
    assert spans_are_at_home(found)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("e7Ｅ价格续航杭不贵高吗？，。 25万那個啥请问一下試駕😀明天3点"), max_size=30))
def test_whatever_is_written_spans_are_words_of_the_message(understander: Understander, message: str) -> None:
    assert spans_are_at_home(understander.understand(message, now=NOW))


def test_the_shipped_pack_with_the_real_encoder(tmp_path: Path) -> None:
    """A part of the pack, so that encoding stays short."""
    pack, _ = read_intent_pack(Settings(_env_file=None).pack_folder())  # type: ignore[call-arg]
    intents = {(Intent.ASK_PRICE,), (Intent.ASK_RANGE,), (Intent.GREET,), (Intent.OUT_OF_SCOPE,)}
    points = {FocusPoint.PRICE, FocusPoint.RANGE, None}
    small = replace(
        pack,
        examples=few((one for one in pack.examples if one.intents in intents), 12, lambda one: one.intents),
        sentences=few((one for one in pack.sentences if one.point in points), 6, lambda one: (one.point, one.polarity)),
    )
    vectors = KeptVectors(E5Embedder(), tmp_path / "vectors")
    understander = build_understander(small, vectors, tmp_path / "models", confident_at=0.4, clear_by=0.08)

    found = understander.understand("E7落地要多少钱呀", now=NOW)

    assert found.carries(Intent.ASK_PRICE)
    assert FocusPoint.PRICE in {mention.point for mention in found.focus_points}
    assert found.vector.shape == (384,)


def test_the_work_beside_the_encoder_is_short(understander: Understander) -> None:
    spent = []
    for _ in range(50):
        begun = perf_counter()
        understander.understand("你好，我想问下E7长续航版落地多少钱，贷款利息高不高", now=NOW)
        spent.append(perf_counter() - begun)

    assert median(spent) < 0.02  # ten times what it takes, for a busy machine
