"""模型: the heads on the shelf; one is made anew from all examples, compared, put in use or refused; an older one is taken back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from nicegui import ui

from admin.acts import intents as acts
from admin.desk import Desk, link
from admin.looks import intents
from admin.looks.intents import heads
from admin.parts.confirm import confirmed
from admin.parts.listing import Row
from admin.terms import Right
from intents.names import INTENT_NAMES
from intents.retrain import Retrained

_PARTS = {"all": "全部留出的例句", "same": "没有改过的", "edited": "新加或改过的"}
_COLUMNS = [
    {"name": "name", "label": "版本", "field": "name", "align": "left"},
    {"name": "made", "label": "训练于", "field": "made", "align": "left"},
    {"name": "examples", "label": "例句", "field": "examples", "align": "right"},
    {"name": "compared", "label": "留出例句答对：换之前 → 它", "field": "compared", "align": "left"},
    {"name": "act", "label": "", "field": "current", "align": "right"},
]
_NAME = '<q-td :props="props">{{ props.value }} <span v-if="props.row.forced" class="chip warn">强制换上</span></q-td>'
_UNDO = "之后还可以在这一页换回来"


@dataclass
class _Work:
    """How far a training is; read by a timer, written by its thread."""

    says: str = ""


async def show(desk: Desk) -> None:
    """What is in use, what it does not know yet, and the others."""
    with ui.card().classes("card"):
        ui.label("意图模型").classes("head")
        news = ui.label()
        ui.label(
            "重新训练用资料包和运营教的全部例句。先和现用的比：每五条留一条不学、用来考试；变差就不换。服务不用停，其他进程一分钟内换上。"
        ).classes("soft")
        result = ui.column().classes("wide")
        if desk.may(Right.TEACH):
            button = ui.button("重新训练", icon="model_training").props("unelevated no-caps")
    versions = ui.column().classes("wide gap-s")

    async def draw() -> None:
        shelf = desk.office.understander.head.shelf
        waiting = await desk.look(lambda session: intents.waiting(session, shelf))
        news.set_text(f"有 {waiting} 条例句加了或撤了，现用的模型还不知道。" if waiting else "现用的模型知道所有例句。")
        news.classes(replace="strong" if waiting else "soft")
        versions.clear()
        with versions:
            _versions(desk, heads(shelf, now=desk.now()))

    if desk.may(Right.TEACH):
        button.on_click(lambda: _train(_Bench(desk, button, result, draw), force=False))
    await draw()
    with ui.card().classes("card"):
        ui.label("关注点模型").classes("head")
        ui.label("由资料包训练，随资料包更新。运营教的例句和反例直接生效，见「关注点」一栏，不必训练。").classes("soft")


def _versions(desk: Desk, rows: list[Row]) -> None:
    table = (
        ui.table(rows=rows, columns=_COLUMNS, row_key="id")
        .classes("listing heads")
        .props('flat dense hide-bottom no-data-label="还没有训练过。"')
    )
    table.add_slot("body-cell-name", _NAME)
    back = '<q-btn v-else flat dense no-caps size="sm" label="换回这个" @click="$parent.$emit(\'back\', props.row.id)" />'
    offered = back if desk.may(Right.TEACH) else ""
    table.add_slot("body-cell-act", f'<q-td :props="props"><span v-if="props.row.current" class="chip good">在用</span>{offered}</q-td>')
    table.on("back", lambda event: _back(desk, next(row for row in rows if row["id"] == event.args)))


async def _back(desk: Desk, row: Row) -> None:
    question, day = f"换回 {row['made_exactly']} 训练的模型，客户的话马上由它来理解？", row["made_exactly"].partition(" ")[0]
    if not await confirmed(question, day, button="换回", undo=_UNDO):
        return

    def done() -> bool:
        acts.take_head_back(desk.office, desk.still(), row["id"])
        return True

    if await desk.attempt(done, told="已换回"):
        ui.navigate.to(link("/intents", tab="models"))


@dataclass(frozen=True)
class _Bench:
    """What a training has to do with on the page; `draw` shows anew what is in use."""

    desk: Desk
    button: ui.button
    shown: ui.column
    draw: Callable[[], Awaitable[None]]


async def _train(bench: _Bench, *, force: bool) -> None:
    desk, button, shown = bench.desk, bench.button, bench.shown
    work = _Work("正在训练和比较，通常一分钟左右，可以先去别的页面…")
    button.disable()
    shown.clear()
    with shown, ui.row().classes("items-center gap-s"):
        ui.spinner(size="sm")
        ui.label().bind_text_from(work, "says")

    def progress(done: int, of: int) -> None:
        work.says = f"正在编码新例句 {done}/{of}…" if done < of else "正在训练和比较，通常一分钟左右，可以先去别的页面…"

    with shown:
        result = await desk.attempt(lambda: acts.teach_head(desk.office, desk.still(), force=force, progress=progress))
    if shown.is_deleted:
        return  # he went to another page; the training has ended all the same
    button.enable()
    shown.clear()
    if result is not None:
        with shown:
            _compared(bench, result)
        await bench.draw()


def _compared(bench: _Bench, result: Retrained) -> None:
    """The table before and after, and what came of it."""
    if result.version:
        ui.label(f"已换上 {result.version.key[:8]}（{result.version.examples} 条例句）").classes("chip good")
    else:
        ui.label(f"没有换上：{_in_words(result.refused)}").classes("bad strong")
    columns = [
        {"name": name, "label": label, "field": name, "align": "left"} for name, label in (("part", "考试用的例句"), ("count", "条数"))
    ]
    columns += [
        {"name": name, "label": label, "field": name, "align": "right"} for name, label in (("before", "现用的"), ("after", "新的"))
    ]
    parts = [(_PARTS[name], row) for name, row in result.rows.items()]
    parts += [(f"退步的意图：{INTENT_NAMES[intent]}", row) for intent, row in result.worse]
    rows = [{"part": part, "count": row.count, "before": f"{row.before:.1%}", "after": f"{row.after:.1%}"} for part, row in parts]
    ui.table(rows=rows, columns=columns).classes("listing").props('flat dense hide-bottom no-data-label="没有可比的旧模型。"')
    if result.version is None:
        ui.button("仍然换上", on_click=partial(_force, bench)).props("flat no-caps color=negative")


async def _force(bench: _Bench) -> None:
    if await confirmed("新模型考得更差，仍然换上？", "仍然换上", button="换上", undo=_UNDO):
        await _train(bench, force=True)


def _in_words(refused: str) -> str:
    """Intents by their names: the refusal tells their keys."""
    for intent, name in sorted(INTENT_NAMES.items(), key=lambda pair: -len(pair[0])):
        refused = refused.replace(intent, name)
    return refused
