"""The dialog of a customer's page in which a tag is given by hand."""

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from admin.looks.tags import Tag
from admin.parts.complete import complete
from admin.parts.dialog import answer_to
from sop.standing import BLACKLIST

_FIELD = "outlined dense hide-bottom-space"


async def choose(tags: Sequence[Tag], give: Callable[[Tag, str], Awaitable[bool]]) -> bool:
    """Whether a tag was given; the dialog stays open when `give` refused, so that nothing typed is lost."""
    names = {"/".join(tag): tag for tag in tags}
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label("打标签").classes("strong")
        ui.label("只能打事实标签。级别和关注点由系统从客户的话里得出，不能手工改。").classes("soft")
        tag = ui.select(list(names), label="标签", validation={"请选一个标签": bool}).props(f"{_FIELD} options-dense").classes("wide")
        needed = {"请写一句为什么不再主动触达": lambda value: names.get(tag.value) != BLACKLIST or bool((value or "").strip())}
        note = ui.input("说明（可不填；黑名单要写原因）", validation=needed).props(f"{_FIELD} maxlength=200").classes("wide")

        async def save() -> None:
            if complete(tag, note) and await give(names[tag.value], str(note.value or "")):
                dialog.submit(True)

        with ui.row().classes("ends"):
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("flat no-caps")
            ui.button("打标签", on_click=save).props("unelevated no-caps")
    return bool(await answer_to(dialog))
