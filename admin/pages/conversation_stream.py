"""The bubbles of a conversation: drawn once, redrawn one by one when something about them changes."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from nicegui import ui

from admin.desk import link
from admin.looks.conversation import Line
from admin.parts.marked import marked
from admin.parts.when import exactly
from core.zone import SHANGHAI

Select = Callable[[str], Awaitable[None]]
_TONES = {"已发送": "faint", "没有发出": "bad", "不确定是否送达": "bad", "稍后再试": "warn"}


class Stream:
    """`on_select` is called with the msgid of a customer's message that was tapped; `show_number` gives one in full."""

    def __init__(self, on_select: Select, show_number: Callable[[str], Awaitable[str | None]] | None) -> None:
        self._on_select, self._show_number = on_select, show_number
        self.lines: dict[str, Line] = {}
        self._places: dict[str, ui.element] = {}
        self._box = ui.element("div").classes("talk")
        with self._box:
            self.top = ui.element("div").classes("talk-more")
            self._older = ui.element("div").classes("talk-part")
            self._newer = ui.element("div").classes("talk-part")

    def place_of(self, msgid: str) -> ui.element | None:
        """Where the details of this message unfold on a phone."""
        return self._places.get(msgid)

    def prepend(self, lines: Sequence[Line]) -> None:
        """Older lines, above all others."""
        part = ui.element("div").classes("talk-part")
        part.move(self._older, target_index=0)
        with part:
            self._draw_all(lines)

    def follow(self, lines: Sequence[Line]) -> bool:
        """New lines at the end, changed ones in their place; whether anything is new."""
        new = [line for line in lines if line.msgid not in self.lines]
        for line in lines:
            if line.msgid in self.lines and self.lines[line.msgid] != line:
                self._redraw(line)
        last = max(self.lines.values(), key=lambda one: (one.at, one.id), default=None)
        with self._newer:
            self._draw_all(new, after=last)
        return bool(new)

    def to_end(self, *, at_once: bool) -> None:
        """Show the newest line; unless `at_once`, only to somebody who is reading near the end."""
        near = "true" if at_once else "e.scrollHeight - e.scrollTop - e.clientHeight < 400"
        ui.run_javascript(
            f"setTimeout(() => {{const e = getHtmlElement({self._box.id}); if (e && {near}) e.scrollTop = e.scrollHeight}}, 60)"
        )

    def to(self, msgid: str) -> None:
        """Show this line in the middle."""
        found = f"e.querySelector('[data-msgid=\"{self.lines[msgid].id}\"]')"
        ui.run_javascript(
            f"setTimeout(() => {{const e = getHtmlElement({self._box.id}); if (e) {found}?.scrollIntoView({{block: 'center'}})}}, 60)"
        )

    def mark(self, msgid: str) -> None:
        """Show which message is selected."""
        for key, place in self._places.items():
            place.parent_slot.parent.classes(add="chosen" if key == msgid else None, remove=None if key == msgid else "chosen")  # type: ignore[union-attr]

    def _draw_all(self, lines: Sequence[Line], *, after: Line | None = None) -> None:
        for line in lines:
            day = line.at.astimezone(SHANGHAI).date()
            if after is None or after.at.astimezone(SHANGHAI).date() != day:
                ui.label(f"{day:%Y-%m-%d}").classes("talk-day")
            self._draw(line)
            after = line

    def _draw(self, line: Line) -> None:
        self.lines[line.msgid] = line
        with ui.element("div").classes(f"talk-line {line.side}") as row:
            bubble = ui.element("div").classes("talk-bubble")
            place = ui.element("div").classes("talk-details lt-md")
        self._places[line.msgid] = place
        row.props(f'data-msgid="{line.id}"')
        self._fill(bubble, line)
        if line.side == "customer":
            bubble.classes("clickable").on("click", lambda: self._on_select(line.msgid))

    def _redraw(self, line: Line) -> None:
        self.lines[line.msgid] = line
        row = self._places[line.msgid].parent_slot
        if row is not None:
            bubble = next(iter(row.parent.default_slot.children))
            bubble.clear()
            self._fill(bubble, line)

    def _fill(self, bubble: ui.element, line: Line) -> None:
        with bubble:
            if line.side == "system":
                ui.label(f"{line.words} · {line.at.astimezone(SHANGHAI):%H:%M}")
                return
            _head(line)
            marks = line.reading.marks if line.reading else ()
            head, items = _menu_of(line)
            words = ui.html(marked(head, marks), sanitize=False).classes("pre talk-words recalled" if line.recalled else "pre talk-words")
            for item in items:
                ui.label(item).classes("talk-item")
            if line.hides and self._show_number:
                ui.button("显示电话").props("flat dense no-caps size=sm").on("click.stop", partial(self._reveal, line, words)).tooltip(
                    "会记入审计"
                )
            _foot(line)

    async def _reveal(self, line: Line, words: ui.html) -> None:
        if self._show_number and (found := await self._show_number(line.msgid)):
            words.set_content(marked(found, line.reading.marks if line.reading else ()))


def _menu_of(line: Line) -> tuple[str, list[str]]:
    """Of a menu of ours its heading and what can be tapped; of anything else the words."""
    if line.kind != "menu" or line.side != "us":
        return line.words, []
    head, *items = line.words.split("\n")
    return head, items


def _head(line: Line) -> None:
    told = " · ".join(filter(None, [line.name, f"{line.at.astimezone(SHANGHAI):%H:%M}", line.account, "已撤回" if line.recalled else ""]))
    ui.label(told).classes("faint").props(f'title="{exactly(line.at)}"')


def _foot(line: Line) -> None:
    with ui.element("div").classes("talk-foot"):
        if line.reading and line.decision:
            intents = "、".join(name for name, _ in line.reading.intents) or "没有听懂"
            ui.label(("不确定：" if line.reading.not_sure else "") + intents).classes("chip")
            ui.label(line.decision).classes("chip info" if line.decision == "回复" else "chip warn")
        for fix in line.fixes:
            if not fix.undone_by:
                ui.label(f"已更正：{fix.told}，{fix.by}").classes("chip good")
        for key, version, title in line.scripts if line.side == "us" else ():
            ui.link(f"{title} 第 {version} 版", link(f"/scripts/{key}")).classes("faint")
        if line.delivery:
            told = line.delivery.state + (f"：{line.delivery.reason}" if line.delivery.reason else "")
            ui.label(told).classes(_TONES.get(line.delivery.state, "warn"))
