"""What operators taught about focus points holds for the same words at once, and not for others."""

from pathlib import Path

import pytest

from core.db import Database
from core.embedding import KeptVectors, LetterEmbedder
from customers.terms import FocusPoint, Polarity
from intents.build import build_understander
from intents.store import taught_focus, teach_focus, teach_utterance
from intents.taught import examples_of
from intents.teaching import Example
from intents.terms import Intent
from intents.understand import Understander
from tests.intents.builders import NOW, PACK


@pytest.fixture
def understander(tmp_path: Path) -> Understander:
    return build_understander(PACK, KeptVectors(LetterEmbedder(), tmp_path), tmp_path, confident_at=0.1, clear_by=0.02)


def teach(database: Database, understander: Understander, text: str, words: str, point: str, polarity: str = "") -> None:
    with database.unit_of_work() as session:
        teach_focus(session, text, words, point, polarity, by="wang", now=NOW)
    look(database, understander)


def look(database: Database, understander: Understander) -> None:
    with database.reading() as session:
        understander.taught.refresh(session)


def points(understander: Understander, text: str) -> list[FocusPoint]:
    return [one.point for one in understander.understand(text, now=NOW).focus_points]


def test_a_counter_example_takes_the_point_back_in_the_same_clause_only(database: Database, understander: Understander) -> None:
    assert FocusPoint.RANGE in points(understander, "手机续航太短")
    teach(database, understander, "手机续航太短", "续航", "range")

    assert FocusPoint.RANGE not in points(understander, "手机续航太短！")
    assert FocusPoint.RANGE not in points(understander, "你好，手机续航太短")
    assert FocusPoint.RANGE in points(understander, "e7续航太短")


def test_it_holds_for_what_is_said_nearly_the_same_way(database: Database, understander: Understander) -> None:
    teach(database, understander, "我的手机续航实在是太短了一点吧", "续航", "range")
    assert FocusPoint.RANGE not in points(understander, "我的手机续航实在是太短了一点吧啊")


def test_another_point_of_the_clause_stays(database: Database, understander: Understander) -> None:
    both = points(understander, "续航和价格怎么样")
    assert {FocusPoint.RANGE, FocusPoint.PRICE} <= set(both)
    teach(database, understander, "续航和价格怎么样", "续航", "range")
    assert points(understander, "续航和价格怎么样") == [one for one in both if one is not FocusPoint.RANGE]


def test_a_taught_point_is_found_with_its_words_and_tone(database: Database, understander: Understander) -> None:
    teach(database, understander, "后排能躺平", "躺平", "space", "positive")
    found = next(one for one in understander.understand("你好，后排能躺平", now=NOW).focus_points if one.point is FocusPoint.SPACE)
    assert found.polarity is Polarity.POSITIVE
    assert "你好，后排能躺平"[found.span.start : found.span.end] == "躺平" == found.span.words


def test_what_was_withdrawn_does_not_hold_any_more(database: Database, understander: Understander) -> None:
    teach(database, understander, "手机续航太短", "续航", "range")
    with database.unit_of_work() as session:
        taught_focus(session)[0].withdrawn_at = NOW
    look(database, understander)
    assert FocusPoint.RANGE in points(understander, "手机续航太短")


def test_taught_intents_are_examples_in_the_order_of_teaching(database: Database) -> None:
    with database.unit_of_work() as session:
        for text in ("几个子儿", "几个大洋"):
            teach_utterance(session, text, Intent.ASK_PRICE, by="wang", now=NOW)
    with database.reading() as session:
        assert examples_of(session) == tuple(Example(text, (Intent.ASK_PRICE,)) for text in ("几个子儿", "几个大洋"))
