"""SOP: who must confirm, who has, whom it reached, who failed and why; remind once, cancel."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from admin.acts import plans as acts
from admin.desk import Desk, link
from admin.looks.plan import PlanSight
from admin.looks.plan_cockpit import SHOWN_DAYS, Confirmations, Reached, confirmations, failed_of
from admin.parts.confirm import confirmed
from admin.parts.dialog import answer_to
from admin.parts.rooted import rooted
from admin.terms import Right
from sop.payloads import COLLECTED

Draw = Callable[[], Awaitable[None]]


async def show(desk: Desk, found: PlanSight, step: str) -> None:
    """The tasks of the plan, or of one step."""
    if found.content.kind not in COLLECTED:
        ui.label("这种方式由系统直接发出，不需要成员确认。结果见触达台账。").classes("empty card")
        return
    with ui.row().classes("filters"):
        steps = {"": "全部步骤"} | {one.key: one.title for one in found.content.steps}
        chosen = step if step in steps else ""
        address = f"/sop/{found.row.key}"
        picked = ui.select(steps, value=chosen).props("dense outlined options-dense aria-label=步骤").classes("filter")
        picked.on_value_change(lambda event: ui.navigate.to(link(address, tab="confirm", step=event.value or "")))
        ui.label(f"最近 {SHOWN_DAYS} 天").classes("soft")
    root = ui.column().classes("wide gap-s")

    async def draw() -> None:
        seen = await desk.look(lambda session: confirmations(session, desk.who, found.row.key, chosen, now=desk.now()))
        root.clear()
        with root:
            _draw(desk, seen, root, draw)

    await draw()


def _draw(desk: Desk, seen: Confirmations, root: ui.element, draw: Draw) -> None:
    if not seen.tasks:
        ui.label("还没有需要成员确认的群发。计划运行后，每次群发会在这里列出谁该确认。").classes("empty card")
        return
    _sum(seen.sum)
    for task in seen.tasks:
        with ui.card().classes("card wide gap-s"):
            _task(desk, task, root, draw)


def _sum(total: Reached) -> None:
    with ui.element("div").classes("tiles"):
        figures = (
            ("应送达", total.asked, ""),
            ("已送达", total.reached, ""),
            ("等确认", total.waiting, "warn"),
            ("送不到了", total.lost, "bad"),
        )
        for name, value, tone in figures:
            with ui.card().classes(f"card tile {tone if value else ''}"):
                ui.label(name).classes("soft")
                ui.label(f"{value:,}").classes("figure num")
    if total.failed:
        ui.label("送不到的原因：" + "，".join(f"{why} {many:,}" for why, many in total.failed)).classes("soft")


def _task(desk: Desk, task: dict[str, Any], root: ui.element, draw: Draw) -> None:
    with ui.row().classes("head-row wide"):
        ui.label(task["step"]).classes("strong")
        ui.label(task["state"]).classes(f"chip {task['tone']}")
        ui.label(task["created"]).classes("soft").tooltip(task["created_exactly"])
        ui.space()
        if task["may_act"] and desk.may(Right.EDIT_SOP):
            _buttons(desk, task, root, draw)
    with ui.row().classes("gap-s"):
        if task["to_confirm"]:
            ui.label(f"待确认：{task['to_confirm']}")
        if task["confirmed"]:
            ui.label(f"已确认：{task['confirmed']} {task['confirmed_at']}")
    with ui.row().classes("gap-s wide"):
        ui.label(f"应送达 {task['asked']:,} · 已送达 {task['reached']:,} · 等确认 {task['waiting']:,}").classes("num")
        for why in task["failed"]:
            ui.label(why).classes("chip bad")
        if task["lost"]:
            ui.button("看名单", on_click=rooted(root, lambda: _failures(desk, task))).props("flat dense no-caps size=sm")
    ui.label(" · ".join(filter(None, [task["reason"], task["reminded"], task["read"]]))).classes("faint")


def _buttons(desk: Desk, task: dict[str, Any], root: ui.element, draw: Draw) -> None:
    async def remind() -> None:
        await desk.act(lambda session, who: acts.remind(session, who, task["id"], now=desk.now()), told="已安排提醒")
        desk.office.ring()
        await draw()

    async def cancel() -> None:
        if await confirmed("取消后，还没确认的成员不能再发；已经送达的收不回来。", task["step"], button="取消群发"):
            await desk.act(lambda session, who: acts.cancel(session, who, task["id"], now=desk.now()), told="已安排取消")
            desk.office.ring()
            await draw()

    if task["may_remind"]:
        ui.button("提醒确认", icon="notifications", on_click=rooted(root, remind)).props("flat dense no-caps")
    ui.button("取消群发", icon="block", color="negative", on_click=rooted(root, cancel)).props("flat dense no-caps")


async def _failures(desk: Desk, task: dict[str, Any]) -> None:
    names = await desk.look(lambda session: failed_of(session, desk.who, task["id"]))
    with ui.dialog(value=True) as dialog, ui.card().classes("dialog"):
        ui.label(f"没有送达：{task['step']}").classes("strong")
        with ui.column().classes("choices"):
            for name, why in names:
                with ui.row().classes("gap-s wide"):
                    ui.label(name)
                    ui.space()
                    ui.label(why).classes("soft")
        if len(names) < task["lost"]:
            ui.label(f"只列前 {len(names)} 个，共 {task['lost']:,} 个").classes("soft")
        with ui.row().classes("ends"):
            ui.button("好", on_click=dialog.close).props("unelevated no-caps")
    await answer_to(dialog)
