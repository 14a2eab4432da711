"""触达台账: every touch, its verdict, why, and what became of it."""

from collections.abc import Sequence

from nicegui import ui
from sqlalchemy.orm import Session

from admin.desk import Desk, link
from admin.looks.plan_words import KIND_NAMES, VERDICT_NAMES, VERDICT_TONES
from admin.looks.plans import titles
from admin.looks.touches import PERIODS, REASONS, by_reason, touches
from admin.looks.wanted import Wanted
from admin.parts.dialog import answer_to
from admin.parts.listing import Column, Filter, Listing, Load, Row

_VERDICT = "<span :class=\"'chip ' + props.row.tone\">{{ props.row.verdict }}</span>"
_RESULT = (
    "<span v-if=\"props.row.result && props.row.result != '—'\" :class=\"'chip ' + props.row.result_tone\">{{ props.row.result }}</span>"
    '<span v-else class="faint">{{ props.row.result }}</span>'
)
_AT = '<span class="num" :title="props.row.at_exactly">{{ props.row.at }}</span>'
_PLANNED = '<span class="num" :title="props.row.planned_exactly">{{ props.row.planned }}</span>'
_COLUMNS = (
    Column("what", "计划和步骤"),
    Column("to", "对象"),
    Column("kind", "方式", cell='<span class="one-line">{{ props.row.kind }}</span>'),
    Column("verdict", "裁定", cell=_VERDICT),
    Column("reason", "原因"),
    Column("result", "结果", cell=_RESULT),
    Column("planned", "计划时间", sortable=True, cell=_PLANNED),
    Column("at", "裁定时间", sortable=True, cell=_AT),
)


class _Ledger(Listing):
    """Counts by reason above the list, which follow its filters."""

    def __init__(self, desk: Desk, load: Load, filters: Sequence[Filter], counts: ui.row) -> None:
        empty = "没有符合条件的触达。计划运行后，每一次发、等、不发都会记在这里。"
        super().__init__(desk, _COLUMNS, load, filters=filters, empty=empty, on_click=_details)
        self._looking, self._counts = desk, counts

    async def reload(self) -> None:
        """The list and its counts."""
        await super().reload()
        found = await self._looking.look(lambda session: by_reason(session, self._looking.who, self.wanted, now=self._looking.now()))
        self._counts.clear()
        with self._counts:
            for verdict, reason, number in found:
                self._chip(verdict, reason, number)

    def _chip(self, verdict: str, reason: str, number: int) -> None:
        chosen = (self.wanted.get("verdict"), self.wanted.get("reason")) == (verdict, reason)

        async def narrow() -> None:
            await self.narrow_all({"verdict": "" if chosen else verdict, "reason": "" if chosen else reason})

        name = " ".join(filter(None, [VERDICT_NAMES[verdict], reason]))
        chip = ui.label(f"{name} {number:,}").classes(f"chip view num {VERDICT_TONES[verdict]}" + (" here" if chosen else ""))
        chip.on("click", narrow)


async def show(desk: Desk) -> None:
    """Counts by reason on top, the ledger below; both follow the filters."""
    named = await desk.look(titles)
    plan = desk.query.get("plan", "")
    steps = {key.partition("/")[2]: title for key, title in named.items() if plan and key.startswith(f"{plan}/")}
    filters = [
        Filter("q", "对象"),
        Filter("plan", "计划", {key: title for key, title in named.items() if "/" not in key}),
        *([Filter("step", "步骤", steps)] if steps else []),
        Filter("kind", "方式", KIND_NAMES),
        Filter("verdict", "裁定", VERDICT_NAMES),
        Filter("reason", "原因", REASONS),
        Filter("days", "时间", PERIODS),
    ]

    def rows(session: Session, wanted: Wanted) -> tuple[list[Row], int]:
        return touches(session, desk.who, wanted, now=desk.now())

    await _Ledger(desk, rows, filters, ui.row().classes("chips")).show()


async def _details(row: Row) -> None:
    facts = {
        "方式": row["kind"],
        "裁定": " ".join(filter(None, [row["verdict"], row["reason"]])),
        "结果": row["result"],
        "用的说法": row["wording"],
        "计划时间": row["planned_exactly"],
        "最晚到": row["latest"],
        "裁定时间": row["at_exactly"],
        "交给发件箱": row["made"],
    }
    with ui.dialog(value=True) as dialog, ui.card().classes("dialog"):
        ui.label(row["what"]).classes("strong")
        ui.label(row["to"]).classes("soft")
        for name, value in facts.items():
            if value and value != "—":
                with ui.row().classes("gap-s"):
                    ui.label(name).classes("soft slot-name")
                    ui.label(value).classes("num")
        with ui.row().classes("ends"):
            if row["plan"]:
                ui.link("看这一步", link(f"/sop/{row['plan']}", step=row["step"]))
            if row["to_link"]:
                ui.link("看对象", link(row["to_link"]))
            ui.button("好", on_click=dialog.close).props("unelevated no-caps")
    await answer_to(dialog)
