"""Beside a customer's message: what was understood, why this reply, and how to correct it."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from admin.acts import corrections as acts
from admin.desk import Desk, link
from admin.looks.conversation import Line
from admin.looks.conversation_reading import Reading
from admin.pages import conversation_correct as correct
from admin.parts.rooted import rooted
from admin.parts.when import when
from admin.terms import Right

Changed = Callable[[], Awaitable[None]]


def show_panel(desk: Desk, line: Line, root: ui.element, changed: Changed) -> None:
    """Drawn into the current place; `changed` is awaited after every correction. `root` outlives what is drawn here."""
    reading = line.reading or Reading()
    ui.label("这句话").classes("faint")
    ui.label(line.words).classes("pre strong")
    if reading.joined:
        ui.label("与后面的话合成一轮理解：意图和回复见这一轮的最后一句。").classes("soft")
    else:
        _intents(desk, line, reading, root, changed)
    _focus(desk, line, reading, root, changed)
    _facts("已知信息", [f"{name}：{value}" for name, value in reading.slots])
    _facts("线索信号", [f"{name}（“{words}”）" for name, words in reading.signals])
    _facts("级别", list(reading.levels))
    if line.decision and not reading.joined:
        _decision(desk, line, root, changed)
    _fixes(desk, line, root, changed)


def _head(name: str, button: str = "", do: Callable[[], Awaitable[None]] | None = None) -> None:
    with ui.row().classes("panel-head"):
        ui.label(name).classes("soft")
        if do:
            ui.button(button, on_click=do).props("flat dense no-caps size=sm")


def _intents(desk: Desk, line: Line, reading: Reading, root: ui.element, changed: Changed) -> None:
    may = desk.may(Right.CORRECT) and line.kind == "text"
    _head(
        "意图" + ("（不确定）" if reading.not_sure else ""),
        "更正意图",
        rooted(root, partial(correct.intent, desk, line, changed)) if may else None,
    )
    for name, score in reading.intents:
        with ui.row().classes("score"):
            ui.label(name)
            ui.linear_progress(score, show_value=False, size="6px").classes("col")
            ui.label(f"{score:.0%}").classes("num faint")
    if not reading.intents:
        ui.label("没有听出意图").classes("faint")


def _focus(desk: Desk, line: Line, reading: Reading, root: ui.element, changed: Changed) -> None:
    may = desk.may(Right.CORRECT) and line.kind == "text"
    _head("关注点", "补充关注点", rooted(root, partial(correct.focus, desk, line, changed)) if may else None)
    for one in reading.focus:
        with ui.row().classes("panel-fact"):
            ui.label(f"{one.name} · {one.polarity}").classes("chip" if one.undone else "chip good")
            ui.label(f"“{one.words}”" + ("（已取消）" if one.undone else "")).classes("soft")
            if may and not one.undone:
                ui.button("不对", on_click=rooted(root, partial(_cancel, desk, one.id, changed))).props(
                    "flat dense no-caps size=sm color=negative"
                )
    if not reading.focus:
        ui.label("没有").classes("faint")


async def _cancel(desk: Desk, record_id: int, changed: Changed) -> None:
    told = "已取消，标签随之更新，这句话成为反例"
    await desk.act(lambda session, who: acts.cancel_focus(session, who, record_id, now=desk.now()), told=told)
    desk.office.ring()
    await changed()


def _facts(name: str, told: list[str]) -> None:
    if told:
        _head(name)
        for one in told:
            ui.label(one).classes("pre")


def _decision(desk: Desk, line: Line, root: ui.element, changed: Changed) -> None:
    may = desk.may(Right.CORRECT) and line.kind == "text"
    _head("怎么回的", "换一条话术", rooted(root, partial(correct.script, desk, line, changed)) if may else None)
    ui.label("：".join(filter(None, [line.decision, line.reason]))).classes("pre")
    for key, version, title in line.scripts:
        ui.link(f"{title} 第 {version} 版", link(f"/scripts/{key}"))


def _fixes(desk: Desk, line: Line, root: ui.element, changed: Changed) -> None:
    if not line.fixes:
        return
    _head("更正记录")
    for fix in line.fixes:
        with ui.row().classes("panel-fact"):
            ui.label(f"{fix.told}，{fix.by}，{when(fix.at, now=desk.now())}").classes("undone" if fix.undone_by else "")
            if fix.undone_by:
                ui.label(f"{fix.undone_by} 已撤销").classes("faint")
            elif desk.may(Right.CORRECT):
                ui.button("撤销", on_click=rooted(root, partial(_take_back, desk, fix.id, changed))).props("flat dense no-caps size=sm")


async def _take_back(desk: Desk, fix_id: int, changed: Changed) -> None:
    await desk.act(lambda session, who: acts.take_back(session, who, fix_id, now=desk.now()), told="已撤销")
    desk.office.ring()
    await changed()
