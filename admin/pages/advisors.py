"""顾问: who looks after customers, and which store each belongs to."""

from functools import partial

from nicegui import ui
from sqlalchemy.orm import Session

from admin.acts import advisors as acts
from admin.desk import Desk
from admin.looks import advisors
from admin.looks.customers import NOBODY
from admin.looks.wanted import Wanted
from admin.parts.complete import complete
from admin.parts.dialog import answer_to
from admin.parts.listing import Column, Filter, Listing, Row
from admin.terms import Who

_ACTIVE = "<span :class=\"'chip ' + (props.row.is_active ? 'good' : '')\">{{ props.row.active }}</span>"
_COLUMNS = (
    Column("name", "名字", sortable=True),
    Column("userid", "企业微信账号"),
    Column("store", "门店"),
    Column("customers", "客户数", sortable=True, align="right"),
    Column("active", "状态", cell=_ACTIVE),
)


async def show(desk: Desk) -> None:
    """The list; a click opens one."""

    async def opened(row: Row) -> None:
        await _edit(desk, listing, row)

    def rows(session: Session, wanted: Wanted) -> tuple[list[Row], int]:
        return advisors.advisors(session, wanted, desk.office.stores)

    filters = (
        Filter("q", "名字或账号"),
        Filter("store", "门店", {NOBODY: "未分配", **desk.office.stores}),
        Filter("active", "状态", {"yes": "在岗", "no": "离岗"}),
    )
    empty = "还没有顾问。客户加了谁的企业微信，谁就会出现在这里；也可以先添加。"
    listing = Listing(desk, _COLUMNS, rows, filters=filters, empty=empty, on_click=opened)
    ui.button("添加顾问", icon="person_add", on_click=partial(_edit, desk, listing, None)).props("unelevated no-caps")
    await listing.show()


async def _edit(desk: Desk, listing: Listing, row: Row | None) -> None:
    stores = {"": "未分配", **desk.office.stores}
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(f"顾问 {row['userid']}" if row else "添加顾问").classes("strong")
        needed = {"请填企业微信账号（userid）": lambda value: row is not None or bool((value or "").strip())}
        userid = ui.input("企业微信账号（userid）", validation=needed).props("outlined dense hide-bottom-space").classes("wide")
        userid.set_visibility(row is None)
        name = ui.input("名字", value=row["name_key"] if row else "").props("outlined dense").classes("wide")
        held = row["store_key"] if row and row["store_key"] in stores else ""
        store = ui.select(stores, label="门店", value=held, with_input=True).props("outlined dense").classes("wide")
        active = ui.switch("在岗", value=row["is_active"] if row else True)
        active.set_visibility(row is not None)
        ui.label("换了门店，他的客户也跟着换。").classes("faint")

        def saving(session: Session, who: Who) -> bool:
            told, known, now = (name.value or "", store.value or ""), desk.office.stores, desk.now()
            if row:
                acts.change_advisor(session, who, row["id"], *told, is_active=active.value, stores=known, now=now)
            else:
                acts.add_advisor(session, who, userid.value or "", *told, stores=known, now=now)
            return True

        async def save() -> None:
            if complete(userid) and await desk.act(saving, told="已保存" if row else "已添加"):
                dialog.submit(True)

        with ui.row().classes("ends"):
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("flat no-caps")
            ui.button("保存", on_click=save).props("unelevated no-caps")
    if await answer_to(dialog):
        await listing.reload()
