"""SOP: all plans, whom each reaches, what comes next."""

from nicegui import ui
from sqlalchemy.orm import Session

from admin.acts.plan_rules import policy_in_words
from admin.desk import Desk, link
from admin.looks.plan_words import KIND_NAMES
from admin.looks.plans import plans
from admin.looks.wanted import Wanted
from admin.pages import policy
from admin.parts.listing import Column, Filter, Listing, Row
from admin.parts.rooted import rooted
from admin.terms import Right
from sop import store
from sop.plan_terms import PLAN_STATE_NAMES

_TITLE = '<span class="strong">{{ props.row.title }}</span><div class="faint gt-xs">{{ props.row.about }}</div>'
_STATE = (
    "<span :class=\"'chip ' + props.row.tone\">{{ props.row.state }}</span>"
    '<span v-if="props.row.needs" class="chip warn" :title="props.row.needs">缺条件</span>'
)
_AUDIENCE = '<span class="num">{{ props.row.audience }}</span><div class="faint gt-xs">{{ props.row.rule }}</div>'
_NEXT = '<span :title="props.row.next_exactly">{{ props.row.next }}</span>'
_LATELY = (
    '<span v-if="!props.row.lately.length" class="faint">—</span>'
    '<span v-for="one in props.row.lately" class="one-line q-mr-sm"><span class="soft">{{ one.name }}</span> '
    '<span class="num">{{ one.count }}</span></span>'
)
_COLUMNS = (
    Column("title", "计划", cell=_TITLE),
    Column("kind", "方式", cell='<span class="one-line">{{ props.row.kind }}</span>'),
    Column("state", "状态", cell=_STATE),
    Column("audience", "受众（现在）", cell=_AUDIENCE),
    Column("enrolled", "在组", align="right", cell='<span class="num">{{ props.row.enrolled }}</span>'),
    Column("next", "下一条", cell=_NEXT),
    Column("lately", "近 7 天", cell=_LATELY),
)


async def show(desk: Desk) -> None:
    """The list; a click opens the plan."""

    def rows(session: Session, wanted: Wanted) -> tuple[list[Row], int]:
        found = plans(session, desk.who, desk.office.names, is_workday=desk.office.ticker.is_workday, now=desk.now())
        state, kind = PLAN_STATE_NAMES.get(wanted.get("state"), ""), KIND_NAMES.get(wanted.get("kind"), "")  # type: ignore[call-overload]
        kept = [row for row in found if (not state or row["state"] == state) and (not kind or row["kind"] == kind)]
        return kept[wanted.offset : wanted.offset + wanted.size], len(kept)

    filters = (
        Filter("state", "状态", {str(state): name for state, name in PLAN_STATE_NAMES.items()}),
        Filter("kind", "方式", KIND_NAMES),
    )
    empty = "没有这样的计划。计划来自内容包，重新导入内容包后会出现在这里。"
    await Listing(desk, _COLUMNS, rows, filters=filters, empty=empty, to=lambda row: link(f"/sop/{row['key']}")).show()
    await _policy(desk, ui.column().classes("wide gap-0"))


async def _policy(desk: Desk, root: ui.column) -> None:
    """The rules for all plans in a few words, and the way to them."""

    async def draw() -> None:
        told = policy_in_words(await desk.look(store.policy_for_all))
        root.clear()
        with root, ui.card().classes("card wide gap-0"):
            with ui.row().classes("head-row wide"):
                ui.label("触达总规则").classes("strong")
                ui.label("对所有计划生效").classes("soft")
                ui.space()
                name = "修改" if desk.may(Right.EDIT_SOP) else "查看"
                ui.button(name, icon="tune", on_click=rooted(root, lambda: policy.edit(desk, draw))).props("flat dense no-caps")
            ui.label("免打扰：" + ("；".join(told["免打扰"]) or "没有")).classes("soft")
            ui.label("次数上限：" + ("；".join(told["次数上限"]) or "没有")).classes("soft")
            ui.label(f"客户聊天后 {told['聊天后静默']}内不打扰").classes("soft")

    await draw()
