"""SOP: what would happen: the preview of this moment, and the rehearsal of the weeks to come."""

from datetime import datetime, time, timedelta

from nicegui import ui

from admin.desk import Desk
from admin.looks.plan import PlanSight
from admin.looks.plans import plan_for
from admin.parts.days import as_day
from admin.parts.dialog import answer_to
from admin.parts.progress import with_progress
from admin.plan_rehearsal import Play, play
from admin.rehearsals import Tell
from admin.rights import must
from admin.terms import Right
from core.zone import SHANGHAI
from sop.look_ahead import preview
from sop.plan_terms import PlanState
from sop.preview import told

_WEEKS = {1: "1 周", 2: "2 周", 4: "4 周", 8: "8 周"}
_SHOWN = 3_000


def buttons(desk: Desk, found: PlanSight) -> None:
    """Preview and rehearsal."""

    async def look() -> None:
        await _preview(desk, found)

    async def rehearse() -> None:
        await _rehearse(desk, found)

    if not found.is_in(PlanState.STOPPED):
        ui.button("预览", icon="visibility", on_click=look).props("flat no-caps")
        ui.button("排练", icon="theater_comedy", on_click=rehearse).props("flat no-caps")


async def _preview(desk: Desk, found: PlanSight) -> None:
    now = desk.now()
    tomorrow = datetime.combine(now.astimezone(SHANGHAI).date() + timedelta(days=1), time(10), SHANGHAI)
    moments = {"如果现在发": now, "如果明天 10:00 发": tomorrow}

    def looking(tell: Tell) -> list[str]:
        must(desk.still(), Right.EDIT_SOP)
        lines = []
        for number, (name, at) in enumerate(moments.items()):
            tell(name, number / 2)
            with desk.office.database.reading() as session:
                counts = preview(session, plan_for(session, found.row.key), desk.office.ticker.talks, at=at)
            lines.append(told(counts, found.content.kind))
        return lines

    lines = await with_progress(desk, "逐个判断受众里的每一个对象", looking)
    if lines is None:
        return
    with ui.dialog(value=True) as dialog, ui.card().classes("dialog"):
        ui.label("预览").classes("strong")
        for name, line in zip(moments, lines, strict=True):
            ui.label(name).classes("faint")
            ui.label(line)
        ui.label("按现在的受众、次数上限、免打扰时段和黑名单计算，没有发出任何消息。").classes("soft")
        with ui.row().classes("ends"):
            ui.button("好", on_click=dialog.close).props("unelevated no-caps")
    await answer_to(dialog)


async def _rehearse(desk: Desk, found: PlanSight) -> None:
    asked = await _ask(desk)
    if asked is None:
        return
    text, weeks = asked
    start = as_day(text)
    if start is None:
        ui.notify("开始日期要写成 2026-12-01 这样", type="negative")
        return

    def playing(tell: Tell) -> Play:
        must(desk.still(), Right.EDIT_SOP)
        return play(desk.office.ticker, found.row.key, start=start, weeks=weeks, tell=tell)

    played = await with_progress(desk, f"排练「{found.row.title}」{weeks} 周", playing)
    if played is not None:
        await _show(found, played, f"{start} 起 {weeks} 周")


async def _ask(desk: Desk) -> tuple[str, int] | None:
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label("排练").classes("strong")
        ui.label("用同样的规则把接下来几周走一遍，只在副本里进行，不会发出任何消息。").classes("soft")
        today = f"{desk.now().astimezone(SHANGHAI):%Y-%m-%d}"
        start = ui.input("从哪天开始", value=today).props("outlined dense type=date").classes("wide")
        weeks = ui.select(_WEEKS, label="多久", value=4).props("outlined dense").classes("wide")
        with ui.row().classes("ends"):
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("flat no-caps")
            ui.button("开始排练", on_click=lambda: dialog.submit(True)).props("unelevated no-caps")
    sure = await answer_to(dialog)
    return (start.value or "", int(weeks.value or 4)) if sure else None


async def _show(found: PlanSight, played: Play, what: str) -> None:
    with ui.dialog(value=True).props("maximized") as dialog, ui.card().classes("rehearsal"):
        with ui.row().classes("head-row wide"):
            ui.label(f"排练：{found.row.title}，{what}").classes("strong asked")
            ui.space()
            ui.button(icon="close", on_click=dialog.close).props("flat round dense aria-label=关闭")
        ui.label(played.cast).classes("soft")
        with ui.column().classes("card gap-0"):
            for line in played.summary:
                ui.label(line).classes("num")
        with ui.column().classes("play"):
            for line in played.lines[:_SHOWN]:
                _line(line)
            if len(played.lines) > _SHOWN:
                ui.label(f"只显示前 {_SHOWN:,} 行，共 {len(played.lines):,} 行；可以缩短周数再看").classes("soft")
            if not played.lines:
                ui.label("这段时间没有要发的。").classes("empty")
    await answer_to(dialog)


def _line(line: str) -> None:
    if line.startswith(" "):
        ui.label(line.strip()).classes("play-words pre")
        return
    tone = next((tone for word, tone in (("  发  ", "good"), ("  等  ", "warn"), ("  不发 ", "bad")) if word in line), "")
    ui.label(line).classes(f"play-line num {tone}")
