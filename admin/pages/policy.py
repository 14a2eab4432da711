"""SOP: the dialog with the caps and quiet hours that hold for all plans."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from sqlalchemy.orm import Session

from admin.acts import plan_rules as acts
from admin.acts.plan_rules import PolicyEdit
from admin.desk import Desk
from admin.pages.rule_form import CapFields, QuietFields
from admin.parts.cap_rows import CapRow, QuietRow, caps_of, quiet_of
from admin.parts.dialog import answer_to
from admin.parts.when import when
from admin.terms import Right
from customers.rules import LEVEL_NAMES
from sop import store
from sop.models import PolicyRecord

_LEVELS = {str(level): f"{level} {name}" for level, name in LEVEL_NAMES.items()}


async def edit(desk: Desk, done: Callable[[], Awaitable[None]]) -> None:
    """To read for who sees SOP, to change for who may edit it."""

    def look(session: Session) -> PolicyRecord | None:
        return session.get(PolicyRecord, 1)

    row = await desk.look(look)
    may = desk.may(Right.EDIT_SOP)
    with ui.dialog().props("persistent") as dialog, ui.card().classes("dialog widest-dialog"):
        ui.label("触达总规则").classes("strong asked")
        ui.label("对所有计划和渠道生效。企业微信自己的限额（每位客户每月群发条数等）另外始终有效。").classes("soft")
        fields = _Fields(row)
        if row:
            by = "内容包" if row.made_by == store.PACK else row.made_by
            ui.label(f"最后修改：{by}，{when(row.updated_at, now=desk.now())}").classes("faint")
        with ui.row().classes("ends"):
            ui.button("取消" if may else "关闭", on_click=lambda: dialog.submit(False)).props("flat no-caps")
            if may:
                ui.button("保存", on_click=lambda: _save(desk, fields, dialog)).props("unelevated no-caps")
    if await answer_to(dialog):
        await done()


async def _save(desk: Desk, fields: "_Fields", dialog: ui.dialog) -> None:
    if not fields.quiet.complete():
        return

    def do(session: Any, who: Any) -> bool:
        acts.change_policy(session, who, fields.edit(), now=desk.now())
        return True

    if await desk.act(do, told="已保存，等待中的会重新判断"):
        dialog.submit(True)


class _Fields:
    """What is typed in the dialog."""

    def __init__(self, row: PolicyRecord | None) -> None:
        body: dict[str, Any] = dict(row.body) if row else {}
        self._seen = row.updated_at if row else None
        self._caps: list[CapRow] = caps_of(body.get("caps", []))
        self._quiet: list[QuietRow] = quiet_of(body.get("quiet", []))
        self.rest = str(body.get("chat_rest_minutes", 30))
        with ui.column().classes("wide rule-sections"):
            ui.label("次数上限").classes("strong")
            CapFields(self._caps, _LEVELS, kinds=True)
            ui.label("免打扰时段").classes("strong")
            ui.label("时段里不发，等结束后再发；同时到的合并成一条。").classes("soft")
            self.quiet = QuietFields(self._quiet, "没有免打扰时段：随时都会发。", kinds=True)
            minutes = {"填分钟数，0 表示不需要": lambda text: (text or "").strip().isdecimal()}
            ui.input("客户聊天后静默几分钟", validation=minutes).props("outlined dense hide-bottom-space inputmode=numeric").classes(
                "filter"
            ).bind_value(self, "rest")

    def edit(self) -> PolicyEdit:
        """As the act takes it."""
        return PolicyEdit(self._caps, self._quiet, str(self.rest or ""), self._seen)
