"""The versions of a script: what changed between two of them, and the way back."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from nicegui import ui

from admin.acts import scripts as acts
from admin.desk import Desk
from admin.looks.scripts import Opened, author_name
from admin.pages.script_check import renew
from admin.pages.script_diff import show_diff
from admin.parts.confirm import confirmed
from admin.parts.when import exactly, when
from admin.terms import Right
from kb.content import content_from_json
from kb.models import ScriptVersion
from kb.sheet_rows import SheetNames
from kb.versions_diff import diff


def show_versions(desk: Desk, found: Opened, names: SheetNames, shown: Mapping[str, str], *, after: Callable[[], Awaitable[None]]) -> None:
    """Two of them to compare, then all of them. `shown`: what writers are called; `after` is called when one was rolled back to."""
    options = {one.version: _label(found, one, shown) for one in found.versions}
    shown_now = found.shown.version
    out = found.script.published_version if found.script.published_version != shown_now else None
    earlier = [one.version for one in found.versions if one.version < shown_now]
    with ui.column().classes("card"):
        ui.label("对比两个版本").classes("head")
        with ui.row().classes("fields"):
            before = ui.select(options, label="原来", value=out or (earlier[0] if earlier else shown_now))
            later = ui.select(options, label="后来", value=shown_now)
            for choice in (before, later):
                choice.props("outlined dense options-dense").classes("wide")
        box = ui.column().classes("wide")

        def compare() -> None:
            box.clear()
            with box:
                old, new = (content_from_json(_version(found, int(choice.value)).content) for choice in (before, later))
                show_diff(diff(old, new), names)

        before.on_value_change(compare)
        later.on_value_change(compare)
        compare()
    with ui.column().classes("card"):
        ui.label("全部版本").classes("head")
        for one in found.versions:
            _row(desk, found, one, shown, after)


def _row(desk: Desk, found: Opened, one: ScriptVersion, shown: Mapping[str, str], after: Callable[[], Awaitable[None]]) -> None:
    with ui.row().classes("version"):
        ui.label(f"第 {one.version} 版").classes("strong num")
        ui.label(author_name(one.made_by, shown))
        ui.label(when(one.made_at, now=desk.now())).classes("soft").tooltip(exactly(one.made_at))
        chip = _chip(found, one)
        if chip:
            ui.label(chip).classes("chip good" if chip == "发布中" else "chip")
        ui.space()
        is_out = found.is_out and found.script.published_version == one.version
        if one.published_at and not is_out and desk.may(Right.PUBLISH_SCRIPTS):
            button = ui.button("回滚到这一版", icon="undo", on_click=partial(_roll_back, desk, found, one.version, after))
            button.props("flat dense no-caps size=sm")


async def _roll_back(desk: Desk, found: Opened, version: int, after: Callable[[], Awaitable[None]]) -> None:
    question, undo = f"把「{found.content.title}」换回第 {version} 版", "客户马上收到这一版；之后还可以再换回来"
    if not await confirmed(question, found.content.title, button="回滚", undo=undo):
        return
    seen = (found.script.key, version)
    done = await desk.act(lambda s, who: acts.roll_back(s, who, seen, now=desk.now()))
    if done:
        await renew(desk, told=f"已回滚到第 {version} 版")
        await after()


def _version(found: Opened, version: int) -> ScriptVersion:
    return next(one for one in found.versions if one.version == version)


def _label(found: Opened, one: ScriptVersion, shown: Mapping[str, str]) -> str:
    chip = _chip(found, one)
    return f"第 {one.version} 版 · {author_name(one.made_by, shown)}" + (f" · {chip}" if chip else "")


def _chip(found: Opened, one: ScriptVersion) -> str:
    if found.is_out and found.script.published_version == one.version:
        return "发布中"
    if found.script.draft_version == one.version:
        return "草稿"
    return "发布过" if one.published_at else ""
