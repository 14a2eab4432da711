"""意图与关注点: what the assistant learnt from, where its thresholds stand, and the models that were made."""

from typing import Any

from nicegui import events, ui

from admin.desk import Desk, Show, link
from admin.pages import intents_examples, intents_focus, intents_models, intents_thresholds

_TABS: dict[str, tuple[str, Show]] = {
    "intents": ("意图", intents_examples.show),
    "focus": ("关注点", intents_focus.show),
    "thresholds": ("阈值", intents_thresholds.show),
    "models": ("模型", intents_models.show),
}


async def show(desk: Desk) -> None:
    """The tab that the address names; each is read when it is opened."""
    here = desk.query.get("tab", "")
    here = here if here in _TABS else "intents"

    def opened(event: events.ValueChangeEventArguments[Any]) -> None:
        ui.navigate.to(link("/intents", tab=str(event.value)))

    with ui.tabs().props("dense no-caps align=left inline-label").classes("wide") as tabs:
        for name, (title, _) in _TABS.items():
            ui.tab(name, title)
    tabs.set_value(here)
    tabs.on_value_change(opened)
    await _TABS[here][1](desk)
