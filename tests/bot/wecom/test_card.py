"""An advisor's card fits WeCom's limits, and what its buttons do is never cut."""

import json
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wecom.card import Button, Card, card_body, short, task_id

WORDS = st.text(max_size=200)


def test_a_card_has_the_shape_of_the_example(example: Callable[[str], str]) -> None:
    wanted = json.loads(example("03_message_send_card_request.json"))["template_card"]
    card = Card(
        title="新试驾预约",
        desc="客户 陈先生 · 中型SUV",
        sub_title="请在 30 分钟内联系客户确认到店时间",
        facts=[("预约时间", "2026-11-21 14:30")],
        buttons=[Button("claim:1001", "我来跟进"), Button("pass:1001", "转给同事", style=2)],
    )

    body = card_body(card, "testdrive-1001-1795140000")

    assert body["msgtype"] == "template_card"
    same = {"card_type", "main_title", "sub_title_text", "task_id", "button_list"}
    assert {name: body["template_card"][name] for name in same} == {name: wanted[name] for name in same}
    assert body["template_card"]["horizontal_content_list"] == wanted["horizontal_content_list"][:1]
    assert set(body["template_card"]) == {*same, "horizontal_content_list"}


@given(WORDS, st.lists(st.tuples(WORDS, WORDS), max_size=9), st.lists(WORDS, min_size=1, max_size=6))
def test_a_card_fits_whatever_its_words(words: str, facts: list[tuple[str, str]], buttons: list[str]) -> None:
    card = Card(words, [Button(f"b{n}", text) for n, text in enumerate(buttons)], words, words, facts, words, words, words)

    body = card_body(card, task_id("handoff:1"))["template_card"]

    assert len(body.get("main_title", {}).get("title", "")) <= 26
    assert len(body.get("main_title", {}).get("desc", "")) <= 30
    assert len(body.get("sub_title_text", "")) <= 112
    assert len(body.get("source", {}).get("desc", "")) <= 13
    assert len(body.get("horizontal_content_list", [])) == min(len(facts), 6)
    assert all(len(fact["keyname"]) <= 5 and len(fact["value"]) <= 26 for fact in body.get("horizontal_content_list", []))
    assert [button["key"] for button in body["button_list"]] == [f"b{n}" for n in range(len(buttons))]
    assert all(len(button["text"]) <= 10 for button in body["button_list"])


def test_the_customers_words_are_quoted() -> None:
    card = Card("客户需要人工", [Button("taken", "已联系")], quote_title="客户说", quote="这车能便宜多少？" * 50)
    quoted = card_body(card, "t1")["template_card"]["quote_area"]

    assert quoted["title"] == "客户说"
    assert quoted["quote_text"].startswith("这车能便宜多少？")
    assert quoted["quote_text"].endswith("…")


@pytest.mark.parametrize("task", ["", "a:b", "任务", "a" * 129])
def test_a_task_id_that_wecom_would_refuse_is_a_mistake_of_ours(task: str) -> None:
    with pytest.raises(ValueError, match="task id"):
        card_body(Card("标题", [Button("a", "好")]), task)


@pytest.mark.parametrize("buttons", [[], [Button("", "好")], [Button("k" * 1025, "好")], [Button("a", "好")] * 7])
def test_buttons_that_wecom_would_refuse_are_a_mistake_of_ours(buttons: list[Button]) -> None:
    with pytest.raises(ValueError, match="buttons"):
        card_body(Card("标题", buttons), "t1")


@given(st.text())
def test_a_task_id_is_legal_and_always_the_same(key: str) -> None:
    assert re.fullmatch("[0-9A-Za-z_@-]{1,128}", task_id(key))
    assert task_id(key) == task_id(key) != task_id(key + "0")


@given(WORDS, st.integers(1, 50))
def test_a_short_form_is_no_longer_than_allowed(text: str, limit: int) -> None:
    assert len(short(text, limit)) <= limit
    assert len(text) > limit or short(text, limit) == text
