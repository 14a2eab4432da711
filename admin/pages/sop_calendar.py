"""日历: the month or the week of everything that is said unprompted; a click leads to the plan's step."""

from datetime import date

from nicegui import ui
from sqlalchemy.orm import Session

from admin.desk import Desk, link
from admin.looks.plans import titles
from admin.looks.sop_calendar import Entry, Span, entries, span_of
from admin.parts.days import as_day
from core.zone import SHANGHAI
from sop.workdays import GUESSED, KNOWN_UNTIL

_WEEKDAYS = "一二三四五六日"
_IN_A_DAY = 4


async def show(desk: Desk) -> None:
    """Which days, and of which plan, stands in the address."""
    today = desk.now().astimezone(SHANGHAI).date()
    view = "week" if desk.query.get("view") == "week" else "month"
    span, plan = span_of(view, as_day(desk.query.get("at")) or today), desk.query.get("plan", "")

    def look(session: Session) -> tuple[dict[date, list[Entry]], dict[str, str]]:
        found = entries(session, desk.who, span, plan, is_workday=desk.office.ticker.is_workday, now=desk.now())
        return found, {key: title for key, title in titles(session).items() if "/" not in key}

    by_day, plans = await desk.look(look)
    _bar(span, plan, plans, today)
    _legend(by_day)
    if span.last > KNOWN_UNTIL:
        ui.label(f"{KNOWN_UNTIL:%Y-%m-%d} 之后的放假和调休还不知道：{GUESSED}。更新办法见「体检」。").classes("soft")
    with ui.element("div").classes(f"calendar {view}"):
        for day in _WEEKDAYS:
            ui.label(f"周{day}").classes("weekday")
        for one in span.days:
            _day(one, by_day.get(one, []), span, plan, today=today)


def _address(span: Span, plan: str, *, at: date | None = None, view: str = "") -> str:
    asked = {"view": view or span.view, "at": (at or span.at).isoformat(), "plan": plan}
    return link("/calendar", **{name: value for name, value in asked.items() if value})


def _bar(span: Span, plan: str, plans: dict[str, str], today: date) -> None:
    with ui.row().classes("filters"):
        ui.link("‹", _address(span, plan, at=span.moved(-1))).classes("chip view step-link").props('aria-label="往前"')
        title = f"{span.first:%m-%d} 至 {span.last:%m-%d}" if span.view == "week" else f"{span.at.year} 年 {span.at.month} 月"
        ui.label(title).classes("strong asked num")
        ui.link("›", _address(span, plan, at=span.moved(1))).classes("chip view step-link").props('aria-label="往后"')
        ui.link("今天", _address(span, plan, at=today)).classes("chip view")
        ui.space()
        for view, name in (("month", "月"), ("week", "周")):
            ui.link(name, _address(span, plan, view=view)).classes("chip view info" + (" here" if span.view == view else ""))
        options = {"": "全部计划", **plans}
        picked = (
            ui.select(options, value=plan if plan in options else "")
            .props("dense outlined options-dense aria-label=计划")
            .classes("filter")
        )
        picked.on_value_change(lambda event: ui.navigate.to(_address(span, event.value or "")))


def _legend(by_day: dict[date, list[Entry]]) -> None:
    found = [one for some in by_day.values() for one in some]
    if not found:
        ui.label("这段时间没有要说的。运行中的计划有人在组时，会按步骤排在这里；草稿不显示。").classes("soft")
        return
    made, planned = sum(one.made for one in found), sum(one.planned for one in found)
    clashing = sum(1 for one in found if one.clashes)
    told = [f"已发 {made:,}", f"计划 {planned:,}"] + (
        [f"{clashing} 处撞期：同一对象同一天还有别的，发出时按次数上限和优先级只留该发的"] if clashing else []
    )
    ui.label(" · ".join(told)).classes("soft num")


def _day(day: date, some: list[Entry], span: Span, plan: str, *, today: date) -> None:
    classes = "day" + (" today" if day == today else "") + (" other" if span.view == "month" and day.month != span.at.month else "")
    with ui.element("div").classes(classes + ("" if some else " free")):
        with ui.row().classes("gap-s wide"):
            ui.label(f"{day.day}").classes("num day-number")
            ui.label(f"周{_WEEKDAYS[day.weekday()]}").classes("faint lt-sm")
        shown = some if span.view == "week" else some[:_IN_A_DAY]
        for one in shown:
            _entry(one)
        if len(some) > len(shown):
            ui.link(f"还有 {len(some) - len(shown)} 条", _address(span, plan, at=day, view="week")).classes("faint")


def _entry(one: Entry) -> None:
    tone = "past" if one.is_past else "held" if one.held else "clash" if one.clashes else "planned"
    with ui.link(target=link(f"/sop/{one.plan}", tab="steps", step=one.step)).classes(f"entry-card {tone}") as shown:
        with ui.row().classes("gap-s wide"):
            ui.label(f"{one.moment.astimezone(SHANGHAI):%H:%M}").classes("num")
            ui.space()
            ui.label(_count(one)).classes("num")
        ui.label(one.title).classes("entry-title")
    shown.tooltip(_more(one))


def _count(one: Entry) -> str:
    if one.is_past:
        parts = (("发", one.made), ("等", one.waiting), ("不发", one.skipped))
        return " ".join(f"{name} {number:,}" for name, number in parts if number)
    return f"{one.planned:,}{one.unit[0]}"


def _more(one: Entry) -> str:
    told = [one.plan_title, one.title]
    if one.held:
        told.append("计划暂停中，恢复后才发")
    if one.clashes:
        told.append(f"其中 {one.clashes:,} {one.unit}同一天还有别的触达")
    return " · ".join(told)
