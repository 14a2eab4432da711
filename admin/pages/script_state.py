"""Beside a script's form: where it stands between draft and published, and the buttons that move it on."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Protocol

from nicegui import ui

from admin.acts import scripts as acts
from admin.desk import Desk, link
from admin.looks.scripts import Opened, author_name, needs_other_eyes, states_of
from admin.pages.script_check import only_check, publish, renew
from admin.parts.confirm import confirmed
from admin.parts.dialog import answer_to
from admin.parts.rooted import Deed, rooted
from admin.parts.when import when
from admin.terms import Right
from kb.terms import ScriptContent


class Form(Protocol):
    """The fields of a script."""

    def content(self) -> ScriptContent:
        """What they say now."""


class Page(Protocol):
    """A script's page, as far as its buttons need it."""

    desk: Desk
    found: Opened | None
    root: ui.column

    @property
    def form(self) -> Form:
        """The form on it."""

    @property
    def is_changed(self) -> bool:
        """Whether the form says something that is not saved."""

    async def save(self) -> bool:
        """Keep the form as a draft; whether it is kept."""

    async def reload(self) -> None:
        """Look again."""


def show_state(page: Page, authors: Mapping[str, str]) -> None:
    """The card."""
    with ui.column().classes("card state"):
        if page.found is None:
            ui.label("新话术").classes("head")
            ui.label("保存后是草稿，客户看不到；发布后才会使用。").classes("soft")
        else:
            _told(page, page.found, authors)
        if page.desk.may(Right.EDIT_SCRIPTS):
            _buttons(page)


def _told(page: Page, found: Opened, authors: Mapping[str, str]) -> None:
    script, now = found.script, page.desk.now()
    with ui.row().classes("chips"):
        for chip in states_of(script):
            ui.label(chip["text"]).classes(f"chip {chip['kind']}")
        ui.label(f"第 {found.shown.version} 版").classes("soft num")
    shown = found.shown
    ui.label(f"{author_name(shown.made_by, authors)} {when(shown.made_at, now=now)}保存").classes("soft")
    if script.review_at is not None:
        ui.label(f"{author_name(script.review_by, authors)} {when(script.review_at, now=now)}送审").classes("soft")
    elif script.review_note:
        ui.label(f"{author_name(script.review_by, authors)}退回：{script.review_note}").classes("note bad")
    with ui.row().classes("soft"):
        ui.label(f"近 30 天用了 {found.used} 次").classes("num")
        ui.link("用它的标准问做命中测试", link("/try", q=found.content.standard))


def _buttons(page: Page) -> None:
    found, desk = page.found, page.desk
    add = partial(_button, page)
    with ui.column().classes("wide buttons"):
        add("保存草稿", "save", _save, main=found is None or found.draft is None)
        if found is None:
            return
        if found.draft is not None and found.script.review_at is None:
            add("送审", "rate_review", _ask_review)
        if found.script.review_at is not None and (desk.may(Right.PUBLISH_SCRIPTS) or found.script.review_by == desk.who.name):
            add("退回", "reply", partial(_send_back, found=found))
        add("发布前检查", "fact_check", _check)
        if desk.may(Right.PUBLISH_SCRIPTS):
            if needs_other_eyes(found, desk.who.name, four_eyes=desk.office.settings.four_eyes):
                ui.label("开启了双人审核：自己写的由同事发布，请先送审").classes("soft")
            else:
                add("发布", "publish", _publish, main=found.draft is not None)
            if found.is_out:
                add("下架", "block", partial(_retire, found=found), colour="negative")


def _button(page: Page, label: str, icon: str, do: Callable[[Page], Awaitable[None]], *, main: bool = False, colour: str = "") -> None:
    deed: Deed = partial(do, page)
    button = ui.button(label, icon=icon, on_click=rooted(page.root, deed)).props(("unelevated" if main else "outline") + " no-caps dense")
    button.classes("wide")
    if colour:
        button.props(f"color={colour}")


async def _save(page: Page) -> None:
    if page.found is None or page.is_changed:
        await page.save()
    else:
        ui.notify("没有改动")


async def _saved(page: Page) -> bool:
    """What is on the screen is what is reviewed and published, so it is saved first."""
    return not page.is_changed or await page.save()


async def _ask_review(page: Page) -> None:
    if not await _saved(page) or page.found is None:
        return
    seen = (page.found.script.key, page.found.shown.version)
    await page.desk.act(lambda s, who: acts.ask_review(s, who, seen, now=page.desk.now()), told="已送审")
    await page.reload()


def _loses_words(page: Page) -> bool:
    """Whether reloading would lose what he typed; told to him."""
    if page.is_changed:
        ui.notify("您的改动还没有保存：请先保存，或刷新页面放弃改动", type="warning")
    return page.is_changed


async def _send_back(page: Page, found: Opened) -> None:
    if _loses_words(page):
        return
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label("退回草稿").classes("strong")
        note = ui.textarea("原因（写给作者看）").props("outlined dense autogrow autofocus").classes("wide")
        with ui.row().classes("ends"):
            ui.button("取消", on_click=partial(dialog.submit, False)).props("flat no-caps")
            sure = ui.button("退回", on_click=partial(dialog.submit, True)).props("unelevated no-caps")
            sure.bind_enabled_from(note, "value", lambda value: bool((value or "").strip()))
    wish = await answer_to(dialog)
    if wish:
        seen = (found.script.key, found.shown.version)
        words = str(note.value or "")
        await page.desk.act(lambda s, who: acts.send_back(s, who, seen, words, now=page.desk.now()), told="已退回")
        await page.reload()


async def _check(page: Page) -> None:
    await only_check(page.desk, [page.form.content()])


async def _publish(page: Page) -> None:
    # What was retired goes out again as the draft that saving makes of it.
    gone = page.found is not None and page.found.draft is None and not page.found.is_out
    if not (await page.save() if gone else await _saved(page)) or page.found is None:
        return
    draft = page.found.draft
    if draft is None:
        ui.notify("没有改动，现在发布的就是这一版")
        return
    if await publish(page.desk, [(page.form.content(), draft.version)]):
        await page.reload()


async def _retire(page: Page, found: Opened) -> None:
    if _loses_words(page):
        return
    title = found.content.title
    if not await confirmed(f"下架「{title}」，客户不会再收到它", title, button="下架", undo="之后可以在版本里换回来"):
        return
    if await page.desk.act(lambda s, who: acts.retire_script(s, who, found.script.key, now=page.desk.now())):
        await renew(page.desk, told="已下架")
        await page.reload()
