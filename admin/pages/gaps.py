"""未答问题: what customers asked and nobody could answer, grouped by meaning, the dearest first."""

from functools import partial

from nicegui import ui
from sqlalchemy.orm import Session

from admin.acts import gaps as acts
from admin.desk import Desk, link
from admin.looks import gaps
from admin.looks.wanted import Wanted
from admin.parts.listing import Column, Filter, Listing, Row
from admin.parts.when import when
from customers.rules import LEVEL_NAMES
from customers.terms import Level

_QUESTION = (
    '<div class="strong">{{ props.row.title }} <span v-if="props.row.asked_again" class="chip warn">发布后又问到</span></div>'
    '<div class="soft" v-for="one in props.row.examples" :key="one">{{ one }}</div>'
)
_COUNT = '<span class="num strong">{{ props.row.count }}</span> <span class="faint">次 · {{ props.row.people }} 人</span>'
_WEEK = (
    '<span class="num">{{ props.row.week }}</span> <span class="faint">前 7 天 {{ props.row.before }}</span> '
    '<span v-if="props.row.week > props.row.before" class="bad">↑</span>'
    '<span v-else-if="props.row.week < props.row.before" class="good">↓</span>'
)
_SPARK = '<svg class="spark" width="90" height="22" role="img" aria-label="近 30 天"><polyline :points="props.row.spark"/></svg>'
_LEVELS = (
    '<span v-for="one in props.row.levels" :key="one.level" '
    ":class=\"'chip ' + (one.level == 'H' ? 'bad' : one.level == 'A' ? 'warn' : '')\">{{ one.level }} {{ one.count }}</span>"
)
_COLUMNS = (
    Column("title", "问题", cell=_QUESTION),
    Column("worth", "分量", sortable=True, cell='<span class="num">{{ props.row.worth }}</span>'),
    Column("count", "问过", sortable=True, cell=_COUNT),
    Column("levels", "谁在问", cell=_LEVELS),
    Column("week", "近 7 天", sortable=True, cell=_WEEK),
    Column("spark", "近 30 天", cell=_SPARK, on_phone=False),
    Column("last", "最近一次", sortable=True),
)
_EXPLAINED = (
    "收进来的：没听懂、话术库没有答案、只答了一半的问题，以及您更正过意图的消息；意思相近的归成一组，每分钟整理一次。"
    "后来看出是一回事的几组会自动并成一组；您起草过、忽略过、合并或移出过的，系统不会把它并走。"
    "不收：寒暄、闲聊、与购车无关的话，还有投诉、故障、找人工、留电话、不想被打扰：它们有各自的处理，不靠话术回答。"
    "分量：每问一次按客户级别计分，H 8、A 4、B 和 O 2、其余 1。"
)


async def show(desk: Desk) -> None:
    """The groups; a click opens one."""
    head = await desk.look(gaps.counts)

    def rows(session: Session, wanted: Wanted) -> tuple[list[Row], int]:
        found, total = gaps.gaps(session, desk.who, wanted, now=desk.now())
        return list(found), total

    _head(desk, head)
    states = {state: f"{name} {head.states.get(state, 0)}" for state, name in acts.STATE_NAMES.items()}
    filters = (
        Filter("words", "问题里的字"),
        Filter("state", "状态", states),
        Filter("level", "级别", {str(level): f"{level} {name}" for level, name in LEVEL_NAMES.items()}),
    )
    empty = "没有这样的问题。客户问了没答上来的，一分钟内会出现在这里。"
    listing = Listing(desk, _COLUMNS, rows, filters=filters, empty=empty, to=_to)
    if not desk.query:
        # Who just opens the page wants what is to be done.
        listing.wanted = listing.wanted.filtered("state", "open")
    await listing.show()


def _to(row: Row) -> str:
    return link(f"/gaps/{row['id']}")


def _head(desk: Desk, head: gaps.Counts) -> None:
    with ui.row().classes("filters"):
        ui.label(f"待处理 {head.states.get('open', 0)} 组").classes("strong")
        ui.label(f"最近整理：{when(head.done_at, now=desk.now())} · 另有 {head.left_out} 句不算问题").classes("soft")
        ui.button("怎么算的", icon="help_outline", on_click=partial(_explain)).props("flat dense no-caps size=sm")


def _explain() -> None:
    with ui.dialog(value=True), ui.card().classes("dialog"):
        ui.label("未答问题怎么来的").classes("strong")
        ui.label(_EXPLAINED).classes("pre")
        ui.label("级别：" + "；".join(f"{level} {LEVEL_NAMES[level]}" for level in Level)).classes("soft")
