"""Picks an approved script from the library by typing, and shows it as the customer would read it."""

from dataclasses import dataclass

from nicegui import ui

from admin.desk import Desk, in_thread
from admin.looks.script_picking import Picked, found_for
from admin.parts.dialog import answer_to


@dataclass
class _Choice:
    picked: Picked | None = None


async def pick_script(desk: Desk, question: str, *, wanted: str = "", external_id: str = "", button: str, other: str = "") -> Picked | None:
    """The script that he chose; None when he closed the dialog. `other` is a second button, which sets `Picked.as_text`."""
    choice = _Choice()
    with ui.dialog() as dialog, ui.card().classes("dialog pick"):
        ui.label(question).classes("strong")
        box = ui.input("输入客户的问法或关键词", value=wanted).props('outlined dense clearable debounce="300" autofocus').classes("wide")
        results = ui.column().classes("pick-list")

        async def search() -> None:
            words = str(box.value or "")
            found = await in_thread(lambda: found_for(desk.office, words, external_id, now=desk.now()))
            results.clear()
            with results:
                if not found:
                    ui.label("没有找到。换个说法试试，或到话术库新建。").classes("empty")
                for one in found:
                    _row(one)

        def _row(one: Picked) -> None:
            with ui.element("div").classes("pick-row"):
                ui.label(one.title).classes("strong")
                ui.label(one.text).classes("pre soft")
                if one.materials:
                    ui.label(f"附 {len(one.materials)} 个素材").classes("faint")
                with ui.row().classes("ends"):
                    if other:
                        ui.button(other, on_click=lambda: submit(one.as_text())).props("flat dense no-caps")
                    ui.button(button, on_click=lambda: submit(one)).props("unelevated dense no-caps")

        def submit(one: Picked) -> None:
            choice.picked = one
            dialog.submit(True)

        box.on_value_change(search)
        await search()
    await answer_to(dialog)
    return choice.picked
