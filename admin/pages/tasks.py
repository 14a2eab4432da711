"""跟进任务: whom advisors are to be in touch with, by advisor, overdue first."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui
from sqlalchemy.orm import Session

from admin.acts import tasks as acts
from admin.desk import Desk, link
from admin.looks import tasks
from admin.looks.wanted import Wanted
from admin.parts.dialog import answer_to
from admin.parts.listing import Column, Filter, Listing, Row
from admin.terms import Right, Who
from customers.terms import Level
from sop.reminder_card import choices
from sop.reminder_terms import FOLLOW_UP_NAMES, KIND_NAMES, FollowUp

_CUSTOMER = '<span class="strong">{{ props.row.customer }}</span>'
_LEVEL = '<span class="chip" :title="props.row.level_name">{{ props.row.level }}</span>'
_WHY = (
    "<div>{{ props.row.kind }}</div>"
    '<div v-if="props.row.words" class="soft task-words" :title="props.row.words">{{ props.row.words }}</div>'
)
_DUE = "<span :title=\"props.row.due_exactly\" :class=\"props.row.late ? 'chip bad' : ''\">{{ props.row.due }}</span>"
_STATE = '<span :class="\'chip \' + props.row.tone" :title="props.row.why">{{ props.row.state }}</span>'
_COLUMNS = (
    Column("customer", "客户", cell=_CUSTOMER),
    Column("level", "级别", cell=_LEVEL, sortable=True),
    Column("kind", "为什么", cell=_WHY),
    Column("advisor", "顾问", sortable=True),
    Column("store", "门店", on_phone=False),
    Column("due", "什么时候", sortable=True, cell=_DUE),
    Column("asked", "已提醒", align="right"),
    Column("state", "状态", cell=_STATE),
)
_PUT_OFF = (FollowUp.LATER, FollowUp.LOST)
_LOST = "lost_"


async def show(desk: Desk) -> None:
    """Who is behind, filters and list; a click opens one task."""

    async def opened(row: Row) -> None:
        await _open(desk, row, redraw)

    def rows(session: Session, wanted: Wanted) -> tuple[list[Row], int]:
        return tasks.tasks(session, desk.who, wanted, desk.office.stores, now=desk.now())

    filters = (
        Filter("q", "客户或顾问"),
        Filter("state", "状态", tasks.STATES),
        Filter("kind", "缘由", {str(kind): name for kind, name in KIND_NAMES.items()}),
        Filter("level", "级别", {str(level): f"{level} 级" for level in Level}),
        Filter("store", "门店", desk.office.stores),
        Filter("advisor", "顾问", await desk.look(lambda session: tasks.advisors_to_choose(session, desk.who))),
    )
    empty = "没有要跟进的客户。到了该联系的时间，顾问会在企业微信里收到卡片，这里也会出现。"
    listing = Listing(desk, _COLUMNS, rows, filters=filters, empty=empty, on_click=opened)
    piles = ui.row().classes("task-people")

    async def redraw() -> None:
        await _people(desk, piles, listing)
        await listing.reload()

    await listing.show()
    await _people(desk, piles, listing)


async def _people(desk: Desk, piles: ui.row, listing: Listing) -> None:
    found = await desk.look(lambda session: tasks.behind(session, desk.who, now=desk.now()))
    piles.clear()
    with piles:
        for one in found:
            tone = "bad" if one["overdue"] else ""
            chip = ui.button(on_click=partial(listing.narrow, "advisor", one["userid"])).props("flat no-caps dense").classes("task-person")
            with chip:
                ui.label(one["name"]).classes("strong")
                ui.label(f"逾期 {one['overdue']}" if one["overdue"] else f"今天 {one['open']}").classes(f"chip {tone}")


async def _open(desk: Desk, row: Row, redraw: Callable[[], Awaitable[None]]) -> None:
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(f"{row['customer']} · {row['level']} 级 {row['level_name']}").classes("strong")
        ui.label(f"{row['kind']}，{row['due']}").classes("soft")
        if row["words"]:
            ui.label(f"“{row['words']}”")
        for line in row["story"]:
            ui.label(line).classes("faint")
        asked = "还没有提醒过" if row["asked"] == "—" else f"已提醒 {row['asked']}"
        ui.label(" · ".join(filter(None, [row["advisor"], asked, row["state"], row["why"]]))).classes("soft")
        ui.link("看客户", link(f"/customers/{row['external_id']}"))
        if row["live"] and desk.may(Right.FOLLOW_UP):
            _outcomes(desk, row, dialog)
        if row["live"] and desk.may(Right.ASSIGN_TASKS):
            await _assign(desk, row, dialog)
        with ui.row().classes("ends"):
            ui.button("关闭", on_click=lambda: dialog.submit(False)).props("flat no-caps")
    changed = await answer_to(dialog)
    if changed:
        await redraw()


def _outcomes(desk: Desk, row: Row, dialog: ui.dialog) -> None:
    offered = [(key, name.partition("：")[2] or name) for key, name in choices(desk.office.follow_ups.rules)]
    lost = {key: name for key, name in offered if key.startswith(_LOST)}
    later = {key: name for key, name in offered if key not in lost}

    async def record(outcome: FollowUp, chosen: str = "") -> None:
        follow_ups = desk.office.follow_ups

        def do(session: Session, who: Who) -> bool:
            acts.record(session, who, row["id"], outcome, chosen, follow_ups, now=desk.now())
            return True

        if await desk.act(do, told="已记录"):
            dialog.submit(True)

    with ui.row().classes("task-outcomes"):
        for outcome, name in FOLLOW_UP_NAMES.items():
            if outcome not in _PUT_OFF:
                look = "unelevated" if outcome is FollowUp.CONTACTED else "outline"
                ui.button(name, on_click=partial(record, outcome)).props(f"{look} no-caps dense")
    for outcome, options, label in ((FollowUp.LATER, later, "多久以后再提醒"), (FollowUp.LOST, lost, "为什么战败")):
        with ui.element("div").classes("task-choice"):
            picked = ui.select(options, label=label).props("outlined dense options-dense")
            sure = ui.button(FOLLOW_UP_NAMES[outcome]).props("outline no-caps dense")
            sure.bind_enabled_from(picked, "value", bool)
            sure.on_click(lambda outcome=outcome, picked=picked: record(outcome, str(picked.value)))


async def _assign(desk: Desk, row: Row, dialog: ui.dialog) -> None:
    people = await desk.look(lambda session: tasks.advisors_to_choose(session, desk.who))
    others = {userid: name for userid, name in people.items() if userid != row["userid"]}
    if not others:
        return

    async def give() -> None:
        follow_ups = desk.office.follow_ups

        def do(session: Session, who: Who) -> bool:
            acts.assign(session, who, row["id"], str(to.value), follow_ups, now=desk.now())
            return True

        if await desk.act(do, told="已改派"):
            dialog.submit(True)

    with ui.element("div").classes("task-choice"):
        to = ui.select(others, label="改派给", with_input=True).props("outlined dense options-dense")
        ui.button("改派", on_click=give).props("outline no-caps dense").bind_enabled_from(to, "value", bool)
