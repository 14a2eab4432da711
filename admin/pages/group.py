"""客户群: one of them: its stage and why, its days, who is and was in it."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from sqlalchemy.orm import Session

from admin.acts import groups as acts
from admin.desk import Desk, href, link
from admin.looks.group_plans import GroupPlans, plans_of_group
from admin.looks.groups import Day, Portrait, portrait
from admin.pages import group_plans
from admin.parts.complete import complete
from admin.parts.dialog import answer_to
from admin.terms import Blocked, Right, Who
from customers.lifecycle import PART_NAMES, STAGE_NAMES
from customers.terms import GroupStage

_WHO = (
    '<q-td :props="props"><a v-if="props.row._to" :href="props.row._to">{{ props.row.name }}</a><span v-else>{{ props.row.name }}</span>'
    ' <span v-if="props.row.kind != \'客户\'" class="chip">{{ props.row.kind }}</span></q-td>'
)
_JOINED = '<q-td :props="props"><span :title="props.row.joined_exactly">{{ props.row.joined }}</span></q-td>'


async def show(desk: Desk) -> None:
    """The whole page; it is drawn anew after every act."""
    page = ui.column().classes("wide gap-s")

    async def draw() -> None:
        def look(session: Session) -> tuple[Portrait, GroupPlans]:
            seen = portrait(session, desk.who, desk.path["chat_id"], desk.office.stores, now=desk.now())
            plans = plans_of_group(session, desk.who, seen.group, is_workday=desk.office.ticker.is_workday, now=desk.now())
            return seen, plans

        try:
            found, plans = await desk.look(look)
        except Blocked as blocked:
            page.clear()
            with page:
                ui.label(str(blocked)).classes("empty")
            return
        page.clear()
        with page:
            _head(found)
            _stage(desk, found, draw)
            group_plans.show(desk, found.group.chat_id, plans, page, draw, alive=not found.head["dismissed"])
            with ui.card().classes("card wide"):
                ui.label("客户数与每日进出").classes("strong")
                ui.echart(_chart(found.days)).classes("group-plot")
            _history(found)
            _members(found)

    await draw()


def _head(found: Portrait) -> None:
    row, group = found.head, found.group
    with ui.row().classes("head-row"):
        ui.link("← 客户群", link("/groups"))
        ui.label(row["name"]).classes("strong asked")
        if row["dismissed"]:
            ui.label(f"{row['dismissed_at']} 解散").classes("chip")
    facts = [f"群主 {row['owner']}", f"门店 {row['store']}", f"客户 {row['size']} 人（全部 {row['people']} 人）", f"7 天 {row['moves']}"]
    facts += [f"可见活跃 {row['share']}", f"群龄 {row['age']}"]
    ui.label(" · ".join(facts)).classes("soft")
    if group.notice:
        ui.label(f"群公告：{group.notice}").classes("soft pre")


def _stage(desk: Desk, found: Portrait, draw: Callable[[], Awaitable[None]]) -> None:
    row, group = found.head, found.group
    with ui.card().classes("card wide"):
        with ui.row().classes("head-row"):
            ui.label("阶段").classes("strong")
            ui.label(row["stage"]).classes(f"chip {row['tone']}")
            if row["held"]:
                computed = STAGE_NAMES[GroupStage(group.computed)]
                ui.label(f"{group.held_by} 固定：{group.held_why}（自动计算为{computed}）").classes("soft")
            ui.space()
            if desk.may(Right.EDIT_GROUPS) and not row["dismissed"]:
                _buttons(desk, found, draw)
        if not group.parts:
            ui.label("读到成员后的一分钟内会算出来。").classes("soft")
            return
        with ui.element("div").classes("parts"):
            for part in group.parts:
                ui.label(PART_NAMES[part["name"]])
                with ui.element("div").classes("meter"):
                    ui.element("div").style(f"width: {part['value'] * 100:.0f}%")
                ui.label(f"{part['points']:.2f}").classes("num")
                ui.label(part["text"]).classes("soft")
        ui.label(f"合计系数 {group.coefficient:.2f}：越接近 0 越新，越接近 1 越老化").classes("soft")


def _buttons(desk: Desk, found: Portrait, draw: Callable[[], Awaitable[None]]) -> None:
    chat_id = found.group.chat_id

    async def release() -> None:
        await desk.act(lambda session, who: acts.release_stage(session, who, chat_id, now=desk.now()), told="已恢复自动计算")
        await draw()

    async def hold() -> None:
        if await _hold(desk, found):
            await draw()

    if found.group.held_by:
        ui.button("恢复自动", on_click=release).props("flat no-caps dense")
    ui.button("固定阶段", icon="push_pin", on_click=hold).props("flat no-caps dense")


async def _hold(desk: Desk, found: Portrait) -> bool:
    """Whether it was held; the dialog stays open when that was refused, so that nothing typed is lost."""
    held = GroupStage(found.group.stage)
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label("固定这个群的阶段").classes("strong")
        ui.label("固定后 SOP 按这个阶段走，直到恢复自动计算。").classes("soft")
        stage = ui.select(dict(STAGE_NAMES), label="阶段", value=held).props("outlined dense").classes("wide")
        needed = {"请写一句为什么": lambda value: bool((value or "").strip())}
        why = ui.input("为什么（必填）", validation=needed).props("outlined dense hide-bottom-space maxlength=200").classes("wide")

        def holding(session: Session, who: Who) -> bool:
            acts.hold_stage(session, who, found.group.chat_id, stage.value or held, why.value or "", now=desk.now())
            return True

        async def save() -> None:
            if complete(why) and await desk.act(holding, told="已固定"):
                dialog.submit(True)

        with ui.row().classes("ends"):
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("flat no-caps")
            ui.button("固定", on_click=save).props("unelevated no-caps")
        why.on("keydown.enter", save)
    return bool(await answer_to(dialog))


def _chart(days: list[Day] | Any) -> dict[str, Any]:
    names = [f"{day.day:%m-%d}" for day in days]
    bars = {"type": "bar", "stack": "moves", "barMaxWidth": 14}
    return {
        "animation": False,
        "tooltip": {"trigger": "axis"},
        "legend": {"data": ["客户数", "入群", "退群"], "top": 0},
        "grid": {"left": 40, "right": 40, "top": 34, "bottom": 26},
        "xAxis": {"type": "category", "data": names},
        "yAxis": [
            {"type": "value", "minInterval": 1, "name": "客户数"},
            {"type": "value", "minInterval": 1, "name": "进出", "splitLine": {"show": False}},
        ],
        "series": [
            {"name": "客户数", "type": "line", "data": [day.size for day in days], "symbol": "none", "color": "#1f6f54"},
            {"name": "入群", **bars, "yAxisIndex": 1, "data": [day.joins for day in days], "color": "#8fc7a9"},
            {"name": "退群", **bars, "yAxisIndex": 1, "data": [-day.leaves for day in days], "color": "#d99a94"},
        ],
    }


def _history(found: Portrait) -> None:
    with ui.card().classes("card wide"):
        ui.label("阶段变化").classes("strong")
        if not found.stages:
            ui.label("还没有变化。").classes("soft")
        for change in found.stages:
            with ui.row().classes("version"):
                ui.label(change["at"]).classes("soft").tooltip(change["at_exactly"])
                ui.label(f"{change['before']} → {change['after']}")
                ui.label(change["by"]).classes("chip")
                ui.label(" · ".join(filter(None, [change["text"], change["parts"]]))).classes("soft")


def _members(found: Portrait) -> None:
    rows = [{**row, "_to": href(f"/customers/{row['external_id']}") if row["external_id"] else ""} for row in found.stays]
    here, gone = [row for row in rows if not row["left"]], [row for row in rows if row["left"]]
    _table(f"群成员（{len(here)}）", here, left=False)
    if gone:
        _table(f"已离开（{len(gone)}）", gone, left=True)


def _table(title: str, rows: list[dict[str, Any]], *, left: bool) -> None:
    labels = {"name": "名字", "joined": "入群时间", "scene": "入群方式", "inviter": "邀请人"} | ({"left": "离开"} if left else {})
    columns = [{"name": name, "label": label, "field": name, "align": "left"} for name, label in labels.items()]
    with ui.card().classes("card wide"):
        ui.label(title).classes("strong")
        table = ui.table(rows=rows, columns=columns, row_key="id", pagination=20).classes("listing").props("flat dense")
        table.add_slot("body-cell-name", _WHO)
        table.add_slot("body-cell-joined", _JOINED)
