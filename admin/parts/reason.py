"""Asks why, before something that others will want to understand."""

from nicegui import ui

from admin.parts.dialog import answer_to


async def asked(title: str, means: str, button: str) -> str | None:
    """The reason that was given, which may be empty; None when he thought better of it."""
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(title).classes("strong")
        ui.label(means).classes("soft")
        reason = ui.input("原因").props("outlined dense autofocus").classes("wide").on("keydown.enter", lambda: dialog.submit(True))
        with ui.row().classes("ends"):
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("flat no-caps")
            ui.button(button, on_click=lambda: dialog.submit(True)).props("unelevated no-caps")
    return str(reason.value or "") if await answer_to(dialog) else None
