"""The dialog of a customer's page in which his birthday is written down."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from admin.parts.complete import complete
from admin.parts.dialog import answer_to
from customers.birthday import NoSuchDay, read_birthday


async def told_birthday(now_kept: str, save: Callable[[str], Awaitable[bool]]) -> bool:
    """Whether it was saved; what is wrong is told below the field, and what was typed stays."""
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label("登记生日").classes("strong")
        ui.label("只记月和日（公历），年份不保存。留空是删掉。").classes("soft")
        day = ui.input("生日，例如 5-20", value=now_kept, validation=_fault).props(
            "outlined dense hide-bottom-space autofocus maxlength=20"
        )
        day.classes("wide").without_auto_validation()

        async def keep() -> None:
            if complete(day) and await save(str(day.value or "")):
                dialog.submit(True)

        day.on("keydown.enter", keep)
        with ui.row().classes("ends"):
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("flat no-caps")
            ui.button("保存", on_click=keep).props("unelevated no-caps")
    return bool(await answer_to(dialog))


def _fault(text: str | None) -> str | None:
    try:
        read_birthday(text or "") if (text or "").strip() else ""
    except NoSuchDay as wrong:
        return str(wrong)
    return None
