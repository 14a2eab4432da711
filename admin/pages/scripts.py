"""话术库: the list, searched as text or as the bot searches; in and out as a spreadsheet."""

from functools import partial
from typing import Final

from nicegui import ui
from sqlalchemy.orm import Session

from admin.desk import Desk, link
from admin.looks import scripts as looks
from admin.looks.wanted import Wanted
from admin.parts.listing import Column, Filter, Listing, Row
from admin.rights import must
from admin.terms import Right
from core.zone import SHANGHAI
from intents.names import INTENT_NAMES
from kb.sheet_import import export_scripts

_TITLE: Final = (
    '<div class="strong">{{ props.row.title }}</div><div class="faint">{{ props.row.standard }}</div>'
    "<span v-if=\"props.row.until\" :class=\"'chip ' + (props.row.ended ? 'bad' : 'warn')\">"
    "{{ props.row.ended ? '已过期 ' : '快到期 ' }}{{ props.row.until }}</span>"
)
_STATES: Final = '<span v-for="one in props.row.states" :key="one.text" :class="\'chip \' + one.kind">{{ one.text }}</span>'
_SURE: Final = (
    '<div v-if="props.row.confidence" class="meter"><div :style="{ width: props.row.share * 100 + \'%\' }"></div></div>'
    '<span class="num">{{ props.row.confidence }}</span>'
)
_COLUMNS: Final = (
    Column("title", "话术", sortable=True, cell=_TITLE),
    Column("intent", "意图", sortable=True),
    Column("states", "状态", cell=_STATES),
    Column("version", "版本", sortable=True, align="right", on_phone=False),
    Column("updated", "更新", sortable=True),
    Column("used", "近 30 天使用", align="right"),
)
_MODES: Final = {"text": "按文字", "bot": "机器人检索"}


async def show(desk: Desk) -> None:
    """The list; a click opens a script."""
    by_bot = desk.query.get("mode") == "bot"

    def rows(session: Session, wanted: Wanted) -> tuple[list[Row], int]:
        found, total = looks.scripts(session, wanted, office=desk.office, by_bot=by_bot)
        return list(found), total

    authors, names = await desk.look(lambda session: (looks.authors(session), looks.sheet_names(session, desk.office)))
    filters = (
        Filter("q", "标题、问法、答案或编号"),
        Filter("intent", "意图", {str(intent): name for intent, name in INTENT_NAMES.items()}),
        Filter("state", "状态", looks.STATES),
        Filter("models", "车型", names.models),
        Filter("cities", "城市", names.cities),
        Filter("stores", "门店", names.stores),
        Filter("author", "作者", authors),
        Filter("renew", "续期", {"1": "待续期"}),
    )
    columns = (*_COLUMNS[:1], Column("confidence", "把握", cell=_SURE), *_COLUMNS[1:]) if by_bot else _COLUMNS
    empty = "没有找到。换个说法，或去掉几个筛选条件。"
    listing = Listing(desk, columns, rows, filters=filters, empty=empty, to=lambda row: link(f"/scripts/{row['id']}"))
    _bar(desk, listing, by_bot=by_bot)
    await listing.show()


def _bar(desk: Desk, listing: Listing, *, by_bot: bool) -> None:
    def search(mode: str) -> None:
        ui.navigate.to(link("/scripts", **listing.wanted.as_query(), **({"mode": mode} if mode == "bot" else {})))

    with ui.row().classes("wide actions"):
        if desk.may(Right.EDIT_SCRIPTS):
            ui.button("新建话术", icon="add", on_click=lambda: ui.navigate.to(link("/scripts/new"))).props("unelevated no-caps")
            ui.button("导入", icon="upload_file", on_click=lambda: ui.navigate.to(link("/scripts/import"))).props("flat no-caps")
            ui.button("导出", icon="download", on_click=partial(_export, desk)).props("flat no-caps")
        ui.space()
        toggle = ui.toggle(_MODES, value="bot" if by_bot else "text", on_change=lambda e: search(e.value))
        toggle.props("no-caps dense unelevated toggle-color=primary color=white text-color=grey-8").classes("modes")
        toggle.tooltip("机器人检索：按客户提问时的方式找已发布的话术，并显示把握")


async def _export(desk: Desk) -> None:
    """Everything, the newest version of each."""

    def do() -> bytes:
        must(desk.still(), Right.EDIT_SCRIPTS)
        with desk.office.database.reading() as session:
            return export_scripts(session, looks.sheet_names(session, desk.office))

    data = await desk.attempt(do)
    if data:
        ui.download.content(data, f"话术库 {desk.now().astimezone(SHANGHAI):%Y-%m-%d}.xlsx")
