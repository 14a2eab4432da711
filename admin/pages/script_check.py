"""Before publishing: what was checked, drawn; and the way out: check, show, ask, publish, take over."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from functools import partial
from typing import Final

from nicegui import ui

from admin.acts import scripts as acts
from admin.desk import Desk, link
from admin.parts.dialog import answer_to
from admin.parts.progress import with_progress
from admin.rehearsals import Checked, Tell
from admin.rights import must
from admin.script_rules import script_warnings
from admin.take_over import take_over
from admin.terms import Right
from core.zone import SHANGHAI
from kb import store
from kb.duplicates import Duplicate
from kb.regression import Change, Moved
from kb.terms import Material, ScriptContent

_SHOWN_AT_MOST: Final = 40
_CHANGES: Final[Mapping[Change, tuple[str, str]]] = {
    Change.LOST: ("会答错的问题", "bad"),
    Change.MISSED: ("自己的考题答不对", "warn"),
    Change.LESS_SURE: ("把握变小，会先追问", "warn"),
    Change.GAINED: ("会答对的问题", "good"),
    Change.SURER: ("把握变大，能直接回答", "good"),
}


async def check(desk: Desk, contents: Sequence[ScriptContent]) -> tuple[Checked, Mapping[str, Material]] | None:
    """What publishing these would do, with progress."""

    def do(tell: Tell) -> tuple[Checked, Mapping[str, Material]]:
        must(desk.still(), Right.EDIT_SCRIPTS)
        checked = desk.office.rehearsals.check(contents, tell=tell)
        with desk.office.database.reading() as session:
            return checked, store.materials(session)

    return await with_progress(desk, "发布前检查", do)


async def only_check(desk: Desk, contents: Sequence[ScriptContent]) -> None:
    """Check and show, nothing else."""
    found = await check(desk, contents)
    if found is None:
        return
    with ui.dialog() as dialog, ui.card().classes("dialog check"):
        _panel(desk, contents, *found)
        with ui.row().classes("ends"):
            ui.button("知道了", on_click=partial(dialog.submit, True)).props("unelevated no-caps")
    await answer_to(dialog)


async def publish(desk: Desk, drafts: Sequence[tuple[ScriptContent, int]]) -> bool:
    """Check, show, ask, publish all or none, and take the new library over; whether it was published."""
    contents = [content for content, _ in drafts]
    found = await check(desk, contents)
    if found is None or not await _sure(desk, contents, *found):
        return False
    seen = [(content.key, version) for content, version in drafts]
    four_eyes = desk.office.settings.four_eyes
    told = await desk.act(lambda s, who: acts.publish_scripts(s, who, seen, four_eyes=four_eyes, now=desk.now()))
    if told is None:
        return False
    await renew(desk, told=f"已发布 {told} 条，下一位客户就会用上" if told > 1 else "已发布，下一位客户就会用上")
    return True


async def renew(desk: Desk, *, told: str) -> None:
    """Search what is published now, with progress."""
    await with_progress(desk, "正在启用新的话术库", lambda tell: take_over(desk.office.scripts, desk.office.database, tell), told=told)


async def _sure(desk: Desk, contents: Sequence[ScriptContent], checked: Checked, materials: Mapping[str, Material]) -> bool:
    with ui.dialog() as dialog, ui.card().classes("dialog check"):
        _panel(desk, contents, checked, materials)
        with ui.row().classes("ends"):
            ui.button("先不发布", on_click=partial(dialog.submit, False)).props("flat no-caps")
            label, colour = ("有问题会答错，仍然发布", "negative") if checked.costs else ("发布", "primary")
            ui.button(label, color=colour, on_click=partial(dialog.submit, True)).props("unelevated no-caps")
    answer = await answer_to(dialog)
    return bool(answer)


def _panel(desk: Desk, contents: Sequence[ScriptContent], checked: Checked, materials: Mapping[str, Material]) -> None:
    titles = {one.content.key: one.content.title for one in checked.library.published} | {one.key: one.title for one in contents}
    ui.label("发布前检查" if len(contents) == 1 else f"发布前检查：{len(contents)} 条话术").classes("strong")
    with ui.column().classes("findings"):
        _regression(checked, titles)
        _duplicates(desk, contents, checked)
        _warnings(desk, contents, checked, materials)


def _regression(checked: Checked, titles: Mapping[str, str]) -> None:
    asked = checked.regression.asked
    if not checked.regression.moved:
        _line("good", f"试问全库 {asked} 个考题，回答都和现在一样")
        return
    for change, (name, kind) in _CHANGES.items():
        moved = checked.regression.of(change)
        if moved:
            with ui.expansion(f"{name}：{len(moved)} 个", value=kind != "good").classes(f"finding {kind}").props("dense"):
                for one in moved[:_SHOWN_AT_MOST]:
                    _moved(one, titles)
                if len(moved) > _SHOWN_AT_MOST:
                    ui.label(f"还有 {len(moved) - _SHOWN_AT_MOST} 个").classes("faint")
    ui.label(f"共试问 {asked} 个考题（全库的必中问和反例）").classes("faint")


def _moved(one: Moved, titles: Mapping[str, str]) -> None:
    with ui.row().classes("moved"):
        ui.label(one.probe.text)
        what = "应命中" if one.probe.must else "不应命中"
        ui.label(f"{what}「{titles.get(one.probe.key, one.probe.key)}」").classes("faint")
        before, after = (f"{side.title or '没有命中'} {side.confidence:.0%}" for side in (one.before, one.after))
        ui.label(f"{before} → {after}").classes("soft num")


def _duplicates(desk: Desk, contents: Sequence[ScriptContent], checked: Checked) -> None:
    if not checked.duplicates:
        _line("good", "同一适用范围里没有几乎一样的问法，别的范围里没有一字不差的")
    for content in contents:
        for twin in checked.duplicates.get(content.key, []):
            with ui.row().classes("finding warn line"):
                ui.icon("content_copy")
                ui.label(_twin(desk, twin))
                ui.link("看那一条", link(f"/scripts/{twin.key}"), new_tab=True)


def _twin(desk: Desk, twin: Duplicate) -> str:
    if twin.scope is None:
        return f"「{twin.ours}」和「{twin.title}」的「{twin.theirs}」几乎一样（{twin.closeness:.0%}）"
    names = desk.office.names
    ground = "、".join(names.get(key, key) for keys in astuple(twin.scope) for key in sorted(keys)) or "全部"
    return f"「{twin.ours}」在「{twin.title}」里也有，那一条适用：{ground}。范围不同，两条可以并存"


def _warnings(desk: Desk, contents: Sequence[ScriptContent], checked: Checked, materials: Mapping[str, Material]) -> None:
    today = desk.now().astimezone(SHANGHAI).date()
    found = False
    for content in contents:
        title = f"「{content.title}」" if len(contents) > 1 else ""
        for claim in checked.claims.get(content.key, []):
            _line("bad", f"{title}「{claim.text}」会过期，却没有失效日")
            found = True
        for warning in script_warnings(content, materials, today):
            _line("warn", title + warning)
            found = True
    if not found:
        _line("good", "有时效的数字都有失效日")


def _line(kind: str, words: str) -> None:
    with ui.row().classes(f"finding {kind} line"):
        ui.icon({"good": "check_circle", "warn": "info", "bad": "error"}[kind])
        ui.label(words)
