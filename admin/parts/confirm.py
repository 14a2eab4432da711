"""Asks before something that customers or colleagues feel at once: the name must be typed."""

from nicegui import ui

from admin.parts.dialog import answer_to


async def confirmed(question: str, name: str, *, button: str = "确认", undo: str = "") -> bool:
    """Whether he typed `name` and confirmed; closing the dialog means no. `undo` says how to take it back where that can be done."""
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(question).classes("strong")
        ui.label(f"{undo or '这一步不能撤销'}。请输入「{name}」确认：").classes("soft")
        typed = ui.input().props("outlined dense autofocus").classes("wide")
        with ui.row().classes("ends"):
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("flat no-caps")
            sure = ui.button(button, color="negative", on_click=lambda: dialog.submit(True)).props("unelevated no-caps")
            sure.bind_enabled_from(typed, "value", lambda value: (value or "").strip() == name)
        typed.on("keydown.enter", lambda: dialog.submit(True) if sure.enabled else None)
    answer = await answer_to(dialog)
    return bool(answer)
