"""SOP: one plan: whom it reaches, its steps, what would happen, who confirms; start, hold, resume, stop."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from nicegui import ui
from sqlalchemy.orm import Session

from admin.acts import plans as acts
from admin.desk import Desk, link
from admin.looks.plan import PlanSight, plan_sight
from admin.looks.plan_words import KIND_NAMES, STATE_TONES, VERDICT_NAMES, plan_state
from admin.pages import plan_cockpit, plan_history, plan_rehearse, plan_rules, plan_steps, policy
from admin.parts.confirm import confirmed
from admin.parts.rooted import rooted
from admin.terms import Blocked, Right
from sop.plan_terms import PlanState

_TABS = {"steps": "步骤", "confirm": "确认进度", "history": "修改记录"}


async def show(desk: Desk) -> None:
    """The whole page; it is drawn anew after every act."""
    await _Page(desk, desk.path["key"], ui.column().classes("wide gap-s")).draw()


@dataclass
class _Page:
    desk: Desk
    key: str
    root: ui.column

    async def draw(self) -> None:
        """Look again and draw."""
        desk = self.desk

        def look(session: Session) -> PlanSight:
            return plan_sight(session, desk.who, self.key, desk.office.names, is_workday=desk.office.ticker.is_workday, now=desk.now())

        try:
            found = await desk.look(look)
        except Blocked as blocked:
            self.root.clear()
            with self.root:
                ui.label(str(blocked)).classes("empty")
            return
        self.root.clear()
        with self.root:
            self._head(found)
            self._facts(found)
            await self._tabs(found)

    def _head(self, found: PlanSight) -> None:
        row = found.row
        with ui.row().classes("head-row wide"):
            ui.link("← SOP", link("/sop"))
            ui.label(row.title).classes("strong asked")
            ui.label(plan_state(row.state)).classes(f"chip {STATE_TONES[row.state]}")
            ui.label(KIND_NAMES[row.kind]).classes("chip info")
            ui.space()
            if self.desk.may(Right.EDIT_SOP):
                self._buttons(found)

    def _buttons(self, found: PlanSight) -> None:
        desk, key = self.desk, self.key
        if not found.is_in(PlanState.STOPPED):
            rules = ui.button("受众与规则", icon="tune", on_click=rooted(self.root, lambda: plan_rules.edit(desk, found, self.draw)))
            rules.props("flat no-caps")
        plan_rehearse.buttons(desk, found)
        if found.is_in(PlanState.DRAFT):
            start = ui.button("启动", icon="play_arrow", on_click=self._deed(acts.start_plan, "已启动")).props("unelevated no-caps")
            if found.row.needs:
                start.disable()
                start.tooltip(f"还不能启动：{found.row.needs}")
        if found.is_in(PlanState.RUNNING):
            ui.button("暂停", icon="pause", on_click=self._deed(acts.hold_plan, "已暂停")).props("outline no-caps")
        if found.is_in(PlanState.HELD):
            ui.button("恢复", icon="play_arrow", on_click=self._deed(acts.start_plan, "已恢复")).props("unelevated no-caps")
        if found.is_in(PlanState.RUNNING, PlanState.HELD):

            async def stop() -> None:
                question = f"停止后不能再启动，{found.enrolled:,} 个在组对象全部离开，等待中的都不再发。"
                if await confirmed(question, found.row.title, button="停止"):
                    await desk.act(lambda session, who: acts.stop_plan(session, who, key, now=desk.now()), told="已停止")
                    await self.draw()

            ui.button("停止", icon="stop", color="negative", on_click=rooted(self.root, stop)).props("flat no-caps")

    def _deed(self, do: Callable[..., Any], told: str) -> Callable[[], Awaitable[None]]:
        async def doing() -> None:
            await self.desk.act(lambda session, who: do(session, who, self.key, now=self.desk.now()), told=told)
            await self.draw()

        return rooted(self.root, doing)

    def _facts(self, found: PlanSight) -> None:
        with ui.card().classes("card wide"):
            if found.row.about:
                ui.label(found.row.about)
            if found.row.needs:
                ui.label(f"还不能启动：{found.row.needs}").classes("note")
            with ui.element("div").classes("plan-facts"):
                self._fact("受众", f"{found.audience.counted}（现在）", found.audience.words)
                self._fact("在组", f"{found.enrolled:,}", f"达成后离开：{found.goal}" if found.goal else "走完全部步骤后离开")
                self._fact("下一条", found.next or "—", "" if found.next else _why_nothing(found))
                told = " · ".join(f"{name} {found.lately.get(one, 0):,}" for one, name in VERDICT_NAMES.items())
                self._fact("近 7 天", told if found.lately else "—", "")
            with ui.row().classes("gap-s wide"):
                ui.label(" · ".join([*found.rules, f"最后修改：{found.changed}"])).classes("faint")
                ui.space()
                opening = rooted(self.root, lambda: policy.edit(self.desk, self.draw))
                ui.label("总规则").classes("small link").on("click", opening)
                ui.link("触达台账", link("/touches", plan=self.key)).classes("soft")
                ui.link("日历", link("/calendar", plan=self.key)).classes("soft")

    @staticmethod
    def _fact(name: str, value: str, more: str) -> None:
        with ui.column().classes("gap-0"):
            ui.label(name).classes("faint")
            ui.label(value).classes("strong num")
            if more:
                ui.label(more).classes("soft")

    async def _tabs(self, found: PlanSight) -> None:
        desk = self.desk
        chosen = desk.query.get("tab", "")
        chosen = chosen if chosen in _TABS else "steps"
        with ui.row().classes("chips"):
            for tab, name in _TABS.items():
                here = " here" if tab == chosen else ""
                ui.link(name, link(f"/sop/{self.key}", tab=tab)).classes(f"chip view info{here}")
        if chosen == "confirm":
            await plan_cockpit.show(desk, found, desk.query.get("step", ""))
        elif chosen == "history":
            await plan_history.show(desk, found, self.root, self.draw)
        else:
            plan_steps.show(desk, found, self.root, self.draw, chosen=desk.query.get("step", ""))


def _why_nothing(found: PlanSight) -> str:
    if found.is_in(PlanState.RUNNING):
        return "35 天内没有要发的" if found.enrolled else "还没有对象进入；刚启动或改过时，一分钟内会进入"
    return {"draft": "启动后才会发", "held": "暂停中，恢复后继续", "stopped": "已停止"}[found.row.state]
