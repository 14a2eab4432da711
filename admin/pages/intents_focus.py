"""关注点: sentences and counter-examples, and the words by which each point is known."""

from functools import partial

from nicegui import ui
from sqlalchemy.orm import Session

from admin.acts import intents as acts
from admin.desk import Desk
from admin.looks import intents
from admin.looks.wanted import Wanted
from admin.pages.intents_examples import SOURCE
from admin.parts.complete import complete
from admin.parts.dialog import answer_to
from admin.parts.listing import Column, Filter, Listing, Row
from admin.terms import Right, Who
from customers.rules import FOCUS_NAMES, POLARITY_NAMES
from customers.terms import FocusPoint, Polarity

_TEXT = '<span>{{ props.row.text }}</span> <span v-if="props.row.words" class="faint">「{{ props.row.words }}」</span>'
_POLARITY = (
    "<span :class=\"'chip ' + (props.row.source == 'taught' && !props.row.polarity ? 'bad' : '')\">{{ props.row.polarity_name }}</span>"
)
_COLUMNS = (
    Column("text", "客户的话", cell=_TEXT),
    Column("point_name", "关注点"),
    Column("polarity", "态度", cell=_POLARITY),
    Column("source", "来源", cell=SOURCE),
)


_FIELD = "outlined dense hide-bottom-space"


async def show(desk: Desk) -> None:
    """The words of each point, then the sentences."""
    office = desk.office

    def rows(session: Session, wanted: Wanted) -> tuple[list[Row], int]:
        return intents.sentences(session, office.taught, wanted, now=desk.now())

    async def clicked(row: Row) -> None:
        if row["source"] == intents.TAUGHT:
            await _withdraw(desk, listing, row)

    _lexicon(desk)
    filters = (
        Filter("words", "话里的字"),
        Filter("point", "关注点", {str(point): name for point, name in FOCUS_NAMES.items()}),
        Filter("source", "来源", intents.SOURCES),
    )
    can_teach = desk.may(Right.TEACH)
    listing = Listing(
        desk,
        _COLUMNS,
        rows,
        filters=filters,
        empty="没有这样的句子。点「加例句或反例」，写下客户会怎么说。",
        on_click=clicked if can_teach else None,
    )
    with ui.row().classes("filters"):
        if can_teach:
            ui.button("加例句或反例", icon="add", on_click=partial(_add, desk, listing)).props("unelevated no-caps dense")
        ui.label("在这里或在会话里教的，一分钟内对同样的话和几乎一样的话起作用，不用训练。点运营教的一句可以撤掉。").classes("soft")
    await listing.show()


def _lexicon(desk: Desk) -> None:
    with ui.expansion("每个关注点认哪些词（来自资料包，只读）", icon="menu_book").classes("card").props("dense"):
        for point, words in intents.lexicon(desk.office.taught).items():
            with ui.row().classes("wide lexicon"):
                ui.label(FOCUS_NAMES[point]).classes("strong lexicon-name")
                ui.label("、".join(words) or "—").classes("soft lexicon-words")


async def _add(desk: Desk, listing: Listing) -> None:
    answers = {str(polarity): POLARITY_NAMES[polarity] for polarity in Polarity} | {"": "不是这个关注点（反例）"}
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label("加例句或反例").classes("strong")
        text = ui.input("客户的话", validation={"请写下客户的话": _written}).props(_FIELD + " autogrow").classes("wide")
        inside = {"请照抄「客户的话」里连着的几个字": lambda value: _written(value) and value.strip() in (text.value or "")}
        words = ui.input("哪几个字", placeholder="例如：续航", validation=inside).props(_FIELD).classes("wide")
        points = {str(point): name for point, name in FOCUS_NAMES.items()}
        point = ui.select(points, label="关注点", with_input=True, validation={"请选一个关注点": bool}).props(_FIELD).classes("wide")
        polarity = ui.select(answers, label="说的是", value=str(Polarity.NEUTRAL)).props("outlined dense").classes("wide")
        with ui.row().classes("ends"):
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("flat no-caps")
            save = ui.button("保存").props("unelevated no-caps")

    async def saved() -> None:
        if not complete(text, words, point):
            return
        shown, held = FocusPoint(point.value), Polarity(polarity.value) if polarity.value else None

        def taught(session: Session, who: Who) -> bool:
            acts.teach_sentence(session, who, text.value or "", words.value or "", shown, held, now=desk.now())
            return True

        if await desk.act(taught, told="已保存，一分钟内起作用"):
            dialog.submit(True)

    save.on_click(saved)
    if await answer_to(dialog):
        await listing.reload()


def _written(value: str | None) -> bool:
    return bool((value or "").strip())


async def _withdraw(desk: Desk, listing: Listing, row: Row) -> None:
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(row["text"]).classes("strong pre")
        ui.label(f"{row['point_name']} · {row['polarity_name']} · {row['by']}").classes("soft")
        with ui.row().classes("ends"):
            ui.button("关闭", on_click=lambda: dialog.submit(False)).props("flat no-caps")
            ui.button("撤掉", on_click=lambda: dialog.submit(True)).props("flat no-caps color=negative")
    sure = await answer_to(dialog)
    if sure:
        number = int(row["id"].partition(":")[2])
        await desk.act(lambda s, who: acts.withdraw_sentence(s, who, number, now=desk.now()), told="已撤掉，一分钟内起作用")
        await listing.reload()
