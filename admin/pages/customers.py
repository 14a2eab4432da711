"""客户: the list, from who is nearest to a purchase."""

from datetime import datetime

from nicegui import ui
from sqlalchemy.orm import Session

from admin.acts import customers as acts
from admin.desk import Desk, link
from admin.looks import customers
from admin.looks.wanted import Wanted
from admin.parts.levels import ORDER, level_name
from admin.parts.listing import Column, Filter, Listing, Row
from admin.terms import Right
from core.zone import SHANGHAI
from customers.rules import FOCUS_NAMES

_NAME = '<span class="strong">{{ props.row.nickname }}</span> <span v-if="props.row.opted_out" class="chip warn">不再打扰</span>'
_LEVEL = "<span :class=\"'chip ' + props.row.tone\">{{ props.row.level }}</span>"
_FOCUS = '<span v-for="one in props.row.focus" :key="one" class="chip">{{ one }}</span><span v-if="!props.row.focus.length">—</span>'
_HEARD = '<span :title="props.row.heard_exactly">{{ props.row.heard }}</span>'
_COLUMNS = (
    Column("nickname", "客户", cell=_NAME),
    Column("level", "意向级别", sortable=True, cell=_LEVEL),
    Column("score", "意向分", sortable=True, align="right"),
    Column("focus", "关注点", cell=_FOCUS),
    Column("advisor", "顾问"),
    Column("store", "门店"),
    Column("channel", "渠道", on_phone=False),
    Column("heard", "最近说话", sortable=True, cell=_HEARD),
    Column("seen", "首次出现", sortable=True, on_phone=False),
)


async def show(desk: Desk) -> None:
    """Filters, list, export; a click opens the customer."""

    names = {**desk.office.names, **desk.office.stores}

    def rows(session: Session, wanted: Wanted) -> tuple[list[Row], int]:
        return customers.customers(session, desk.who, wanted, names, now=desk.now())

    choices = await desk.look(lambda session: customers.choices(session, names))
    stores = {customers.NOBODY: "没有门店", **desk.office.stores}
    filters = (
        Filter("q", "昵称或外部联系人ID"),
        Filter("level", "级别", {str(level): level_name(level) for level in ORDER}),
        Filter("focus", "谈到过", {str(point): name for point, name in FOCUS_NAMES.items()}),
        Filter("tag", "标签", choices.tags),
        Filter("advisor", "顾问", choices.advisors),
        Filter("store", "门店", stores),
        Filter("channel", "渠道", choices.channels),
        Filter("heard", "最近说话", customers.HEARD),
    )
    empty = "没有符合条件的客户。客户第一次和我们说话，或加了顾问的企业微信，就会出现在这里。"
    listing = Listing(desk, _COLUMNS, rows, filters=filters, empty=empty, to=lambda row: link(f"/customers/{row['external_id']}"))
    if desk.may(Right.EXPORT_CUSTOMERS):
        with ui.row().classes("ends"):
            ui.button("导出当前列表", icon="download", on_click=lambda: _export(desk, listing.wanted)).props("flat no-caps")
    await listing.show()


async def _export(desk: Desk, wanted: Wanted) -> None:
    naming = acts.Naming(desk.office.stores, desk.office.names, desk.office.rules)
    waiting = ui.notification("正在导出，客户多时要半分钟…", spinner=True, timeout=None)
    sheet = await desk.act(lambda session, who: acts.export_list(session, who, wanted, naming, now=desk.now()))
    waiting.dismiss()
    if sheet is not None:
        ui.download(sheet, f"客户-{_stamp(desk.now())}.xlsx")


def _stamp(now: datetime) -> str:
    return f"{now.astimezone(SHANGHAI):%Y%m%d-%H%M}"
