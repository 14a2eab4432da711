"""The dialogs in which a message is corrected: its intent, a missing focus point, a better script."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from admin.acts import corrections as acts
from admin.desk import Desk, link
from admin.looks.conversation import Line
from admin.looks.evidence import POLARITY_NAMES
from admin.pages.conversation_scripts import pick_script
from admin.parts.dialog import answer_to
from customers.rules import FOCUS_NAMES
from customers.terms import Polarity
from intents.names import INTENT_NAMES

Changed = Callable[[], Awaitable[None]]


async def intent(desk: Desk, line: Line, changed: Changed) -> None:
    """Which intent the message really has."""
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label("这句话的意图应该是").classes("strong")
        ui.label(line.words).classes("pre soft")
        chosen = ui.select(dict(INTENT_NAMES), with_input=True, label="意图").props("outlined dense").classes("wide")
        ui.label("会记为一条例句，下次重新训练意图时生效。已经发出的回复不变。").classes("faint")
        _ends(dialog)
    saved = await answer_to(dialog)
    if saved and not chosen.value:
        ui.notify("还没有选意图，没有保存", type="warning")
    elif saved:
        await desk.act(lambda s, who: acts.correct_intent(s, who, line.msgid, chosen.value, now=desk.now()), told="已更正意图")
        await changed()


async def focus(desk: Desk, line: Line, changed: Changed) -> None:
    """Words that show a focus point which was not found; what is selected in the bubble stands there already."""
    selected = str(await ui.run_javascript("window.getSelection().toString()", timeout=3) or "").strip()
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label("这句话还表达了").classes("strong")
        ui.label(line.words).classes("pre soft")
        words = (
            ui.input("是哪几个字（照原话）", value=selected if selected in line.words else line.words)
            .props("outlined dense")
            .classes("wide")
        )
        point = ui.select(dict(FOCUS_NAMES), with_input=True, label="关注点").props("outlined dense").classes("wide")
        polarity = ui.toggle(dict(POLARITY_NAMES), value=Polarity.NEUTRAL).props("no-caps unelevated")
        ui.label("客户的标签会随之更新（企业微信里也更新），这几个字成为例句。").classes("faint")
        _ends(dialog)
    saved = await answer_to(dialog)
    if saved and not point.value:
        ui.notify("还没有选关注点，没有保存", type="warning")
    elif saved:
        said, value, tone = words.value, point.value, polarity.value
        await desk.act(lambda s, who: acts.add_focus(s, who, line.msgid, said, value, tone, now=desk.now()), told="已补充关注点")
        desk.office.ring()
        await changed()


async def script(desk: Desk, line: Line, changed: Changed) -> None:
    """Which script should have answered; drafts are made, and the operator is told what happens next."""
    picked = await pick_script(desk, "应该用哪条话术回复？", wanted=line.words, button="用这条")
    if picked is None:
        return
    drafts = await desk.act(lambda s, who: acts.correct_script(s, who, line.msgid, picked.key, now=desk.now()))
    if drafts is None:
        return
    await changed()
    with ui.dialog(value=True), ui.card().classes("dialog"):
        ui.label("已更正，还差一步发布").classes("strong")
        ui.label(
            f"「{drafts.title}」有了一版草稿：「{drafts.question}」加进了相似问和必中问。发布后，再有客户这样问就会用它回复；"
            "以后谁发布话术，都会先考一遍这句。"
        ).classes("pre")
        ui.link("去看草稿，送审或发布", link(f"/scripts/{drafts.key}"))
        for key in drafts.wrong:
            ui.label("当时回复的话术也有了一版草稿：这句话记为反例，以后不再用它回答，发布前也会考。").classes("pre soft")
            ui.link("去看这一版草稿", link(f"/scripts/{key}"))


def _ends(dialog: ui.dialog) -> None:
    with ui.row().classes("ends"):
        ui.button("取消", on_click=lambda: dialog.submit(False)).props("flat no-caps")
        ui.button("保存", on_click=lambda: dialog.submit(True)).props("unelevated no-caps")
