"""Long work: a dialog that says what is being done and how far it is, while a thread does it."""

from collections.abc import Callable
from typing import TypeVar

from nicegui import ui

from admin.desk import Desk
from admin.parts.dialog import put_away
from admin.rehearsals import Tell

T = TypeVar("T")


async def with_progress(desk: Desk, title: str, do: Callable[[Tell], T], *, told: str = "") -> T | None:
    """The result of `do`, which tells how far it is; None when it was refused. `do` must check the rights itself."""
    state: list[tuple[str, float]] = [("", 0.0)]
    with ui.dialog(value=True).props("persistent") as dialog, ui.card().classes("dialog"):
        ui.label(title).classes("strong")
        bar = ui.linear_progress(0, show_value=False).props("rounded instant-feedback")
        doing = ui.label("请稍等…").classes("soft num")

    def show() -> None:
        doing.text, bar.value = state[0][0] or "请稍等…", state[0][1]

    def tell(text: str, share: float) -> None:
        state[0] = (text, share)

    timer = ui.timer(0.2, show)
    try:
        return await desk.attempt(lambda: do(tell), told=told)
    finally:
        timer.cancel()
        put_away(dialog)
