"""SOP: the dialog in which an operator changes whom a plan is for, when one leaves it and how often it may speak."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import background_tasks, ui

from admin.acts import plan_rules as acts
from admin.acts.plan_rules import RulesEdit
from admin.desk import Desk
from admin.looks.plan import PlanSight
from admin.looks.plan_rules import RuleChoices, count_by, rule_choices
from admin.pages.rule_form import CapFields, QuietFields, RuleFields
from admin.parts.cap_rows import caps_of, quiet_of
from admin.parts.dialog import answer_to
from admin.parts.rule_rows import RuleForm, form_of
from admin.terms import Blocked
from customers.rules import LEVEL_NAMES
from sop.backlog import takes_newcomers_only

Draw = Callable[[], Awaitable[None]]
_LEVELS = {str(level): f"{level} {name}" for level, name in LEVEL_NAMES.items()}


async def edit(desk: Desk, found: PlanSight, draw: Draw) -> None:
    """The dialog stays open when it was refused, so that nothing typed is lost."""
    choices = await desk.look(lambda session: rule_choices(session, desk.who, desk.office, found.row.key))
    with ui.dialog().props("persistent") as dialog, ui.card().classes("dialog wide-dialog"):
        ui.label(f"受众与规则：{found.row.title}").classes("strong asked")
        fields = _Fields(desk, found, choices)
        with ui.row().classes("ends"):
            ui.label("已经在组的不受影响；之后按新规则进入、发送。").classes("soft")
            ui.space()
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("flat no-caps")
            ui.button("保存", on_click=lambda: _save(desk, found, fields, dialog)).props("unelevated no-caps")
    await fields.count()
    if await answer_to(dialog):
        await draw()


async def _save(desk: Desk, found: PlanSight, fields: "_Fields", dialog: ui.dialog) -> None:
    if not fields.complete():
        return

    def do(session: Any, who: Any) -> bool:
        version = found.row.version
        acts.change_rules(session, who, found.row.key, fields.edit(), desk.office.names, version=version, now=desk.now())
        return True

    if await desk.act(do, told="已保存"):
        dialog.submit(True)


class _Fields:
    """What is typed in the dialog."""

    def __init__(self, desk: Desk, found: PlanSight, choices: RuleChoices) -> None:
        self._desk, self._key, policy = desk, found.row.key, found.row.policy
        content = found.content
        self.latest_hours = str(int(content.latest.total_seconds()) // 3600)
        self.again_after_days = "" if content.again_after is None else str(content.again_after.days)
        self.within_days = str(content.within.days) if content.within else ""
        self._newcomers = takes_newcomers_only(content)
        self.exclusive = content.exclusive
        self._audience, self._goal, self._caps = form_of(found.row.audience), form_of(found.row.goal), caps_of(policy.get("caps", []))
        with ui.column().classes("wide rule-sections"):
            with ui.row().classes("head-row wide"):
                ui.label("受众").classes("strong")
                self._count = ui.label("…").classes("chip info num")
            audience = RuleFields(self._audience, choices, "没有条件：所有人都在受众里。", self._recount)
            ui.label("目标：达成后提前离开").classes("strong")
            goal = RuleFields(self._goal, choices, "没有目标：走完全部步骤才离开。", lambda: None)
            self._conditions = (audience, goal)
            ui.label("这个计划自己的次数上限").classes("strong")
            ui.label("比总规则更严才有用；总规则始终有效。").classes("soft")
            CapFields(self._caps, _LEVELS if content.subject == "customer" else {}, kinds=False)
            ui.label("这个计划自己的免打扰时段").classes("strong")
            ui.label("在总规则的时段之外再加；两边都结束了才发。").classes("soft")
            self.quiet = QuietFields(quiet_of(policy.get("quiet", [])), "没有自己的时段，只按总规则。", kinds=False)
            self._others(is_for_customers=content.subject == "customer")

    def edit(self) -> RulesEdit:
        """As the act takes it."""
        again, latest = str(self.again_after_days or ""), str(self.latest_hours or "")
        within = str(self.within_days or "")
        return RulesEdit(self._audience, self._goal, self._caps, latest, again, self.exclusive, within, self.quiet.rows)

    def complete(self) -> bool:
        """Whether every condition and stretch can be saved; all lists are asked, so that all faults are seen at once."""
        answers = [fields.complete() for fields in (*self._conditions, self.quiet)]
        return all(answers)

    async def count(self) -> None:
        """How many belong by what is typed now."""
        asked = RuleForm(self._audience.mode, list(self._audience.rows))
        try:
            told = await self._desk.look(lambda session: count_by(session, self._desk.who, self._key, asked, now=self._desk.now()))
        except Blocked as blocked:
            told = str(blocked)
        if not self._count.is_deleted:
            self._count.text = told

    def _recount(self) -> None:
        background_tasks.create_lazy(self.count(), name=f"count of {id(self)}")

    def _others(self, *, is_for_customers: bool) -> None:
        ui.label("其他").classes("strong")
        with ui.element("div").classes("fields"):
            ui.input("到点后几小时内有效").props("outlined dense inputmode=numeric").bind_value(self, "latest_hours")
            ui.input("离开几天后可再次进入（空着是不可以）").props("outlined dense inputmode=numeric").bind_value(self, "again_after_days")
            if self._newcomers:
                ui.input("启动前几天内符合的也进入（空着是不进入）").props("outlined dense inputmode=numeric").bind_value(
                    self, "within_days"
                )
        if is_for_customers:
            ui.checkbox("同一位客户同时只由一个这样的计划负责").props("dense").bind_value(self, "exclusive")
