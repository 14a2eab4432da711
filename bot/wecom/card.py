"""Pure: the template card with buttons that an advisor gets, within WeCom's limits in characters (reference §3.3)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

_SOURCE, _TITLE, _DESC, _SUB_TITLE = 13, 26, 30, 112
_FACTS, _FACT_NAME, _FACT_VALUE = 6, 5, 26
_OPTIONS, _OPTION = 10, 16
_BUTTONS, _BUTTON_TEXT, _BUTTON_KEY_BYTES = 6, 10, 1024
_TASK_ID = re.compile("[0-9A-Za-z_@-]{1,128}")


@dataclass(frozen=True)
class Button:
    """`key` comes back with the click; `style` is 1 (blue) to 4."""

    key: str
    text: str
    style: int = 1


@dataclass(frozen=True)
class Selection:
    """A list to choose one of beside the buttons; `options` are (id, text), the first is chosen until another is."""

    key: str
    title: str
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Card:
    """What an advisor reads and taps. `facts` are (name, value) lines; `quote` is what the customer said."""

    title: str
    buttons: Sequence[Button]
    desc: str = ""
    sub_title: str = ""
    facts: Sequence[tuple[str, str]] = ()
    quote_title: str = ""
    quote: str = ""
    source: str = ""
    selection: Selection | None = None


def task_id(key: str) -> str:
    """The id of a card made for this outbox key: legal, always the same, and for ever unique to it."""
    return "card-" + blake2b(key.encode(), digest_size=16).hexdigest()


def card_body(card: Card, task: str) -> dict[str, Any]:
    """The app message that carries the card; words too long end in «…», facts after the sixth are left out.

    Raises ValueError for buttons, a list or a task id that WeCom would not take: they are ours, and cutting them would change what they do.
    """
    if not _TASK_ID.fullmatch(task):
        raise ValueError(f"not a task id: {task!r}")
    if not 1 <= len(card.buttons) <= _BUTTONS or any(not 1 <= len(b.key.encode()) <= _BUTTON_KEY_BYTES for b in card.buttons):
        raise ValueError("a card has 1 to 6 buttons, each with a key of 1 to 1024 bytes")
    if card.selection is not None and not 1 <= len(card.selection.options) <= _OPTIONS:
        raise ValueError("a card's list has 1 to 10 options")
    body = {
        "card_type": "button_interaction",
        "main_title": _filled({"title": short(card.title, _TITLE), "desc": short(card.desc, _DESC)}),
        "task_id": task,
        "button_list": [{"text": short(b.text, _BUTTON_TEXT), "style": b.style, "key": b.key} for b in card.buttons],
        "source": _filled({"desc": short(card.source, _SOURCE)}),
        "sub_title_text": short(card.sub_title, _SUB_TITLE),
        "quote_area": _quote(card),
        "button_selection": _selection(card.selection),
        "horizontal_content_list": [_fact(name, value) for name, value in card.facts[:_FACTS]],
    }
    return {"msgtype": "template_card", "template_card": _filled(body)}


def short(text: str, limit: int) -> str:
    """The text, or its first characters and «…»: at most `limit` in all."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _fact(name: str, value: str) -> dict[str, str]:
    return {"keyname": short(name, _FACT_NAME), "value": short(value, _FACT_VALUE)}


def _quote(card: Card) -> dict[str, Any]:
    # WeCom names no limit here; a card should still be read at a glance.
    return {"type": 0, "title": short(card.quote_title, _TITLE), "quote_text": short(card.quote, _SUB_TITLE)} if card.quote else {}


def _selection(asked: Selection | None) -> dict[str, Any]:
    if asked is None:
        return {}
    options = [{"id": id_, "text": short(text, _OPTION)} for id_, text in asked.options]
    return {"question_key": asked.key, "title": short(asked.title, _TITLE), "option_list": options, "selected_id": options[0]["id"]}


def _filled(parts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value}
