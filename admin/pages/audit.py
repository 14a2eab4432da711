"""审计: who changed what, when, from what to what."""

from sqlalchemy.orm import Session

from admin.desk import Desk, href
from admin.looks import audit
from admin.looks.wanted import Wanted
from admin.parts.listing import Column, Filter, Listing, Row

_CHANGES = (
    '<div v-for="one in props.row.changes" :key="one.name" class="pre"><span class="soft">{{ one.name }}：</span>'
    '<s class="faint" v-if="one.before != \'—\'">{{ one.before }}</s> <span>{{ one.after }}</span></div>'
)
_SUBJECT = (
    '<a v-if="props.row.page" :href="props.row.page" :title="props.row.subject_id">{{ props.row.subject }}</a>'
    '<span v-else :title="props.row.subject_id">{{ props.row.subject }}</span>'
)
_COLUMNS = (
    Column("at", "时间", sortable=True, short=True),
    Column("operator", "谁", short=True),
    Column("act", "做了什么"),
    Column("subject", "对象", cell=_SUBJECT),
    Column("changes", "改动", cell=_CHANGES),
)


async def show(desk: Desk) -> None:
    """The list."""

    def rows(session: Session, wanted: Wanted) -> tuple[list[Row], int]:
        found, total = audit.entries(session, desk.who, wanted, desk.office.names)
        return [{**row, "page": href(row["page"]) if row["page"] else ""} for row in found], total

    filters = (Filter("operator", "谁"), Filter("act", "做了什么"), Filter("subject_id", "客户名字或编号"))
    await Listing(desk, _COLUMNS, rows, filters=filters, empty="没有这样的改动记录。有人在这里改了什么，都会留一行。").show()
