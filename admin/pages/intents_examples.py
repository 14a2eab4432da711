"""意图: every intent with its examples, the pack's and the operators' own."""

from functools import partial

from nicegui import ui
from sqlalchemy.orm import Session

from admin.acts import intents as acts
from admin.desk import Desk
from admin.looks import intents
from admin.looks.wanted import Wanted
from admin.parts.complete import complete
from admin.parts.dialog import answer_to
from admin.parts.listing import Column, Filter, Listing, Row
from admin.terms import Right, Who
from intents.names import INTENT_NAMES
from intents.terms import Intent

SOURCE = (
    "<span :class=\"'chip ' + (props.row.source == 'taught' ? 'info' : '')\">{{ props.row.source_name }}</span> "
    '<span class="faint">{{ props.row.by }}</span>'
)
_COLUMNS = (Column("text", "客户的话"), Column("intent_name", "意图"), Column("source", "来源", cell=SOURCE))


async def show(desk: Desk) -> None:
    """The list; a click on an operator's example changes or withdraws it, on the pack's says it otherwise."""
    office = desk.office

    def rows(session: Session, wanted: Wanted) -> tuple[list[Row], int]:
        return intents.examples(session, office.taught, wanted, now=desk.now())

    async def clicked(row: Row) -> None:
        await _edit(desk, listing, row)

    filters = (
        Filter("words", "话里的字"),
        Filter("intent", "意图", intents.intent_options(office.taught)),
        Filter("source", "来源", intents.SOURCES),
    )
    empty = "没有这样的例句。点「加例句」，写下客户会怎么说。"
    can_teach = desk.may(Right.TEACH)
    listing = Listing(desk, _COLUMNS, rows, filters=filters, empty=empty, on_click=clicked if can_teach else None)
    with ui.row().classes("filters"):
        if can_teach:
            ui.button("加例句", icon="add", on_click=partial(_edit, desk, listing, None)).props("unelevated no-caps dense")
        ui.label("加的例句在重新训练以后起作用（「模型」一栏）。资料包里的例句只读；点开可以改归到别的意图，以您的为准。").classes("soft")
    await listing.show()


async def _edit(desk: Desk, listing: Listing, row: Row | None) -> None:
    names = {str(intent): INTENT_NAMES[intent] for intent in Intent}
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label("这句话是什么意图" if row else "加例句").classes("strong")
        text = (
            ui.input("客户的话", value=row["text"] if row else "", validation={"请写下客户的话": lambda value: bool((value or "").strip())})
            .props("outlined dense hide-bottom-space autogrow" + (" readonly" if row else ""))
            .classes("wide")
        )
        intent = (
            ui.select(names, label="意图", value=row["intents"][0] if row else None, with_input=True, validation={"请选一个意图": bool})
            .props("outlined dense hide-bottom-space")
            .classes("wide")
        )
        with ui.row().classes("ends"):
            if row and row["source"] == intents.TAUGHT:
                ui.button("撤掉", on_click=lambda: dialog.submit("withdraw")).props("flat no-caps color=negative")
            ui.button("取消", on_click=lambda: dialog.submit("")).props("flat no-caps")
            save = ui.button("保存").props("unelevated no-caps")

    async def saved() -> None:
        if complete(text, intent) and await _save(desk, row, text.value or "", Intent(intent.value)):
            dialog.submit("saved")

    save.on_click(saved)
    wish = await answer_to(dialog)
    if wish == "withdraw" and row:
        number = int(row["id"].partition(":")[2])
        await desk.act(lambda s, who: acts.withdraw_example(s, who, number, now=desk.now()), told="已撤掉，重新训练后起作用")
    if wish:
        await listing.reload()


async def _save(desk: Desk, row: Row | None, text: str, intent: Intent) -> bool:
    def saved(session: Session, who: Who) -> bool:
        kept = intents.text_of(session, row["id"]) if row else None
        acts.teach_example(session, who, kept or text, intent, now=desk.now())
        return True

    return bool(await desk.act(saved, told="已保存，重新训练后起作用"))
