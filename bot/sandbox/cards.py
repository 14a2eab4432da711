"""Pure: what a template card must look like, with the errcode of each mistake (reference §3.3, §2.4)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox.fields import list_of, object_of, text_of
from bot.sandbox.terms import ApiError, Json

INTERACTIVE = frozenset({"button_interaction", "vote_interaction", "multiple_interaction"})
_NOTICES = frozenset({"text_notice", "news_notice"})
_TASK_ID = re.compile(r"[0-9A-Za-z_@-]{1,128}")

# A card's field is missing or illegal. WeCom has a code for each field (42027–42051) without saying which is which.
WRONG_FIELD = 42027
BAD_TASK_ID = 42014
BUTTON_KEY_MISSING, BUTTON_KEY_WRONG, BUTTON_TEXT_MISSING, BUTTON_TEXT_WRONG = 42017, 42018, 42019, 42020


def check_card(card: Json) -> None:
    """Raises ApiError that names the field; says nothing when the card is good."""
    kind = text_of(card, "card_type", missing=WRONG_FIELD, wrong=WRONG_FIELD)
    if kind not in INTERACTIVE | _NOTICES:
        raise _wrong("card_type")
    _check_titles(card, kind)
    _check_lists(card)
    if kind in _NOTICES:
        _check_card_action(card)
    else:
        _check_interaction(card, kind)
    if kind in INTERACTIVE or card.get("action_menu"):
        check_task_id(card.get("task_id"))


def check_task_id(task_id: object) -> None:
    """42014 unless it is 1–128 of `0-9 A-Z a-z _ - @`."""
    if not isinstance(task_id, str) or not _TASK_ID.fullmatch(task_id):
        raise ApiError(BAD_TASK_ID, "template_card.task_id is missing or illegal")


def keys_of(card: Mapping[str, Any]) -> dict[str, str]:
    """Every key that a member can press on this card → what stands on the button. Links are not keys."""
    buttons = [button for button in card.get("button_list", []) if not button.get("type")]
    if card.get("submit_button"):
        buttons.append(card["submit_button"])
    return {str(button["key"]): str(button["text"]) for button in buttons}


def menu_keys_of(card: Mapping[str, Any]) -> dict[str, str]:
    """The same for the menu in the upper right corner."""
    return {str(action["key"]): str(action["text"]) for action in card.get("action_menu", {}).get("action_list", [])}


def questions_of(card: Mapping[str, Any]) -> dict[str, set[str]]:
    """Every question of the card → the option ids that may be chosen."""
    asked = [card.get("button_selection"), card.get("checkbox"), *card.get("select_list", [])]
    return {question["question_key"]: {option["id"] for option in question["option_list"]} for question in asked if question}


def _check_titles(card: Json, kind: str) -> None:
    main_title = object_of({"main_title": {}} | card, "main_title")
    title = text_of(main_title, "title", required=False, wrong=WRONG_FIELD)
    if not title and not (kind == "text_notice" and card.get("sub_title_text")):
        raise _wrong("main_title.title")
    if kind == "news_notice" and not card.get("card_image") and not card.get("image_text_area"):
        raise _wrong("card_image")


def _check_lists(card: Json) -> None:
    for name, most in (("horizontal_content_list", 6), ("vertical_content_list", 4), ("jump_list", 3)):
        list_of(card, name, kind=dict, most=most, wrong=WRONG_FIELD)
    for row in card.get("horizontal_content_list", []):
        text_of(row, "keyname", missing=WRONG_FIELD, wrong=WRONG_FIELD)
        needed = {1: "url", 2: "media_id", 3: "userid"}.get(row.get("type", 0))
        if needed and not row.get(needed):
            raise _wrong(f"horizontal_content_list.{needed}")
    if "action_menu" in card:
        actions = list_of(object_of(card, "action_menu"), "action_list", kind=dict, most=3, wrong=WRONG_FIELD)
        if not actions:
            raise _wrong("action_menu.action_list")
        _check_buttons(actions)


def _check_card_action(card: Json) -> None:
    action = object_of(card, "card_action", missing=WRONG_FIELD)
    if action.get("type") not in (1, 2) or not action.get("url" if action["type"] == 1 else "appid"):
        raise _wrong("card_action")


def _check_interaction(card: Json, kind: str) -> None:
    if kind == "button_interaction":
        buttons = list_of(card, "button_list", kind=dict, most=6, wrong=WRONG_FIELD)
        if not buttons:
            raise _wrong("button_list")
        _check_buttons([button for button in buttons if not button.get("type")])
        if card.get("button_selection"):
            _check_question(card["button_selection"], "button_selection", most=10)
        return
    if kind == "vote_interaction":
        _check_question(card.get("checkbox"), "checkbox", most=20)
    else:
        selects = list_of(card, "select_list", kind=dict, most=3, wrong=WRONG_FIELD)
        if not selects:
            raise _wrong("select_list")
        for select in selects:
            _check_question(select, "select_list", most=10)
    if not isinstance(card.get("submit_button"), dict):
        raise _wrong("submit_button")
    _check_buttons([card["submit_button"]])


def _check_buttons(buttons: Sequence[Json]) -> None:
    for button in buttons:
        text_of(button, "text", missing=BUTTON_TEXT_MISSING, wrong=BUTTON_TEXT_WRONG)
        text_of(button, "key", most_bytes=1024, missing=BUTTON_KEY_MISSING, wrong=BUTTON_KEY_WRONG)


def _check_question(question: Any, name: str, *, most: int) -> None:
    if not isinstance(question, dict):
        raise _wrong(name)
    text_of(question, "question_key", missing=WRONG_FIELD, wrong=WRONG_FIELD)
    options = list_of(question, "option_list", kind=dict, most=most, wrong=WRONG_FIELD)
    if not options:
        raise _wrong(f"{name}.option_list")
    for option in options:
        text_of(option, "id", most_bytes=128, missing=WRONG_FIELD, wrong=WRONG_FIELD)
        text_of(option, "text", missing=WRONG_FIELD, wrong=WRONG_FIELD)


def _wrong(name: str) -> ApiError:
    return ApiError(WRONG_FIELD, f"template_card.{name} is missing or illegal")
