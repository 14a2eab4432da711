"""The dialogs in which a message is corrected: its intent, a missing focus point, a better script."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui
from sqlalchemy.orm import Session

from admin.acts import corrections as acts
from admin.desk import Desk, link
from admin.looks.conversation import Line
from admin.pages.conversation_scripts import pick_script
from admin.parts.complete import complete
from admin.parts.dialog import answer_to
from admin.terms import Who
from customers.rules import FOCUS_NAMES, POLARITY_NAMES
from customers.terms import Polarity
from intents.names import INTENT_NAMES

Changed = Callable[[], Awaitable[None]]
_FIELD = "outlined dense hide-bottom-space"


async def intent(desk: Desk, line: Line, changed: Changed) -> None:
    """Which intent the message really has."""
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label("这句话的意图应该是").classes("strong")
        ui.label(line.words).classes("pre soft")
        chosen = (
            ui.select(dict(INTENT_NAMES), with_input=True, label="意图", validation={"请选一个意图": bool}).props(_FIELD).classes("wide")
        )
        ui.label("会记为一条例句，下次重新训练意图时生效。已经发出的回复不变。").classes("faint")

        async def save() -> None:
            if complete(chosen) and await _done(desk, partial(acts.correct_intent, msgid=line.msgid, intent=chosen.value), "已更正意图"):
                dialog.submit(True)

        _ends(dialog, save)
    if await answer_to(dialog):
        await changed()


async def focus(desk: Desk, line: Line, changed: Changed) -> None:
    """Words that show a focus point which was not found; what is selected in the bubble stands there already."""
    selected = str(await ui.run_javascript("window.getSelection().toString()", timeout=3) or "").strip()
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label("这句话还表达了").classes("strong")
        ui.label(line.words).classes("pre soft")
        inside = {"请照抄这句话里连着的几个字": lambda value: bool((value or "").strip()) and value.strip() in line.words}
        words = ui.input("是哪几个字（照原话）", value=words_meant(selected, line.words), validation=inside).props(_FIELD).classes("wide")
        point = (
            ui.select(dict(FOCUS_NAMES), with_input=True, label="关注点", validation={"请选一个关注点": bool}).props(_FIELD).classes("wide")
        )
        polarity = ui.toggle(dict(POLARITY_NAMES), value=Polarity.NEUTRAL).props("no-caps unelevated")
        ui.label("客户的标签会随之更新（企业微信里也更新），这几个字成为例句。").classes("faint")

        async def save() -> None:
            shown = partial(acts.add_focus, msgid=line.msgid, words=words.value or "", point=point.value, polarity=polarity.value)
            if complete(words, point) and await _done(desk, shown, "已补充关注点"):
                dialog.submit(True)

        _ends(dialog, save)
    if await answer_to(dialog):
        desk.office.ring()
        await changed()


def words_meant(selected: str, words: str) -> str:
    """What stands in the field at first: what he has selected in this message, else all of it, to be shortened."""
    return selected if selected and selected in words else words


async def script(desk: Desk, line: Line, changed: Changed) -> None:
    """Which script should have answered; drafts are made, and the operator is told what happens next."""
    picked = await pick_script(desk, "应该用哪条话术回复？", wanted=line.words, button="用这条")
    if picked is None:
        return
    drafts = await desk.act(lambda s, who: acts.correct_script(s, who, line.msgid, picked.key, now=desk.now()))
    if drafts is None:
        return
    await changed()
    with ui.dialog(value=True) as told, ui.card().classes("dialog"):
        ui.label("已更正，还差一步发布").classes("strong")
        ui.label(
            f"「{drafts.title}」有了一版草稿：「{drafts.question}」加进了相似问和必中问。发布后，再有客户这样问就会用它回复；"
            "以后谁发布话术，都会先考一遍这句。"
        ).classes("pre")
        ui.link("去看草稿，送审或发布", link(f"/scripts/{drafts.key}"))
        for key in drafts.wrong:
            ui.label("当时回复的话术也有了一版草稿：这句话记为反例，以后不再用它回答，发布前也会考。").classes("pre soft")
            ui.link("去看这一版草稿", link(f"/scripts/{key}"))
        with ui.row().classes("ends"):
            ui.button("好", on_click=told.close).props("flat no-caps")


async def _done(desk: Desk, act: Callable[..., None], told: str) -> bool:
    """The dialog stays open when it was refused, so that nothing typed is lost."""

    def doing(session: Session, who: Who) -> bool:
        act(session, who, now=desk.now())
        return True

    return bool(await desk.act(doing, told=told))


def _ends(dialog: ui.dialog, save: Callable[[], Awaitable[None]]) -> None:
    with ui.row().classes("ends"):
        ui.button("取消", on_click=lambda: dialog.submit(False)).props("flat no-caps")
        ui.button("保存", on_click=save).props("unelevated no-caps")
