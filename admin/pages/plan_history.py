"""SOP: what operators did to a plan, each change with before and after; and the way back to an earlier version."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from nicegui import ui

from admin.acts.plan_versions import restore_version
from admin.desk import Desk
from admin.looks.audit import changes
from admin.looks.plan import PlanSight
from admin.looks.plan_history import SHOWN, WayBack, earlier_versions, history_of, way_back
from admin.looks.plans import plan_for
from admin.parts.dialog import answer_to
from admin.parts.rooted import rooted
from admin.terms import Blocked, Right
from sop.plan_terms import PlanState

Draw = Callable[[], Awaitable[None]]


async def show(desk: Desk, found: PlanSight, root: ui.element, draw: Draw) -> None:
    """The newest first."""
    key = found.row.key
    entries = await desk.look(lambda session: history_of(session, desk.who, key, now=desk.now()))
    versions = await desk.look(lambda session: earlier_versions(session, desk.who, key, now=desk.now()))
    if versions:
        _versions(desk, found, versions, root, draw)
    if not entries:
        ui.label("还没有人改过。启动、暂停、改步骤、改规则，都会在这里留一行。").classes("empty card")
        return
    with ui.card().classes("card wide gap-0"):
        ui.label("修改记录").classes("strong")
        for one in entries:
            with ui.row().classes("version"):
                ui.label(one["at"]).classes("soft num").tooltip(one["at_exactly"])
                ui.label(one["by"]).classes("chip")
                ui.label(one["act"]).classes("strong")
                _changes(one["changes"])
        if len(entries) == SHOWN:
            ui.label(f"只列最近 {SHOWN} 次，更早的请管理员在“审计”里查").classes("faint")


def _versions(desk: Desk, found: PlanSight, versions: list[dict[str, Any]], root: ui.element, draw: Draw) -> None:
    may = desk.may(Right.EDIT_SOP) and not found.is_in(PlanState.STOPPED)
    with ui.card().classes("card wide gap-0"):
        ui.label(f"以前的版本（现在是第 {found.row.version} 版）").classes("strong")
        for one in versions:
            with ui.row().classes("version"):
                ui.label(f"第 {one['version']} 版").classes("strong num")
                ui.label(one["by"]).classes("chip")
                ui.label(f"用到 {one['until']}").classes("soft num").tooltip(one["until_exactly"])
                ui.space()
                if may:
                    back = rooted(root, partial(_back, desk, found, one["version"], draw))
                    ui.button("恢复到这一版", icon="undo", on_click=back).props("flat dense no-caps size=sm")


async def _back(desk: Desk, found: PlanSight, number: int, draw: Draw) -> None:
    """What would change stands there before he decides."""
    key, names, seen = found.row.key, desk.office.names, found.row.version
    try:
        back: WayBack = await desk.look(lambda session: way_back(session, desk.who, plan_for(session, key), number, names))
    except Blocked as blocked:
        ui.notify(str(blocked), type="negative", multi_line=True, close_button="好")
        return
    with ui.dialog() as dialog, ui.card().classes("dialog wide-dialog"):
        ui.label(f"恢复到第 {number} 版").classes("strong asked")
        _changes(changes(back.before, back.after, names))
        ui.label("之后的触达按这一版发，发过的不重发。会存成新的一版，随时可以再换回来。").classes("soft")
        with ui.row().classes("ends"):
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("flat no-caps")
            ui.button("恢复", on_click=lambda: dialog.submit(True)).props("unelevated no-caps")
    if await answer_to(dialog):
        await desk.act(
            lambda session, who: restore_version(session, who, key, number, names, version=seen, now=desk.now()),
            told=f"已恢复到第 {number} 版",
        )
        await draw()


def _changes(some: list[dict[str, str]]) -> None:
    with ui.column().classes("gap-0"):
        for one in some:
            ui.label(f"{one['name']}：{one['before']} → {one['after']}").classes("soft pre")
