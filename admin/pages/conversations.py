"""会话: who waits, who serves whom, what was said last."""

from functools import partial

from nicegui import ui
from sqlalchemy.orm import Session

from admin.desk import Desk, link
from admin.looks import conversations
from admin.looks.wanted import Wanted
from admin.parts.levels import ORDER, level_name
from admin.parts.listing import Column, Filter, Listing, Row
from bot.describe import DECISION_NAMES

_NAME = (
    '<span class="dot" v-if="props.row.unread" title="还没有人看过"></span><span class="strong">{{ props.row.name }}</span> '
    '<span :class="\'chip \' + props.row.level_tone" :title="props.row.level_name">{{ props.row.level }}</span>'
)
_SERVES = "<span :class=\"'chip ' + props.row.tone\">{{ props.row.serves }}</span>"
_WAITS = "<span :class=\"'num ' + (props.row.late ? 'bad strong' : '')\">{{ props.row.waits || '—' }}</span>"
_WORDS = '<span class="pre">{{ props.row.words }}</span>'
_DECISION = '<span class="one-line">{{ props.row.decision }}</span>'
_COLUMNS = (
    Column("name", "客户", cell=_NAME),
    Column("words", "最后一句", cell=_WORDS),
    Column("serves", "谁在接待", cell=_SERVES),
    Column("waits", "等了多久", sortable=True, cell=_WAITS),
    Column("decision", "上一轮", cell=_DECISION),
    Column("at", "客户最后说话", sortable=True),
)
_HEADLINE = {"waiting": "bad", "pool": "warn", "promised": "warn", "operator": "info", "servicer": "info", "unread": ""}


async def show(desk: Desk) -> None:
    """The views with their numbers, then the list."""
    headline = ui.row().classes("filters")

    def rows(session: Session, wanted: Wanted) -> tuple[list[Row], int]:
        found, total = conversations.conversations(session, desk.who, wanted, now=desk.now())
        return list(found), total

    names = await desk.look(conversations.advisor_names)
    filters = (
        Filter("view", "会话", conversations.VIEWS),
        Filter("servicer", "顾问或接待人员", names),
        Filter("decision", "上一轮", {name: label for name, label in DECISION_NAMES.items() if name}),
        Filter("level", "级别", {str(level): level_name(level) for level in ORDER}),
        Filter("words", "客户名或说过的话"),
    )
    empty = "没有这样的会话。客户在微信客服里开口后，会出现在这里。"
    listing = Listing(desk, _COLUMNS, rows, filters=filters, empty=empty, to=_address)
    await listing.show()
    await _count(desk, headline, listing)
    ui.timer(15, partial(_again, desk, headline, listing), immediate=False)


def _address(row: Row) -> str:
    return link(f"/conversations/{row['external_id']}", account=row["open_kfid"])


async def _again(desk: Desk, headline: ui.row, listing: Listing) -> None:
    await listing.reload_by_itself()
    await _count(desk, headline, listing, by_itself=True)


async def _count(desk: Desk, headline: ui.row, listing: Listing, *, by_itself: bool = False) -> None:
    numbers = await desk.look(lambda session: conversations.counts(session, desk.who, now=desk.now()), by_itself=by_itself)
    headline.clear()
    with headline:
        for view, tone in _HEADLINE.items():
            chosen = "chip view here" if listing.wanted.get("view") == view else "chip view"
            words = f"{conversations.VIEWS[view]} {numbers[view]}"
            chip = ui.element("button").classes(f"{chosen} {tone if numbers[view] else ''}")
            with chip:
                ui.label(words).classes("num")
            chip.on("click", partial(_narrow, desk, headline, listing, view))


async def _narrow(desk: Desk, headline: ui.row, listing: Listing, view: str) -> None:
    await listing.narrow("view", "" if listing.wanted.get("view") == view else view)
    await _count(desk, headline, listing)
