"""素材库: pictures, files, videos, links and mini-programs that scripts attach."""

from typing import Final

from nicegui import ui
from sqlalchemy.orm import Session

from admin.desk import Desk
from admin.looks import materials as looks
from admin.looks.wanted import Wanted
from admin.pages.material_form import edit_material
from admin.parts.listing import Column, Filter, Listing, Row
from admin.terms import Right
from admin.uploads import KIND_NAMES
from kb.terms import MaterialKind

_TITLE: Final = (
    '<div class="material"><img v-if="props.row.thumb" :src="props.row.thumb" class="thumb" loading="lazy" alt="">'
    '<q-icon v-else :name="props.row.icon" class="kind"></q-icon>'
    '<div><div class="strong">{{ props.row.title }}</div>'
    '<span v-if="props.row.retired" class="chip">已停用</span></div></div>'
)
_USES: Final = (
    '<div v-for="one in props.row.uses" :key="one.key"><a :href="\'/admin/scripts/\' + one.key" class="nicegui-link" @click.stop>'
    '{{ one.title }}</a> <span v-if="!one.is_out" class="faint">未发布</span></div>'
    '<span v-if="props.row.use_count > 3" class="faint">共 {{ props.row.use_count }} 条</span>'
    '<span v-if="!props.row.use_count" class="faint">没有话术用</span>'
)
_UNTIL: Final = "<span :class=\"props.row.until_class ? 'chip ' + props.row.until_class : ''\">{{ props.row.until }}</span>"
_MEDIA: Final = '<span :title="props.row.media.hint">{{ props.row.media.text }}</span>'
_COLUMNS: Final = (
    Column("title", "素材", sortable=True, cell=_TITLE),
    Column("kind", "类型", sortable=True),
    Column("uses", "用在哪些话术", cell=_USES),
    Column("until", "有效期至", cell=_UNTIL),
    Column("media", "企业微信素材", cell=_MEDIA),
    Column("updated", "更新", sortable=True),
)


async def show(desk: Desk) -> None:
    """The list; a click opens one to look at or change."""

    def rows(session: Session, wanted: Wanted) -> tuple[list[Row], int]:
        found, total = looks.materials(session, wanted, now=desk.now())
        return list(found), total

    async def opened(row: Row) -> None:
        if await edit_material(desk, str(row["id"])):
            await listing.reload()

    async def made(kind: MaterialKind) -> None:
        if await edit_material(desk, "", kind):
            await listing.reload()

    kinds = {str(kind): name for kind, name in KIND_NAMES.items()}
    filters = (Filter("q", "标题"), Filter("kind", "类型", kinds), Filter("state", "状态", looks.STATES))
    empty = "没有这样的素材。点上面的按钮添加图片、文件或链接。"
    listing = Listing(desk, _COLUMNS, rows, filters=filters, empty=empty, on_click=opened)
    if desk.may(Right.EDIT_MATERIALS):
        with ui.row().classes("wide actions"):
            for kind, name in KIND_NAMES.items():
                button = ui.button(f"添加{name}", icon=looks.ICONS[kind], on_click=lambda kind=kind: made(kind))
                button.props("unelevated no-caps" if kind is MaterialKind.IMAGE else "outline no-caps")
    await listing.show()
