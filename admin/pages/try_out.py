"""命中测试: type a question, see what is understood, what the bot would do, and why the scripts come in this order."""

from dataclasses import asdict, replace
from functools import partial
from typing import Any, Final

from nicegui import ui

from admin.desk import Desk, in_thread, link
from admin.looks import try_out as looks
from admin.looks.scripts import sheet_names
from admin.looks.try_out import Asked, Tried, marks_in
from admin.parts.marked import marked
from admin.terms import Right
from bot.decide import Answer
from bot.describe import DECISION_NAMES, reason_name
from intents.names import INTENT_NAMES
from kb.explain import Lost, Part, Placed
from kb.render import pick_answer, render
from kb.sheet_rows import SheetNames

_SETTLED: Final = {"model": "车型", "city": "城市", "store": "门店"}


async def show(desk: Desk) -> None:
    """The page; the address holds the question and what is settled."""
    names = await desk.look(lambda session: sheet_names(session, desk.office))
    await TryPage(desk, names).show()


class TryPage:
    """One question at a time."""

    def __init__(self, desk: Desk, names: SheetNames) -> None:
        self._desk, self._names = desk, names
        query = desk.query
        self._asked = Asked(
            query.get("q", "").strip()[:500], query.get("earlier", "").strip()[:500], **{n: query.get(n, "") for n in _SETTLED}
        )
        self._box: ui.column
        self._lost: ui.column

    async def show(self) -> None:
        """Build it; a question in the address is asked at once."""
        with ui.column().classes("card"):
            words = ui.input("客户的问题", value=self._asked.words, placeholder="例如：E7 冬天续航掉得厉害吗")
            words.props("outlined dense autofocus clearable").classes("wide").on("keydown.enter", lambda: self._ask(words=words.value))
            with ui.row().classes("settled"):
                earlier = ui.input("上一个问题（可不填）", value=self._asked.earlier).props("outlined dense clearable").classes("grow")
                earlier.on("keydown.enter", lambda: self._ask(words=words.value))
                earlier.on_value_change(lambda event: self._set(earlier=event.value))
                for name, label in _SETTLED.items():
                    self._settled(name, label)
                ui.button("测试", icon="bolt", on_click=lambda: self._ask(words=words.value)).props("unelevated no-caps")
            ui.label("和客户真的发来一样处理，但不会发出任何消息，也不留记录。").classes("faint")
        self._box = ui.column().classes("wide")
        if self._asked.words:
            await self._ask(words=self._asked.words)

    def _settled(self, name: str, label: str) -> None:
        options = {"": f"{label}：没说过", **getattr(self._names, {"model": "models", "city": "cities", "store": "stores"}[name])}
        value = getattr(self._asked, name)
        field = ui.select(options, value=value if value in options else "", on_change=lambda event: self._set(**{name: event.value}))
        field.props(f"outlined dense options-dense aria-label={label}").classes("filter")

    def _set(self, **said: Any) -> None:
        self._asked = replace(self._asked, **{name: str(value or "").strip() for name, value in said.items()})

    async def _ask(self, *, words: str | None) -> None:
        self._set(words=words)
        self._desk.keep_address({("q" if name == "words" else name): value for name, value in asdict(self._asked).items()})
        self._box.clear()
        if not self._asked.words:
            return
        with self._box:
            ui.spinner(size="md")
        tried = await in_thread(lambda: looks.try_out(self._desk.office, self._asked, now=self._desk.now()))
        self._box.clear()
        with self._box:
            self._show(tried)

    def _show(self, tried: Tried) -> None:
        with ui.element("div").classes("halves"):
            self._understood(tried)
            self._decided(tried)
        self._ranking(tried)
        with ui.column().classes("card"):
            ui.label("为什么不是它").classes("head")
            titles = {one.content.key: one.content.title for one in self._desk.office.scripts.library.published}
            select = ui.select(titles, label="选一条您以为会命中的话术", with_input=True, clearable=True)
            select.props("outlined dense options-dense").classes("wide")
            self._lost = ui.column().classes("wide")
            select.on_value_change(lambda event: self._why_not(tried, event.value))

    def _understood(self, tried: Tried) -> None:
        understood = tried.understood
        with ui.column().classes("card"):
            ui.label("听懂了什么").classes("head")
            ui.html(marked(understood.message, marks_in(understood, self._desk.office.names)), sanitize=False).classes("pre asked")
            if tried.whole != understood.normalised:
                ui.label(f"结合上文，按「{tried.whole}」去找").classes("soft")
            for found in understood.ranking[:4]:
                carried = found.name in {one.name for one in understood.intents}
                _bar(INTENT_NAMES[found.name], found.score, f"{found.score:.0%}", "" if carried else "weak")
            if understood.not_sure:
                ui.label("意图没有把握").classes("chip warn")
            with ui.row().classes("chips"):
                for kind, text in looks.found_in(understood, self._desk.office.names):
                    ui.label(text).classes(f"chip {kind}")

    def _decided(self, tried: Tried) -> None:
        name, why = tried.decision
        office = self._desk.office
        with ui.column().classes("card"):
            ui.label("机器人会怎么做").classes("head")
            with ui.row().classes("chips"):
                ui.label(DECISION_NAMES[name]).classes(f"chip {'good' if name in ('answer', 'acknowledge') else 'warn'}")
                ui.label(reason_name(why)).classes("soft")
            limits = office.thresholds()
            ui.label(f"把握 {limits.answer_at:.0%} 以上直接回复，{limits.clarify_at:.0%} 以上给出选项").classes("faint")
            says = isinstance(tried.thought.decision, Answer)
            for match in looks.named(tried.thought.decision):
                content = office.scripts.content(match.key)
                with ui.column().classes("wide said"):
                    ui.link(match.title, link(f"/scripts/{match.key}"), new_tab=True)
                    if says and content:
                        said = render(pick_answer(content, 0), {}, office.speech.replies.variables)
                        ui.label(said.text).classes("bubble ours pre")

    def _ranking(self, tried: Tried) -> None:
        with ui.column().classes("card"):
            ui.label("候选话术和得分").classes("head")
            if not tried.ranking:
                ui.label("没有可用的话术：话术库是空的，或者都不在适用范围和有效期里。").classes("soft")
            for placed in tried.ranking:
                self._placed(placed, chosen=placed.match.key in tried.chosen, first=tried.ranking[0])

    def _placed(self, placed: Placed, *, chosen: bool, first: Placed) -> None:
        match = placed.match
        with ui.expansion(value=placed.place == 1).classes("wide placed").props("dense") as box:
            with box.add_slot("header"), ui.row().classes("wide head-row"):
                ui.label(str(placed.place)).classes("num soft")
                ui.label(match.title).classes("strong")
                if chosen:
                    ui.label("会用").classes("chip good")
                ui.space()
                ui.label(f"得分 {match.score:.2f}").classes("num soft")
                ui.label(f"把握 {match.confidence:.0%}").classes("num strong")
            ui.label(f"最相近的问法：{placed.near}").classes("soft")
            if placed.against and any(part.name == "negative" and part.worth < 0 for part in placed.parts):
                ui.label(f"更像它的反例：{placed.against}").classes("bad")
            _parts(placed.parts)
            if placed is not first:
                ui.label(looks.why_behind(placed, first)).classes("soft")
            ui.link("打开话术", link(f"/scripts/{match.key}"), new_tab=True)

    async def _why_not(self, tried: Tried, key: str | None) -> None:
        self._lost.clear()
        if not key:
            return
        office, asked, now = self._desk.office, self._asked, self._desk.now()
        lost = await in_thread(lambda: looks.why_not(office, asked, tried.whole, key, now=now))
        with self._lost:
            self._show_lost(lost)

    def _show_lost(self, lost: Lost | None) -> None:
        if lost is None:
            ui.label("它在上面的候选里，点开可以看到得分。").classes("soft")
            return
        for reason in lost.reasons:
            ui.label(f"{reason.absence}　{reason.detail}").classes("strong")
        if lost.placed and lost.first:
            with ui.element("div").classes("halves"):
                for head, placed in (("它", lost.placed), ("第 1 名", lost.first)):
                    with ui.column().classes("wide"):
                        ui.label(f"{head}：{placed.match.title}　{placed.match.score:.2f}").classes("strong")
                        ui.label(f"最相近的问法：{placed.near}").classes("soft")
                        _parts(placed.parts)
        if self._desk.may(Right.EDIT_SCRIPTS):
            address = link(f"/scripts/{lost.key}")
            ui.button("去给它加上这个问法", icon="edit", on_click=partial(ui.navigate.to, address)).props("outline no-caps dense")


def _parts(parts: tuple[Part, ...]) -> None:
    for part in parts:
        if part.worth:
            _bar(part.label, abs(part.worth), f"{part.worth:+.2f}", "minus" if part.worth < 0 else "")


def _bar(label: str, share: float, shown: str, kind: str) -> None:
    with ui.row().classes("bar-row"):
        ui.label(label).classes("label")
        with ui.element("div").classes(f"meter {kind}"):
            ui.element("div").style(f"width: {min(share, 1):.1%}")
        ui.label(shown).classes("num")
