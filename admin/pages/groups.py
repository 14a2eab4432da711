"""客户群: the list, the largest group first."""

from sqlalchemy.orm import Session

from admin.desk import Desk, link
from admin.looks import groups
from admin.looks.wanted import Wanted
from admin.parts.listing import Column, Filter, Listing, Row
from customers.lifecycle import STAGE_NAMES

_NAME = '<span class="strong">{{ props.row.name }}</span> <span v-if="props.row.dismissed" class="chip">已解散</span>'
_STAGE = (
    '<span :class="\'chip \' + props.row.tone" :title="props.row.why">{{ props.row.stage }}</span>'
    '<span v-if="props.row.held" class="chip info">已固定</span>'
)
_SHARE = "<span :title=\"'近 14 天和我们说过话的群客户：' + props.row.active + ' 人'\">{{ props.row.share }}</span>"
_AGE = "<span :title=\"'建群 ' + props.row.created\">{{ props.row.age }}</span>"
_COLUMNS = (
    Column("name", "客户群", cell=_NAME),
    Column("owner", "群主"),
    Column("store", "门店"),
    Column("size", "客户数", sortable=True, align="right"),
    Column("moves", "7 天入群 / 退群", align="right"),
    Column("share", "可见活跃", sortable=True, align="right", cell=_SHARE),
    Column("stage", "阶段", sortable=True, cell=_STAGE),
    Column("age", "群龄", sortable=True, align="right", cell=_AGE),
)


async def show(desk: Desk) -> None:
    """Filters and list; a click opens the group."""

    def rows(session: Session, wanted: Wanted) -> tuple[list[Row], int]:
        return groups.groups(session, desk.who, wanted, desk.office.stores, now=desk.now())

    filters = (
        Filter("q", "群名或群主"),
        Filter("stage", "阶段", {str(stage): name for stage, name in STAGE_NAMES.items()}),
        Filter("store", "门店", desk.office.stores),
        Filter("state", "状态", groups.STATES),
    )
    empty = "没有符合条件的客户群。顾问在企业微信里建了客户群，或到了每天的同步时间，就会出现在这里。"
    await Listing(desk, _COLUMNS, rows, filters=filters, empty=empty, to=lambda row: link(f"/groups/{row['chat_id']}")).show()
