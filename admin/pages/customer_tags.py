"""The dialog of a customer's page in which a tag is given by hand."""

from collections.abc import Sequence

from nicegui import ui

from admin.looks.tags import Tag
from admin.parts.dialog import answer_to


async def chosen(tags: Sequence[Tag]) -> tuple[Tag, str] | None:
    """The tag and the note, which may be empty; None when he thought better of it."""
    names = {"/".join(tag): tag for tag in tags}
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label("打标签").classes("strong")
        ui.label("只能打事实标签。级别和关注点由系统从客户的话里得出，不能手工改。").classes("soft")
        tag = ui.select(list(names), label="标签").props("outlined dense options-dense").classes("wide")
        note = ui.input("说明（可不填；黑名单要写原因）").props("outlined dense maxlength=200").classes("wide")
        with ui.row().classes("ends"):
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("flat no-caps")
            sure = ui.button("打标签", on_click=lambda: dialog.submit(True)).props("unelevated no-caps")
            sure.bind_enabled_from(tag, "value", lambda value: bool(value))
    if not await answer_to(dialog) or tag.value not in names:
        return None
    return names[tag.value], str(note.value or "")
