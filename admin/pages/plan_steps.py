"""SOP: a plan's steps in columns of weeks, weekdays and dates; a click opens one to read it or to change it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from nicegui import ui

from admin.acts import plans as acts
from admin.acts.plans import StepEdit
from admin.desk import Desk, link
from admin.looks.plan import Band, Card, PlanSight, materials
from admin.looks.plan_words import WEEKDAYS
from admin.parts.days import as_day
from admin.parts.dialog import answer_to
from admin.terms import Right
from sop.calendar import DayAfter, OnDate, Weekly
from sop.plan_terms import Step, Wording

Draw = Callable[[], Awaitable[None]]
_SHORT = 58


def show(desk: Desk, found: PlanSight, root: ui.element, draw: Draw, *, chosen: str) -> None:
    """One band a track; `chosen` is the step that the address names."""

    def opened(card: Card) -> Callable[[], Awaitable[None]]:
        async def opening() -> None:
            with root:
                await _open(desk, found, card, draw)

        return opening

    for band in found.bands:
        with ui.card().classes("card wide"):
            _band_head(band, has_tracks=bool(found.content.tracks))
            with ui.element("div").classes("track"):
                for title, cards in band.columns:
                    with ui.column().classes("track-column"):
                        ui.label(title).classes("track-title")
                        for card in cards:
                            _card(card, opened(card), here=card.step.key == chosen)


def _band_head(band: Band, *, has_tracks: bool) -> None:
    with ui.row().classes("head-row"):
        ui.label(band.title).classes("strong")
        if has_tracks and band.key:
            ui.label(f"在这一轨 {band.enrolled:,}").classes("soft num")
        ui.label(f"{sum(len(cards) for _, cards in band.columns)} 步").classes("soft num")


def _card(card: Card, opening: Callable[[], Awaitable[None]], *, here: bool) -> None:
    classes = "step" + (" here" if here else "") + (" off" if card.off else "")
    with ui.element("button").props(f'type="button" id="step-{card.step.key}"').classes(classes).on("click", opening):
        with ui.row().classes("gap-s wide"):
            ui.label(card.when).classes("num faint")
            ui.space()
            if card.off:
                ui.label(card.off).classes("chip")
            elif card.made:
                ui.label(f"近 7 天 {card.made:,}").classes("chip good")
        ui.label(card.step.title).classes("strong")
        first = card.step.wordings[0]
        words = first.text or f"用话术“{first.script}”"
        ui.label(words if len(words) <= _SHORT else words[:_SHORT] + "…").classes("soft")
        with ui.row().classes("gap-s"):
            if card.choose:
                ui.label(f"{len(card.step.wordings)} 种说法，{card.choose}").classes("chip info")
            for title in card.materials:
                ui.label(title).classes("chip")


async def _open(desk: Desk, found: PlanSight, card: Card, draw: Draw) -> None:
    may = desk.may(Right.EDIT_SOP) and found.row.state != "stopped"
    known = {key: one.title for key, one in (await desk.look(materials)).items()}
    with ui.dialog() as dialog, ui.card().classes("dialog wide-dialog"):
        ui.label(f"{card.step.title}").classes("strong asked")
        ui.label(card.when + (f" · {card.choose}" if card.choose else "")).classes("soft")
        form = _Form(card.step, known, read_only=not may)
        form.show()
        with ui.row().classes("ends"):
            ui.link("确认进度", link(f"/sop/{found.row.key}", tab="confirm", step=card.step.key)).classes("soft")
            ui.link("触达台账", link("/touches", plan=found.row.key, step=card.step.key)).classes("soft")
            ui.space()
            if may:
                off = card.step.is_off
                ui.button("启用" if off else "停用", on_click=lambda: dialog.submit("on" if off else "off")).props("flat no-caps")
            ui.button("取消" if may else "关闭", on_click=dialog.close).props("flat no-caps")
            if may:
                ui.button("保存", on_click=lambda: _save(desk, found, card, form, dialog)).props("unelevated no-caps")
    answer = await answer_to(dialog)
    if answer in ("on", "off"):
        await _switch(desk, found, card, on=answer == "on")
    if answer:
        await draw()


async def _save(desk: Desk, found: PlanSight, card: Card, form: "_Form", dialog: ui.dialog) -> None:
    """The dialog stays open when it was refused, so that nothing typed is lost."""
    edit = form.edit()
    if edit is None:
        ui.notify("日期要写成 2026-12-31 这样", type="negative")
        return

    def do(session: Any, who: Any) -> bool:
        acts.change_step(session, who, found.row.key, card.step.key, edit, version=found.row.version, now=desk.now())
        return True

    if await desk.act(do, told=_told(card.step, edit, now=desk.now())):
        dialog.submit("saved")


def _told(step: Step, edit: StepEdit, *, now: datetime) -> str:
    if step.is_off:
        return "已保存；这一步还停用着，启用后才会发"
    is_over = replace(step, valid_until=edit.valid_until).is_over(now)
    return "已保存；失效日已过，改到以后才会发" if is_over else "已保存，之后的触达按新内容发"


async def _switch(desk: Desk, found: PlanSight, card: Card, *, on: bool) -> None:
    key, version = found.row.key, found.row.version
    await desk.act(
        lambda session, who: acts.switch_step(session, who, key, card.step.key, on=on, version=version, now=desk.now()),
        told="已启用" if on else "已停用，到点不发；正在等待的也不再发",
    )


@dataclass
class _Form:
    """What is typed in the dialog."""

    step: Step
    materials: dict[str, str]
    read_only: bool
    title: str = ""
    at: str = ""
    day: str = ""
    on_date: str = ""
    valid_until: str = ""
    weekdays: list[int] = field(default_factory=list)
    wordings: list[dict[str, Any]] = field(default_factory=list)
    _list: ui.column | None = None

    def show(self) -> None:
        """Fill it from the step and draw it."""
        step, props = self.step, "outlined dense" + (" readonly" if self.read_only else "")
        self.title, self.at = step.title, f"{step.when.at:%H:%M}"
        self.valid_until = step.valid_until.isoformat() if step.valid_until else ""
        self.wordings = [{"text": one.text, "script": one.script, "attachments": list(one.attachments)} for one in step.wordings]
        with ui.element("div").classes("fields"):
            ui.input("标题").props(f"{props} maxlength=60").bind_value(self, "title")
            self._day_field(props)
            ui.input("时间").props(f"{props} type=time").bind_value(self, "at")
            ui.input("失效日（可空）").props(f"{props} type=date stack-label clearable").bind_value(self, "valid_until")
        self._list = ui.column().classes("wide gap-s wordings")
        self._show_wordings()

    def edit(self) -> StepEdit | None:
        """What was typed; None when a date cannot be read."""
        until, on_date = as_day(self.valid_until), as_day(self.on_date)
        if (self.valid_until and until is None) or (self.on_date and on_date is None):
            return None
        day = int(self.day) if str(self.day).isdigit() else None
        wordings = [Wording(one["text"] or "", tuple(one["attachments"] or ()), one["script"]) for one in self.wordings]
        return StepEdit(self.title or "", (self.at or "")[:5], wordings, day, self.weekdays, on_date, until)

    def _day_field(self, props: str) -> None:
        match self.step.when:
            case DayAfter(days, _, _):
                self.day = str(days)
                ui.input("第几天（0 是当天）").props(f"{props} type=number min=0").bind_value(self, "day")
            case OnDate(day, _):
                self.on_date = day.isoformat()
                ui.input("日期").props(f"{props} type=date").bind_value(self, "on_date")
            case Weekly() as weekly:
                self.weekdays = [day + 1 for day in sorted(weekly.weekdays)]
                options = {number: f"周{name}" for number, name in enumerate(WEEKDAYS, 1)}
                ui.select(options, label="星期", multiple=True).props(props).bind_value(self, "weekdays")

    def _show_wordings(self) -> None:
        if self._list is None:
            return
        self._list.clear()
        with self._list:
            for number, one in enumerate(self.wordings):
                self._wording(number, one)
            if not self.read_only:
                ui.button("加一种说法", icon="add", on_click=self._add).props("flat dense no-caps")

    def _wording(self, number: int, one: dict[str, Any]) -> None:
        props = "outlined dense" + (" readonly" if self.read_only else "")
        with ui.column().classes("wording wide"):
            with ui.row().classes("wide head-row"):
                ui.label(f"说法 {number + 1}").classes("soft")
                ui.space()
                if not self.read_only and len(self.wordings) > 1:
                    ui.button(icon="delete_outline", on_click=lambda: self._remove(number)).props(
                        "flat dense round size=sm aria-label=删除"
                    )
            if one["script"]:
                ui.link(f"用话术“{one['script']}”的答案", link(f"/scripts/{one['script']}"))
            else:
                ui.textarea().props(f"{props} autogrow aria-label=说法").classes("wide").bind_value(one, "text")
            if one["attachments"] or not self.read_only:
                options = self.materials | {key: f"{key}（已停用）" for key in one["attachments"] if key not in self.materials}
                ui.select(options, label="素材", multiple=True).props(f"{props} use-chips").classes("wide").bind_value(one, "attachments")

    def _add(self) -> None:
        self.wordings.append({"text": "", "script": "", "attachments": []})
        self._show_wordings()

    def _remove(self, number: int) -> None:
        self.wordings.pop(number)
        self._show_wordings()
