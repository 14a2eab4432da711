"""One conversation, live: who serves the customer, the chat, what was understood, and a place to write."""

from functools import partial

from nicegui import ui
from sqlalchemy.orm import Session

from admin.acts import conversations as acts
from admin.desk import Desk, link
from admin.looks import conversation as looks
from admin.looks.conversation import Account, Line, Names
from admin.pages.conversation_panel import show_panel
from admin.pages.conversation_serve import Composer, show_serving
from admin.pages.conversation_stream import Stream
from admin.parts.levels import level_name, level_tone
from admin.sight import customer_for
from admin.terms import Blocked, Right
from customers.models import Customer

EVERY = 2.0  # seconds between two looks for something new
AT_MOST = 200  # lines that are compared on a look; what is further up changes no more
FAR = 500  # how far back the address may point
WATCHED = 20  # of our own newest messages: WeCom may still say that one of them did not arrive


async def show(desk: Desk) -> None:
    """The whole page, or a sentence where the customer is not his to see."""
    page = Conversation(desk, desk.path["external_id"])
    try:
        await page.open()
    except Blocked as blocked:
        with ui.column().classes("card"):
            ui.label(str(blocked)).classes("empty")
            ui.link("回到会话列表", link("/conversations"))


class Conversation:
    """What is open in one browser tab."""

    def __init__(self, desk: Desk, external_id: str) -> None:
        self._desk, self._external_id = desk, external_id
        self._names = Names(desk.office.names, {name: weight.zh for name, weight in desk.office.rules.weights.items()})
        self._open_kfid, self._at = desk.query.get("account", ""), desk.query.get("at", "")
        self._selected, self._unfolded = "", False
        self._drawn: Line | None = None  # what the panel shows
        self._stamp: tuple[object, ...] = ()
        self._customer: Customer
        self._accounts: list[Account] = []

    async def open(self) -> None:
        """Draw it, and begin to look for news. Blocked for a customer out of sight."""
        lines = await self._look()
        self._build()
        self._stream.follow(lines)
        self._refresh_head()
        self._offer_older(len(lines))
        self._begin_at(lines)
        await self._read()
        self._timer = ui.timer(EVERY, self._tick, immediate=False)

    def _begin_at(self, lines: list[Line]) -> None:
        """At the message that the address names, otherwise at the end."""
        heard = [line.msgid for line in lines if line.side == "customer"]
        if self._at in self._stream.lines:
            self._stream.to(self._at)
        else:
            self._stream.to_end(at_once=True)
            if self._at:
                ui.notify("没有找到那句话，可能太早或已删除", type="warning")
        chosen = self._at if self._at in heard else next(reversed(heard), "")
        if chosen:
            self._select(chosen, unfold=chosen == self._at)

    def _build(self) -> None:
        self._root = ui.element("div").style("display: none")
        self._head = ui.column().classes("card talk-head")
        with ui.element("div").classes("talk-page"):
            with ui.column().classes("card talk-card"):
                self._stream = Stream(self._tapped, self._number if self._desk.may(Right.SEE_PHONES) else None)
                self._composer = Composer(self._desk, self._account, self._now_look)
            self._panel = ui.column().classes("card talk-panel gt-sm")

    async def _look(self) -> list[Line]:
        def looking(session: Session) -> list[Line]:
            who, now = self._desk.who, self._desk.now()
            self._customer = customer_for(session, who, self._external_id)
            self._accounts = looks.accounts(session, who, self._external_id, now=now)
            opened = hasattr(self, "_stream")
            shown = len(self._stream.lines) if opened else looks.lines_since(session, self._external_id, self._at)
            limit = min(max(shown, looks.LINES), AT_MOST if opened else FAR)
            lines = looks.lines(session, who, self._external_id, self._names, limit=limit)
            self._stamp = looks.stamp(session, self._external_id, _pending(lines), now=now)
            return lines

        return await self._desk.look(looking)

    async def _tick(self) -> None:
        """A cheap look; the whole only when something has changed. Ends with the session."""
        try:
            pending = _pending(list(self._stream.lines.values())[-AT_MOST:])
            now = self._desk.now()
            stamp = await self._desk.look(lambda session: looks.stamp(session, self._external_id, pending, now=now), by_itself=True)
            if stamp != self._stamp:
                await self._now_look()
        except Blocked as blocked:
            self._timer.deactivate()
            ui.notify(str(blocked), type="warning", close_button="好", timeout=0)

    async def _now_look(self) -> None:
        lines = await self._look()
        self._tell_failed(lines)
        if self._stream.follow(lines):
            self._stream.to_end(at_once=False)
            await self._read()
        self._refresh_head()
        if self._drawn is not None and self._stream.lines.get(self._selected) != self._drawn:
            self._fill_panel()

    def _tell_failed(self, lines: list[Line]) -> None:
        """What he wrote himself and did not arrive: he may be reading elsewhere on the page."""
        for line in lines:
            before = self._stream.lines.get(line.msgid)
            if before and before.delivery != line.delivery and line.name == self._desk.who.shown_as and _has_failed(line):
                told = f"您写的没有发出：{line.delivery.reason}" if line.delivery else ""
                ui.notify(told, type="negative", multi_line=True, close_button="好", timeout=0)

    async def _number(self, msgid: str) -> str | None:
        return await self._desk.act(lambda session, who: acts.show_number(session, who, self._external_id, msgid, now=self._desk.now()))

    async def _read(self) -> None:
        await self._desk.act(lambda session, who: acts.note_read(session, who, self._external_id, now=self._desk.now()))

    def _account(self) -> Account | None:
        chosen = next((one for one in self._accounts if one.open_kfid == self._open_kfid), None)
        return chosen or (self._accounts[0] if self._accounts else None)

    def _refresh_head(self) -> None:
        self._head.clear()
        customer, account = self._customer, self._account()
        with self._head, ui.row().classes("talk-title"):
            ui.label(customer.nickname or "微信客户").classes("strong")
            ui.label(level_name(customer.level)).classes(f"chip {level_tone(customer.level)}")
            if customer.opted_out_at:
                ui.label("不希望被打扰").classes("chip bad")
            if self._desk.may(Right.SEE_CUSTOMERS):
                ui.link("客户资料", link(f"/customers/{self._external_id}")).classes("soft")
            if len(self._accounts) > 1 and account:
                options = {one.open_kfid: one.name for one in self._accounts}
                ui.select(options, value=account.open_kfid, on_change=lambda event: self._choose(str(event.value))).props("dense outlined")
            ui.space()
            if account:
                show_serving(self._desk, self._external_id, account, self._root, self._now_look)
        self._composer.refresh()

    def _choose(self, open_kfid: str) -> None:
        self._open_kfid = open_kfid
        self._desk.keep_address({"account": open_kfid})
        self._refresh_head()

    async def _tapped(self, msgid: str) -> None:
        self._select(msgid, unfold=True)

    def _select(self, msgid: str, *, unfold: bool) -> None:
        before = self._stream.place_of(self._selected) if self._selected else None
        if before:
            before.clear()
        # A second tap on the same message folds its details again.
        self._unfolded = unfold and not (self._unfolded and self._selected == msgid)
        self._selected = msgid
        self._stream.mark(msgid)
        self._fill_panel()

    def _fill_panel(self) -> None:
        """At the right on a desktop; below the bubble on a phone, once it was tapped."""
        line = self._drawn = self._stream.lines[self._selected]
        places: list[ui.element] = [self._panel]
        below = self._stream.place_of(self._selected)
        if below and self._unfolded:
            places.append(below)
        for place in places:
            place.clear()
            with place:
                show_panel(self._desk, line, self._root, self._now_look)

    def _offer_older(self, count: int) -> None:
        self._stream.top.clear()
        if count >= looks.LINES:
            with self._stream.top:
                ui.button("更早的消息", icon="expand_less", on_click=partial(self._older)).props("flat dense no-caps")

    async def _older(self) -> None:
        first = min(self._stream.lines.values(), key=lambda line: (line.at, line.id))
        before = (first.at, first.id)
        who = self._desk.who
        lines = await self._desk.look(lambda session: looks.lines(session, who, self._external_id, self._names, before=before))
        self._stream.prepend(lines)
        self._offer_older(len(lines))


def _pending(lines: list[Line]) -> list[str]:
    """Keys of what we said whose fate may still change: what is on its way, and the newest."""
    ours = [line for line in lines if line.delivery]
    going = [line for line in ours if line.delivery and line.delivery.state in ("等待发送", "发送中", "稍后再试")]
    return sorted({line.msgid for line in [*going, *ours[-WATCHED:]]})


def _has_failed(line: Line) -> bool:
    return line.delivery is not None and line.delivery.state in ("没有发出", "不确定是否送达")
