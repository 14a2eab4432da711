"""One unanswered question: who asked it how, the scripts nearest to it, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from nicegui import ui
from sqlalchemy.orm import Session

from admin.acts import gaps as acts
from admin.desk import Desk, in_thread, link
from admin.looks import gaps
from admin.looks.wanted import Wanted
from admin.parts.dialog import answer_to
from admin.parts.listing import Column, Listing, Row
from admin.terms import Right, Who
from bot.ask import question_of
from kb.terms import ScriptMatch

_NEAREST = 5
_TURNS = (
    Column("words", "原话"),
    Column("customer", "客户"),
    Column("level", "级别"),
    Column("said", "时间", sortable=True),
)
_CHIPS = {"open": "chip info", "drafted": "chip warn", "published": "chip good", "dismissed": "chip"}


@dataclass(frozen=True)
class _Page:
    desk: Desk
    gap: Row
    question: ui.input
    nearest: ui.column


async def show(desk: Desk) -> None:
    """The group, the one that it went into, or that it is gone."""
    number = desk.path["gap_id"]
    found = await desk.look(lambda session: gaps.gap(session, int(number), now=desk.now())) if number.isdigit() else None
    if found is None:
        ui.label("这一组已经不在了。").classes("empty")
        ui.link("回到未答问题", link("/gaps"))
        return
    if found["id"] != int(number):
        ui.link(f"这一组已并入「{found['title']}」", link(f"/gaps/{found['id']}"))
        ui.navigate.to(link(f"/gaps/{found['id']}"))
        return
    _head(desk, found)
    with ui.element().classes("pair uneven"):
        with ui.card().classes("card"):
            page = _answer(desk, found)
        with ui.column().classes("wide"):
            await _turns(desk, found)
    await _search(page)


def _head(desk: Desk, gap: Row) -> None:
    with ui.row().classes("filters"):
        ui.link("未答问题", link("/gaps")).classes("soft")
        ui.label(gap["title"]).classes("strong")
        ui.label(gap["state_name"]).classes("chip warn" if gap["asked_again"] else _CHIPS[gap["state"]])
        ui.label(f"{gap['count']} 次 · 最近 {gap['last']}").classes("soft")
        if gap["script"]:
            ui.link(f"话术：{gap['script_title']}", link(f"/scripts/{gap['script']}"))
        ui.space()
        if not desk.may(Right.SETTLE_GAPS):
            return
        ui.button("合并到…", icon="merge", on_click=partial(_merge, desk, gap)).props("flat dense no-caps")
        if gap["state"] == "dismissed":
            ui.button("取消忽略", icon="undo", on_click=partial(_take_up, desk, gap)).props("flat dense no-caps")
            return
        if gap["state"] in ("drafted", "published"):
            ui.button("重新打开", icon="undo", on_click=partial(_take_up, desk, gap)).props("flat dense no-caps")
        ui.button("忽略", icon="visibility_off", on_click=partial(_dismiss, desk, gap)).props("flat dense no-caps color=grey-8")


def _answer(desk: Desk, gap: Row) -> _Page:
    """The question as it will be written down, and where it may go."""
    ui.label("怎么答").classes("head")
    question = ui.input("标准说法（可改得更清楚）", value=gap["title"]).props("outlined dense autogrow").classes("wide")
    with ui.row().classes("gap-s"):
        again = ui.button("看看哪些话术接近", icon="search").props("flat dense no-caps")
        if desk.may(Right.EDIT_SCRIPTS):

            def write() -> None:
                ui.navigate.to(link("/scripts/new", question=(question.value or "").strip(), gap=str(gap["id"])))

            ui.button("新建话术", icon="add", on_click=write).props("unelevated dense no-caps")
    page = _Page(desk, gap, question, ui.column().classes("wide gap-s"))
    again.on_click(lambda: _search(page))
    return page


async def _search(page: _Page) -> None:
    """The scripts that the bot would look at, for the words as they stand."""
    words = (page.question.value or "").strip()
    found = await in_thread(partial(_nearest, page.desk, words)) if words else []
    page.nearest.clear()
    with page.nearest:
        ui.label("现在最接近的话术" if found else "没有接近的话术，新建一条吧。").classes("soft")
        for match in found:
            _match(page, match)


def _nearest(desk: Desk, words: str) -> Sequence[ScriptMatch]:
    understood = desk.office.understander.understand(words, now=desk.now())
    return desk.office.scripts.find(question_of(understood, {}, now=desk.now()), top=_NEAREST)


def _match(page: _Page, match: ScriptMatch) -> None:
    with ui.row().classes("near"):
        with ui.column().classes("col gap-0"):
            ui.link(match.title, link(f"/scripts/{match.key}"), new_tab=True)
            ui.label(match.standard).classes("soft")
        ui.label(f"把握 {match.confidence:.0%}").classes("chip num")
        if page.desk.may(Right.EDIT_SCRIPTS):
            ui.button("加到相似问", on_click=partial(_add, page, match.key)).props("outline dense no-caps size=sm")


async def _add(page: _Page, key: str) -> None:
    desk, words = page.desk, str(page.question.value or "")
    done = await desk.act(lambda session, who: acts.add_similar(session, who, page.gap["id"], key, words, now=desk.now()))
    if done is not None:
        ui.notify("已写进这条话术的草稿，发布后生效", type="positive")
        ui.navigate.to(link(f"/gaps/{page.gap['id']}"))


async def _turns(desk: Desk, gap: Row) -> None:
    def rows(session: Session, wanted: Wanted) -> tuple[list[Row], int]:
        found, total = gaps.turns(session, desk.who, gap["id"], wanted, now=desk.now())
        return list(found), total

    async def clicked(row: Row) -> None:
        await _turn(desk, gap, row)

    await Listing(desk, _TURNS, rows, empty="这一组没有原话了（客户资料可能已删除）。", on_click=clicked).show()


async def _turn(desk: Desk, gap: Row, row: Row) -> None:
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(row["words"]).classes("strong pre")
        ui.label(f"{row['customer']} {row['level']} · {row['said']}").classes("soft")
        with ui.row().classes("ends"):
            if desk.may(Right.SETTLE_GAPS) and gap["count"] > 1:
                ui.button("不是一回事，移出", on_click=lambda: dialog.submit("out")).props("flat no-caps")
            ui.button("看会话", on_click=lambda: dialog.submit("talk")).props("unelevated no-caps")
    wish = await answer_to(dialog)
    if wish == "talk":
        ui.navigate.to(link(f"/conversations/{row['external_id']}", at=row["msgid"]))
    elif wish == "out":
        encode = desk.office.understander.embedder.encode
        if await desk.act(lambda s, who: acts.move_out(s, who, row["id"], encode, now=desk.now())) is not None:
            ui.notify("已移出，自成一组", type="positive")
            ui.navigate.to(link(f"/gaps/{gap['id']}"))


async def _dismiss(desk: Desk, gap: Row) -> None:
    await desk.act(
        lambda s, who: acts.dismiss(s, who, gap["id"], now=desk.now()), told="已忽略，以后相近的问题不再出现；在「已忽略」里可以取消"
    )
    ui.navigate.to(link(f"/gaps/{gap['id']}"))


async def _take_up(desk: Desk, gap: Row) -> None:
    await desk.act(lambda s, who: acts.take_up(s, who, gap["id"], now=desk.now()), told="已放回待处理")
    ui.navigate.to(link(f"/gaps/{gap['id']}"))


async def _merge(desk: Desk, gap: Row) -> None:
    options = await desk.look(lambda session: gaps.others(session, desk.who, gap["id"], ""))
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(f"把「{gap['title']}」并入哪一组？").classes("strong")
        words = ui.input("找一找", placeholder="问题里的字").props('outlined dense debounce="300"').classes("wide")
        chosen = ui.select(options, label="并入").props("outlined dense").classes("wide")

        async def narrowed() -> None:
            chosen.set_options(await desk.look(lambda session: gaps.others(session, desk.who, gap["id"], str(words.value or "").strip())))

        words.on_value_change(narrowed)
        with ui.row().classes("ends"):
            ui.button("取消", on_click=lambda: dialog.submit(None)).props("flat no-caps")
            ui.button("合并", on_click=lambda: dialog.submit(chosen.value)).props("unelevated no-caps")
    into = await answer_to(dialog)
    if not into:
        return

    def merged(session: Session, who: Who) -> bool:
        acts.merge(session, who, gap["id"], into, now=desk.now())
        return True

    if await desk.act(merged, told="已合并"):
        ui.navigate.to(link(f"/gaps/{into}"))
