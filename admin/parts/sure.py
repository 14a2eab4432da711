"""Asks once more before something that others will feel."""

from nicegui import ui

from admin.parts.dialog import answer_to


async def sure(question: str, button: str, *, means: str = "") -> bool:
    """Whether he pressed the button; closing the dialog means no. `means` is what follows from it."""
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(question).classes("strong" if means else "")
        if means:
            ui.label(means).classes("soft")
        with ui.row().classes("ends"):
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("flat no-caps")
            ui.button(button, on_click=lambda: dialog.submit(True)).props("unelevated no-caps")
    return bool(await answer_to(dialog))
