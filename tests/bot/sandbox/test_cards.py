"""Template cards: what each kind must have."""

from typing import Any

import pytest

from bot.sandbox.cards import check_card, keys_of, menu_keys_of, questions_of
from bot.sandbox.terms import ApiError

BUTTONS = {
    "card_type": "button_interaction",
    "main_title": {"title": "新试驾预约"},
    "task_id": "testdrive-1001",
    "button_list": [{"text": "我来跟进", "style": 1, "key": "claim:1001"}, {"text": "看档案", "type": 1, "url": "https://example.com"}],
}
OPTIONS = [{"id": "a", "text": "上午"}, {"id": "b", "text": "下午"}]
VOTE = {
    "card_type": "vote_interaction",
    "main_title": {"title": "战败原因"},
    "task_id": "t2",
    "checkbox": {"question_key": "why", "mode": 1, "option_list": OPTIONS},
    "submit_button": {"text": "提交", "key": "send"},
}
MULTIPLE = {
    "card_type": "multiple_interaction",
    "main_title": {"title": "登记"},
    "task_id": "t3",
    "select_list": [{"question_key": "when", "option_list": OPTIONS}],
    "submit_button": {"text": "提交", "key": "send"},
}
NOTICE = {"card_type": "text_notice", "main_title": {"title": "日报"}, "card_action": {"type": 1, "url": "https://example.com"}}
NEWS = {**NOTICE, "card_type": "news_notice", "card_image": {"url": "https://example.com/a.png"}}


def errcode(card: dict[str, Any]) -> int:
    with pytest.raises(ApiError) as refusal:
        check_card(card)
    return refusal.value.errcode


@pytest.mark.parametrize("card", [BUTTONS, VOTE, MULTIPLE, NOTICE, NEWS], ids=lambda card: card["card_type"])
def test_a_whole_card_is_good(card: dict[str, Any]) -> None:
    check_card(card)


@pytest.mark.parametrize(
    ("card", "missing"),
    [
        (BUTTONS, "main_title"),
        (BUTTONS, "button_list"),
        (BUTTONS, "card_type"),
        (VOTE, "checkbox"),
        (VOTE, "submit_button"),
        (MULTIPLE, "select_list"),
        (MULTIPLE, "submit_button"),
        (NOTICE, "main_title"),
        (NOTICE, "card_action"),
        (NEWS, "card_image"),
    ],
)
def test_what_a_card_must_have_is_named_when_it_is_missing(card: dict[str, Any], missing: str) -> None:
    assert errcode({name: value for name, value in card.items() if name != missing}) == 42027


@pytest.mark.parametrize("card", [BUTTONS, VOTE, MULTIPLE])
@pytest.mark.parametrize("task_id", [None, "", "x" * 129, "中文", "a b", 7])
def test_an_interactive_card_needs_a_legal_task_id(card: dict[str, Any], task_id: Any) -> None:
    assert errcode({**card, "task_id": task_id}) == 42014


def test_a_notice_needs_a_task_id_only_for_its_menu() -> None:
    menu = {"desc": "更多", "action_list": [{"text": "不再提醒", "key": "mute"}]}
    assert errcode({**NOTICE, "action_menu": menu}) == 42014
    check_card({**NOTICE, "action_menu": menu, "task_id": "t4"})
    assert errcode({**NOTICE, "action_menu": {"desc": "更多", "action_list": []}, "task_id": "t4"}) == 42027


@pytest.mark.parametrize(
    ("button", "expected"),
    [({"text": "好"}, 42017), ({"text": "好", "key": "x" * 1025}, 42018), ({"key": "k"}, 42019), ({"text": 5, "key": "k"}, 42020)],
)
def test_a_button_needs_text_and_key(button: dict[str, Any], expected: int) -> None:
    assert errcode({**BUTTONS, "button_list": [button]}) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"button_list": [{"text": "好", "key": str(number)} for number in range(7)]},
        {"horizontal_content_list": [{"keyname": "k", "value": "v"}] * 7},
        {"horizontal_content_list": [{"keyname": "档案", "value": "查看", "type": 1}]},
        {"horizontal_content_list": [{"value": "v"}]},
        {"jump_list": [{"type": 0, "title": "t"}] * 4},
        {"button_selection": {"question_key": "slot", "option_list": []}},
        {"button_selection": {"question_key": "slot", "option_list": OPTIONS * 6}},
        {"button_selection": {"option_list": OPTIONS}},
        {"button_selection": {"question_key": "slot", "option_list": [{"id": "x" * 129, "text": "t"}]}},
    ],
)
def test_lists_and_questions_have_their_limits(change: dict[str, Any]) -> None:
    assert errcode({**BUTTONS, **change}) == 42027


def test_links_are_not_keys() -> None:
    assert keys_of(BUTTONS) == {"claim:1001": "我来跟进"}
    assert keys_of(VOTE) == {"send": "提交"}
    assert menu_keys_of({"action_menu": {"action_list": [{"text": "不再提醒", "key": "mute"}]}}) == {"mute": "不再提醒"}
    assert questions_of(VOTE) == {"why": {"a", "b"}}
