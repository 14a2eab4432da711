"""SOP: what operators did to a plan, each change with before and after."""

from nicegui import ui

from admin.desk import Desk
from admin.looks.plan import PlanSight
from admin.looks.plan_history import SHOWN, history_of


async def show(desk: Desk, found: PlanSight) -> None:
    """The newest first."""
    entries = await desk.look(lambda session: history_of(session, desk.who, found.row.key, now=desk.now()))
    if not entries:
        ui.label("还没有人改过。启动、暂停、改步骤、改规则，都会在这里留一行。").classes("empty card")
        return
    with ui.card().classes("card wide gap-0"):
        for one in entries:
            with ui.row().classes("version"):
                ui.label(one["at"]).classes("soft num").tooltip(one["at_exactly"])
                ui.label(one["by"]).classes("chip")
                ui.label(one["act"]).classes("strong")
                with ui.column().classes("gap-0"):
                    for change in one["changes"]:
                        ui.label(f"{change['name']}：{change['before']} → {change['after']}").classes("soft pre")
        if len(entries) == SHOWN:
            ui.label(f"只列最近 {SHOWN} 次，更早的请管理员在“审计”里查").classes("faint")
