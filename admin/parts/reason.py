"""Asks why, before something that others will want to understand."""

from nicegui import ui

from admin.parts.dialog import answer_to


async def asked(title: str, means: str, button: str) -> str | None:
    """The reason, without which the button stays grey; None when he thought better of it."""
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(title).classes("strong")
        ui.label(means).classes("soft")
        reason = ui.input("原因（必填）").props("outlined dense autofocus maxlength=200").classes("wide")
        with ui.row().classes("ends"):
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("flat no-caps")
            sure = ui.button(button, on_click=lambda: dialog.submit(True)).props("unelevated no-caps")
            sure.bind_enabled_from(reason, "value", lambda value: bool((value or "").strip()))
        reason.on("keydown.enter", lambda: dialog.submit(True) if sure.enabled else None)
    return str(reason.value or "") if await answer_to(dialog) else None
