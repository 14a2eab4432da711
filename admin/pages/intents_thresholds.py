"""阈值: from which confidence on the assistant answers, and from which it offers a menu; measured, set, or fixed by IT."""

from functools import partial
from typing import Any

from nicegui import ui
from sqlalchemy.orm import Session

from admin.acts import intents as acts
from admin.desk import Desk, link
from admin.parts.complete import complete
from admin.parts.when import when
from admin.terms import Right, Who
from bot.models import Tuning
from bot.tuning import ANSWER_AT, CLARIFY_AT, tunings
from kb.confidence import CurvePoint

_MEANS = {
    ANSWER_AT: "最接近的话术有这么大把握，就直接回复",
    CLARIFY_AT: "不够直接回复，但有这么大把握，就列出两三个问题请客户选",
}


async def show(desk: Desk) -> None:
    """Both figures and the curve they lie on."""
    tuned = await desk.look(tunings)
    with ui.element().classes("pair"):
        for name in (ANSWER_AT, CLARIFY_AT):
            with ui.card().classes("card"):
                _figure(desk, name, tuned)
    with ui.card().classes("card"):
        ui.label("准确率与回复率").classes("head")
        ui.label(
            "话术库建好时，用它自己的问法（留出一部分不学）试答出来的：横轴是直接回复的比例，纵轴是回复里答对的比例。"
            "把握要求越高，答得越少、错得越少。点在线上看每一处的把握。"
        ).classes("soft")
        _curve(desk, tuned)


def _figure(desk: Desk, name: str, tuned: dict[str, Tuning]) -> None:
    office, fixed = desk.office, getattr(desk.office.settings, name)
    measured, held = getattr(office.scripts.thresholds, name), getattr(_held(desk, tuned), name)
    ui.label(acts.THRESHOLD_NAMES[name]).classes("head")
    ui.label(_MEANS[name]).classes("soft")
    with ui.row().classes("items-baseline gap-s"):
        ui.label(f"{held:.1%}").classes("figure num")
        ui.label(f"测得的是 {measured:.1%}").classes("soft")
    if fixed is not None:
        ui.label(f"由 IT 在设置里定死（ZHANTING_{name.upper()}），这里改不了。").classes("chip warn")
        return
    row = tuned.get(name)
    ui.label(f"{row.set_by} 设定，{when(row.set_at, now=desk.now())}" if row else "按测得的数").classes("soft")
    if desk.may(Right.TEACH):
        with ui.row().classes("items-center gap-s"):
            between = {"填 1 到 100 之间的数": lambda share: share is not None and 1 <= share <= 100}
            value = ui.number("改成（%）", value=round(held * 100, 1), step=0.5, validation=between)
            value.props("outlined dense hide-bottom-space").classes("filter")

            async def set_it() -> None:
                if complete(value):
                    await _set(desk, name, value.value / 100)

            ui.button("设定", on_click=set_it).props("unelevated no-caps dense")
            if row:
                ui.button("回到测得的", icon="undo", on_click=partial(_set, desk, name, None)).props("flat no-caps dense")


async def _set(desk: Desk, name: str, value: float | None) -> None:
    def done(session: Session, who: Who) -> bool:
        acts.set_threshold(session, who, name, value, desk.office, now=desk.now())
        return True

    if await desk.act(done, told="已设定，一分钟内生效"):
        ui.navigate.to(link("/intents", tab="thresholds"))


def _held(desk: Desk, tuned: dict[str, Tuning]) -> Any:
    return acts.current(desk.office, {name: row.value for name, row in tuned.items()})


def _curve(desk: Desk, tuned: dict[str, Tuning]) -> None:
    points = desk.office.scripts.library.calibrator.curve
    if not points:
        ui.label("话术太少，还测不出曲线；现在用的是出厂的数。发布更多带相似问的话术后会自动测。").classes("empty")
        return
    held = _held(desk, tuned)
    marks = [_mark("直接回复", points, held.answer_at, "#0a7d55"), _mark("请客户选择", points, held.clarify_at, "#b06a00")]
    ui.echart(_chart(points, marks)).classes("wide curve")


def _mark(name: str, points: tuple[CurvePoint, ...], at: float, colour: str) -> dict[str, Any]:
    nearest = min(points, key=lambda point: abs(point.at - at))
    return {
        "name": f"{name} {at:.1%}",
        "type": "scatter",
        "data": [_xy(nearest)],
        "symbolSize": 13,
        "itemStyle": {"color": colour},
        "label": {"show": True, "formatter": f"{name} {at:.1%}", "position": "bottom", "distance": 10},
        "z": 3,
    }


def _chart(points: tuple[CurvePoint, ...], marks: list[dict[str, Any]]) -> dict[str, Any]:
    """Series of (coverage, precision, confidence), all in percent."""
    lowest = min(point.precision for point in points)
    axis = {"type": "value", "axisLabel": {"formatter": "{value}%"}, "nameLocation": "middle"}
    line = {"name": "把握", "type": "line", "data": [_xy(point) for point in points], "symbolSize": 4, "lineStyle": {"width": 2}}
    return {
        "color": ["#5b8def"],
        "grid": {"left": 62, "right": 24, "top": 24, "bottom": 52},
        "tooltip": {"trigger": "item", ":formatter": "p => `把握 ${p.data[2]}% 起<br>回复 ${p.data[0]}%，其中答对 ${p.data[1]}%`"},
        "xAxis": {**axis, "name": "直接回复的比例", "nameGap": 28, "min": 0, "max": 100},
        "yAxis": {**axis, "name": "答对的比例", "nameGap": 44, "min": int(lowest * 20) * 5, "max": 100},
        "series": [line, *marks],
    }


def _xy(point: CurvePoint) -> list[float]:
    return [round(point.coverage * 100, 1), round(point.precision * 100, 1), round(point.at * 100, 1)]
