"""审计: who changed what, when, from what to what."""

from admin.desk import Desk
from admin.looks import audit
from admin.parts.listing import Column, Filter, Listing

_CHANGES = (
    '<div v-for="one in props.row.changes" :key="one.name" class="pre"><span class="soft">{{ one.name }}：</span>'
    '<s class="faint" v-if="one.before != \'—\'">{{ one.before }}</s> <span>{{ one.after }}</span></div>'
)
_COLUMNS = (
    Column("at", "时间", sortable=True),
    Column("operator", "谁"),
    Column("act", "做了什么"),
    Column("subject_id", "对象"),
    Column("changes", "改动", cell=_CHANGES),
)


async def show(desk: Desk) -> None:
    """The list."""
    filters = (Filter("operator", "谁"), Filter("act", "做了什么"), Filter("subject_id", "对象"))
    await Listing(desk, _COLUMNS, audit.entries, filters=filters, empty="还没有改动记录。有人在这里改了什么，都会留一行。").show()
