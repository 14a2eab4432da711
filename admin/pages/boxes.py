"""收发件箱: what stopped and why on top, every row below; try again or give up, one, some, or all of one reason."""

from collections.abc import Callable, Sequence

from nicegui import ui

from admin.acts import boxes as acts
from admin.desk import Desk, link
from admin.looks import boxes as looks
from admin.looks.box_words import given_up
from admin.looks.boxes import BOXES, PERIODS, STATES, Detail
from admin.parts.dialog import answer_to
from admin.parts.listing import Column, Filter, Listing, Row
from admin.parts.sure import sure
from admin.terms import Right
from bot.boxes import Pile, Settled

_STATE = "<span :class=\"'chip ' + props.row.tone\">{{ props.row.state }}</span>"
_COLUMNS = (
    Column("kind", "是什么"),
    Column("to", "和谁有关"),
    Column("state", "状态", cell=_STATE),
    Column("reason", "原因"),
    Column("attempts", "次数", sortable=True, align="right"),
    Column("at", "时间", sortable=True),
)
_BOX_NAMES = {"in": "收件", "out": "发件"}
Settle = Callable[..., Settled]


async def show(desk: Desk) -> None:
    """One box; the other is a click away."""
    box = desk.query.get("box", "in") if desk.query.get("box") in BOXES else "in"
    page = _Page(desk, box)
    with ui.row().classes("chips"):
        for one, name in _BOX_NAMES.items():
            ui.link(name, link("/boxes", box=one)).classes("chip view info" + (" here" if one == box else ""))
    page.piles = ui.column().classes("card")
    await page.show_piles()
    page.chosen = ui.row().classes("actions")
    filters = (
        Filter("state", "状态", STATES),
        Filter("kind", "种类", looks.names_of(BOXES[box])),
        Filter("reason", "原因里的字"),
        Filter("days", "时间", PERIODS),
    )
    page.listing = Listing(
        desk,
        _COLUMNS,
        lambda session, wanted: looks.rows(session, desk.who, box, wanted, now=desk.now()),
        filters=filters,
        empty="没有这样的记录。",
        on_click=page.opened,
        on_select=page.selected if desk.may(Right.SETTLE_BOXES) else None,
    )
    await page.listing.show()


class _Page:
    """What belongs together on this page: the piles, the list, and what is chosen in it."""

    piles: ui.column
    chosen: ui.row
    listing: Listing

    def __init__(self, desk: Desk, box: str) -> None:
        self._desk, self._box, self._table = desk, box, BOXES[box]

    async def show_piles(self) -> None:
        """The headline: what stopped, by reason, oldest first."""
        found = await self._desk.look(lambda session: looks.pile_rows(session, self._box, now=self._desk.now()))
        self.piles.clear()
        with self.piles:
            count = sum(pile.count for pile, _ in found)
            ui.label(f"{count} 条{_BOX_NAMES[self._box]}停下来等人处理" if count else f"没有停下的{_BOX_NAMES[self._box]}").classes("head")
            for pile, said in found:
                self._pile(pile, said)

    def _pile(self, pile: Pile, said: dict[str, str]) -> None:
        with ui.element("div").classes("pile"):
            ui.html(f'<span class="chip {"warn" if pile.state == "unclear" else "bad"}">{pile.count} 条</span>', sanitize=False)
            with ui.column().classes("pile-words gap-0"):
                ui.label(f"{said['kind']}：{said['reason']}").classes("pre")
                ui.label(f"最早 {said['since']} · {said['do']}").classes("soft")
            with ui.row().classes("gap-s"):
                ui.button("查看", on_click=lambda: self._only(pile)).props("flat dense no-caps")
                if self._desk.may(Right.SETTLE_BOXES):
                    ui.button("都重试", on_click=lambda: self._settle_pile(pile, acts.try_pile_again)).props("flat dense no-caps")
                    ui.button("都放弃", on_click=lambda: self._settle_pile(pile, acts.give_pile_up)).props(
                        "flat dense no-caps color=negative"
                    )

    async def _only(self, pile: Pile) -> None:
        ui.navigate.to(link("/boxes", box=self._box, state=pile.state, kind=pile.kind, reason=pile.reason, days="all"))

    async def _settle_pile(self, pile: Pile, act: Settle) -> None:
        trying = act is acts.try_pile_again
        twice = "不确定对方是否收到的，重试可能让对方收到两次。" if pile.state == "unclear" else ""
        what, risk = ("重试", twice) if trying else ("放弃", given_up([]))
        if await sure(f"{what}这 {pile.count} 条？{risk}", what):
            await self._do(lambda session, who: act(session, who, self._table, pile, now=self._desk.now()))

    async def selected(self, rows: Sequence[Row]) -> None:
        """Buttons for what is ticked; only what stopped can be settled."""
        stuck = [row for row in rows if row["stuck"]]
        self.chosen.clear()
        if not rows:
            return
        with self.chosen:
            ui.label(f"选中 {len(rows)} 条，其中 {len(stuck)} 条停下的可以处理").classes("soft")
            if stuck:
                ui.button("重试", on_click=lambda: self._settle(stuck, acts.try_again)).props("outline dense no-caps")
                ui.button("放弃", on_click=lambda: self._settle(stuck, acts.give_up)).props("outline dense no-caps color=negative")

    async def _settle(self, rows: Sequence[Row], act: Settle) -> None:
        ids, trying = [row["id"] for row in rows], act is acts.try_again
        what = "重试" if trying else "放弃"
        risk = "其中不确定对方是否收到的，重试可能让对方收到两次。" if trying else given_up(rows)
        if await sure(f"{what}选中的 {len(ids)} 条？{risk}", what):
            await self._do(lambda session, who: act(session, who, self._table, ids, now=self._desk.now()))

    async def _do(self, act: Callable[..., Settled]) -> None:
        settled = await self._desk.act(act)
        if settled is not None:
            self._desk.office.ring()
            late = f"，{len(settled.late)} 条已过有效时间，没有动" if settled.late else ""
            ui.notify(f"处理了 {len(settled.done)} 条{late}", type="positive")
        self.chosen.clear()
        await self.listing.reload()
        # The last: it takes away the button that was clicked, and with it the place where the page is drawn from.
        await self.show_piles()

    async def opened(self, row: Row) -> None:
        """One row in full, and what can be done with it."""
        found: Detail | None = await self._desk.attempt(lambda: self._detail(row["id"]))
        if found is None:
            return
        with ui.dialog() as dialog, ui.card().classes("dialog pick"):
            _told(found)
            with ui.row().classes("ends"):
                ui.button("关闭", on_click=lambda: dialog.submit("")).props("flat no-caps")
                if found.is_stuck and self._desk.may(Right.SETTLE_BOXES):
                    ui.button("放弃", on_click=lambda: dialog.submit("give up")).props("flat no-caps color=negative")
                    again = ui.button("重试", on_click=lambda: dialog.submit("again")).props("unelevated no-caps")
                    again.set_enabled(not found.late)
        wish = await answer_to(dialog)
        if wish == "give up" and not await sure(f"放弃这一条？{given_up([row])}", "放弃"):
            return
        if wish:
            act: Settle = acts.try_again if wish == "again" else acts.give_up
            await self._do(lambda session, who: act(session, who, self._table, [found.id], now=self._desk.now()))

    def _detail(self, row_id: int) -> Detail:
        with self._desk.office.database.reading() as session:
            return looks.detail(session, self._desk.still(), self._box, row_id, now=self._desk.now())


def _told(found: Detail) -> None:
    with ui.row().classes("head-row"):
        ui.label(found.kind).classes("strong")
        ui.label(found.state).classes("chip")
    for words, look in (
        (found.reason, "pre"),
        (found.means, "soft"),
        (found.do, "soft"),
        (found.warning, "soft" if found.heard_once else "note"),
    ):
        if words:
            ui.label(words).classes(look)
    if found.customer:
        ui.link(f"客户：{found.customer[1]}", link(f"/customers/{found.customer[0]}"))
    with ui.row().classes("facts"):
        for name, value in found.facts:
            with ui.column().classes("fact"):
                ui.label(name).classes("faint")
                ui.label(value).classes("num")
    if found.words or found.hidden:
        ui.label(found.words or found.hidden).classes("pre said-words" if found.words else "faint")
