"""总览: how today and the last 30 days went, what waits now, each figure with its definition and the list behind it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from nicegui import events, ui

from admin.desk import Desk, link
from admin.looks import home as looks
from admin.looks.home import Home, Standing, Tally
from admin.parts.when import lasted, when
from admin.terms import Right
from customers.rules import LEVEL_NAMES
from customers.terms import Level

_GREEN, _AMBER, _BLUE, _RED, _GREY = "#0a7d55", "#d9a441", "#2f6db3", "#b3372f", "#98a39d"
_KINDS = (("answered", "助手答上", _GREEN), ("asked_back", "追问", _BLUE), ("handed_off", "转人工", _AMBER), ("unanswered", "未答", _RED))
_NO_CHANNEL = "未知来源"


async def show(desk: Desk) -> None:
    """Everything at once: it is one look at the database."""
    found = await desk.look(lambda session: looks.home(session, desk.who, now=desk.now()))
    if desk.who.store:
        ui.label(f"{desk.office.stores.get(desk.who.store, desk.who.store)} 的客户").classes("soft")
    if not found.customers:
        _first_use(desk)
        return
    _waiting(desk, found)
    _figures(desk, found)
    with ui.element("div").classes("charts"):
        _turns_chart(found)
        _reply_chart(found)
        _levels_chart(desk, found)
        _channels_chart(desk, found)


def _first_use(desk: Desk) -> None:
    with ui.column().classes("card"):
        ui.label("还没有客户").classes("head")
        if not desk.may(Right.SEE_HEALTH):
            ui.label("有客户开口或加好友之后，这里会有数字。").classes("soft")
            return
        ui.label("客户开口之后，这里会显示会话、答复和跟进的数字。两种开始的办法：").classes("soft")
        ui.label(
            f"1. 先试一试：启动时终端里打印了「沙盒」的地址（默认端口 {desk.office.settings.sandbox_port}），打开它，当一回客户说句话。"
        )
        with ui.row().classes("gap-s"):
            ui.label("2. 接上企业微信：请 IT 填好五项设置，再到")
            ui.link("体检", link("/health"))
            ui.label("逐项检查。")


def _waiting(desk: Desk, found: Home) -> None:
    """What somebody should look at now; without anything one quiet line."""
    boxes = desk.may(Right.SEE_BOXES)
    with ui.element("div").classes("tiles"):
        _standing(desk, "等回复的客户", found.people, looks.PEOPLE, link("/conversations", view="waiting"), "bad")
        _standing(desk, "待跟进", found.follow_ups, looks.FOLLOW_UPS, link("/tasks") if desk.may(Right.SEE_TASKS) else "", "warn")
        if boxes:
            _standing(desk, "停下的收件", found.inbox, looks.STUCK, link("/boxes", box="in", state="stuck"), "bad")
            _standing(desk, "停下的发件", found.outbox, looks.STUCK, link("/boxes", box="out", state="stuck"), "bad")


def _standing(desk: Desk, name: str, standing: Standing, definition: str, to: str, tone: str) -> None:
    oldest = f"最早 {when(standing.oldest, now=desk.now())}" if standing.count else "现在没有"
    _tile(name, str(standing.count), oldest, definition, to, tone if standing.count else "")


def _figures(desk: Desk, found: Home) -> None:
    gaps = link("/gaps") if desk.may(Right.SEE_GAPS) else link("/conversations", decision="pass_on")

    def tile(name: str, told: Callable[[Tally], str], definition: str, to: str) -> None:
        _tile(name, told(found.today), f"30 天 {told(found.month)}", definition, to)

    with ui.element("div").classes("tiles"):
        tile("今天会话", lambda one: str(one.conversations), looks.CONVERSATIONS, link("/conversations"))
        tile("助手答上", lambda one: _percent(one.share), looks.ANSWERED, link("/conversations", decision="answer"))
        tile("转人工", lambda one: str(one.handed_off), looks.HANDED_OFF, link("/conversations", decision="hand_off"))
        tile("未答", lambda one: str(one.unanswered), looks.UNANSWERED, gaps)
        tile("首次回复", lambda one: _wait(one.first_reply), looks.FIRST_REPLY, "")
        tile("新客户", lambda one: str(one.new_customers), looks.NEW_CUSTOMERS, link("/customers"))


def _tile(name: str, value: str, below: str, definition: str, to: str, tone: str = "") -> None:
    with ui.link(target=to) if to else ui.element("div") as tile:
        tile.classes(f"card tile {tone}")
        with ui.row().classes("tile-name"):
            ui.label(name).classes("soft")
            ui.icon("info_outline").classes("faint")
        ui.label(value).classes("figure num")
        ui.label(below).classes("faint num")
        ui.tooltip(definition).classes("definition")


def _turns_chart(found: Home) -> None:
    stacks = [_series(name, [getattr(tally, key) for _, tally in found.days], "bar", colour) for key, name, colour in _KINDS]
    talks = {**_series("会话", [tally.conversations for _, tally in found.days], "line", _GREY), "symbol": "none"}
    words = (
        f"柱：{looks.ANSWERED}\n追问：{looks.ASKED_BACK}\n转人工：{looks.HANDED_OFF}\n未答：{looks.UNANSWERED}\n线：{looks.CONVERSATIONS}"
    )
    _chart("30 天的会话与答复", words, _by_day(found, [*stacks, talks]))


def _reply_chart(found: Home) -> None:
    seconds = [None if tally.first_reply is None else round(tally.first_reply, 1) for _, tally in found.days]
    line = {**_series("首次回复（秒）", seconds, "line", _GREEN), "connectNulls": True, "areaStyle": {"opacity": 0.08}}
    _chart("首次回复用时，每天的中位数", looks.FIRST_REPLY, _by_day(found, [line]))


def _levels_chart(desk: Desk, found: Home) -> None:
    names = {f"{level} {LEVEL_NAMES[Level(level)]}": level for level, _ in found.levels}
    bars = [(name, count) for name, (_, count) in zip(names, found.levels, strict=True)]
    _chart("客户意向级别", looks.LEVELS, _bars(bars, _GREEN), to=lambda name: link("/customers", level=names[name]))


def _channels_chart(desk: Desk, found: Home) -> None:
    names = {name: desk.office.names.get(name, name) or _NO_CHANNEL for name, _ in found.channels}
    keys = {names[name]: name for name, _ in found.channels}
    shown = [(names[name], count) for name, count in found.channels[:8]]
    rest = sum(count for _, count in found.channels[8:])
    words = f"{looks.CHANNELS}{looks.NEW_CUSTOMERS}今天：" + (
        "、".join(f"{names[name]} {n}" for name, n in found.channels_today) or "还没有"
    )
    bars = [*shown, *([("其余来源", rest)] if rest else [])]

    def to(name: str) -> str:
        return link("/customers", channel=keys[name]) if keys.get(name) else link("/customers")

    _chart("30 天新客户来源", words, _bars(bars, _BLUE), to=to)


def _chart(title: str, definition: str, options: Mapping[str, Any], *, to: Callable[[str], str] | None = None) -> None:
    def clicked(event: events.EChartPointClickEventArguments) -> None:
        if to:
            ui.navigate.to(to(str(event.name)))

    with ui.column().classes("card chart"):
        with ui.row().classes("tile-name"):
            ui.label(title).classes("head")
            with ui.icon("info_outline").classes("faint"):
                ui.tooltip(definition).classes("definition pre")
        ui.echart(dict(options), on_point_click=clicked if to else None).classes("plot")


def _by_day(found: Home, series: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "tooltip": {"trigger": "axis", "confine": True},
        "legend": {"bottom": 0, "itemWidth": 12, "itemHeight": 8},
        "grid": {"left": 8, "right": 12, "top": 14, "bottom": 34, "containLabel": True},
        "xAxis": {"type": "category", "data": [day[5:] for day, _ in found.days], "axisTick": {"show": False}},
        "yAxis": {"type": "value", "minInterval": 1, "splitLine": {"lineStyle": {"color": "#eef1ef"}}},
        "series": list(series),
    }


def _series(name: str, data: Sequence[Any], kind: str, colour: str) -> dict[str, Any]:
    stack = {"stack": "turns", "barMaxWidth": 16} if kind == "bar" else {}
    return {"name": name, "type": kind, "data": list(data), "itemStyle": {"color": colour}, **stack}


def _bars(bars: Sequence[tuple[str, int]], colour: str) -> dict[str, Any]:
    """The first one on top; a click opens the list."""
    data, names = [count for _, count in bars], [name for name, _ in bars]
    label = {"show": True, "position": "right", "color": "#66736c"}
    return {
        "tooltip": {"trigger": "item", "confine": True},
        "grid": {"left": 8, "right": 44, "top": 6, "bottom": 6, "containLabel": True},
        "xAxis": {"type": "value", "show": False},
        "yAxis": {"type": "category", "data": names, "inverse": True, "axisTick": {"show": False}, "axisLine": {"show": False}},
        "series": [{"name": "客户", "type": "bar", "data": data, "itemStyle": {"color": colour}, "barMaxWidth": 16, "label": label}],
    }


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.0%}"


def _wait(seconds: float | None) -> str:
    return lasted(None if seconds is None else timedelta(seconds=seconds))
