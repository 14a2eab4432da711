"""客户群: the plans that the group is in; an operator lets one wait, or keeps the group on a track of it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from nicegui import ui

from admin.acts import group_plans as acts
from admin.desk import Desk, link
from admin.looks.group_plans import GroupPlan, GroupPlans
from admin.parts.dialog import answer_to
from admin.parts.rooted import rooted
from admin.terms import Right

Draw = Callable[[], Awaitable[None]]


def show(desk: Desk, chat_id: str, found: GroupPlans, root: ui.element, draw: Draw, *, alive: bool) -> None:
    """One block a plan; buttons for who may change groups."""
    may = alive and desk.may(Right.EDIT_GROUPS)
    with ui.card().classes("card wide"):
        with ui.row().classes("head-row wide"):
            ui.label("SOP 计划").classes("strong")
            ui.space()
            if found.live and desk.may(Right.SEE_SOP):
                ui.link("触达台账", link("/touches", q=chat_id, days="90")).classes("soft")
        if not found.live:
            ui.label("这个群现在不在任何计划里。计划启动后，符合受众的群会在十分钟内进入。").classes("soft")
        for one in found.live:
            _plan(desk, chat_id, one, root, draw, may=may)
        if found.left:
            ui.label("离开过：" + "；".join(found.left)).classes("faint")


def _plan(desk: Desk, chat_id: str, one: GroupPlan, root: ui.element, draw: Draw, *, may: bool) -> None:
    with ui.column().classes("group-plan wide"):
        with ui.row().classes("head-row wide"):
            if desk.may(Right.SEE_SOP):
                ui.link(one.title, link(f"/sop/{one.plan}")).classes("strong")
            else:
                ui.label(one.title).classes("strong")
            ui.label(one.state).classes(f"chip {one.tone}")
            if one.held_by:
                ui.label("本群已暂停").classes("chip warn")
            ui.space()
            if may:
                _buttons(desk, chat_id, one, root, draw)
        if one.held_by:
            ui.label(f"{one.held_by} 暂停了本群：{one.held_why or '没有写原因'}").classes("note amber")
        if one.track:
            with ui.row().classes("gap-s"):
                ui.label(f"轨道：{one.track_title}")
                if one.track_held:
                    ui.label("已固定").classes("chip info")
                ui.label(one.track_why).classes("soft")
        ui.label(f"下一条：{one.next}")
        ui.label(f"{one.since} 进入").classes("faint").tooltip(one.since_exactly)


def _buttons(desk: Desk, chat_id: str, one: GroupPlan, root: ui.element, draw: Draw) -> None:
    async def act(do: Callable[..., None], told: str, *words: str) -> None:
        def doing(session: Any, who: Any) -> None:
            do(session, who, chat_id, one.plan, *words, now=desk.now())

        await desk.act(doing, told=told)
        await draw()

    async def hold() -> None:
        what = "其他群不受影响。恢复后，还来得及的步骤会接着发，过时的不补发。"
        asked = await _ask("暂停本群", what, "暂停")
        if asked:
            await act(acts.hold_group, "已暂停本群", asked[1])

    async def keep() -> None:
        what = "固定后不再随群龄和群阶段自动换轨，直到恢复自动。换到别的轨道时，那条轨道的第一天从现在算起。"
        asked = await _ask("固定或更换轨道", what, "固定", tracks=dict(one.tracks), track=one.track)
        if asked:
            await act(acts.keep_track, "已固定", *asked)

    if one.tracks:
        if one.track_held:
            release = partial(act, acts.release_track, "下一分钟起按群龄和群阶段自动换轨")
            ui.button("恢复自动", on_click=rooted(root, release)).props("flat no-caps dense")
        ui.button("固定轨道…", icon="push_pin", on_click=rooted(root, keep)).props("flat no-caps dense")
    if one.held_by:
        ui.button("恢复本群", icon="play_arrow", on_click=rooted(root, partial(act, acts.release_group, "已恢复本群"))).props(
            "unelevated no-caps dense"
        )
    else:
        ui.button("暂停本群", icon="pause", on_click=rooted(root, hold)).props("flat no-caps dense")


async def _ask(title: str, what: str, button: str, *, tracks: dict[str, str] | None = None, track: str = "") -> tuple[str, str] | None:
    """(track, why); the button waits for a reason."""
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(title).classes("strong")
        ui.label(what).classes("soft")
        chosen = ui.select(tracks, label="轨道", value=track).props("outlined dense").classes("wide") if tracks else None
        why = ui.input("为什么（必填）").props("outlined dense autofocus maxlength=200").classes("wide")
        with ui.row().classes("ends"):
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("flat no-caps")
            sure = ui.button(button, on_click=lambda: dialog.submit(True)).props("unelevated no-caps")
            sure.bind_enabled_from(why, "value", lambda value: bool((value or "").strip()))
        why.on("keydown.enter", lambda: dialog.submit(True) if sure.enabled else None)
    answer = await answer_to(dialog)
    return (str(chosen.value or "") if chosen else "", why.value or "") if answer else None
