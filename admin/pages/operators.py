"""操作员: accounts and roles."""

from collections.abc import Callable
from functools import partial

from nicegui import events, ui
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import sign_in
from admin.acts import operators as acts
from admin.desk import Desk, href
from admin.looks.paging import contains, part_of
from admin.looks.wanted import Wanted
from admin.models import Operator
from admin.parts.complete import complete
from admin.parts.confirm import confirmed
from admin.parts.dialog import answer_to
from admin.parts.listing import Column, Filter, Listing, Row
from admin.parts.when import when
from admin.rights import ROLE_NAMES
from admin.terms import Role, Who

_STATE = "<span :class=\"'chip ' + (props.row.state == '正常' ? 'good' : '')\">{{ props.row.state }}</span>"
_COLUMNS = (
    Column("shown_as", "名字", sortable=True),
    Column("name", "账号", sortable=True),
    Column("role", "角色"),
    Column("bound", "门店或企业微信账号"),
    Column("seen", "上次登录"),
    Column("state", "状态", cell=_STATE),
)
_FIELD = "outlined dense hide-bottom-space"
# Browsers give the clipboard to pages over https alone; over http the text is selected and copied as by hand.
_COPY = """async () => {
  const field = getHtmlElement(%d);
  field.select();
  try { await navigator.clipboard.writeText(field.value); emit(true); } catch { emit(document.execCommand("copy")); }
}"""


async def show(desk: Desk) -> None:
    """The accounts; a click opens one."""

    async def opened(row: Row) -> None:
        await _edit(desk, listing, row)

    def rows(session: Session, wanted: Wanted) -> tuple[list[Row], int]:
        return _rows(desk, session, wanted)

    roles = {str(role): name for role, name in ROLE_NAMES.items()}
    filters = (Filter("name", "名字或账号"), Filter("role", "角色", roles))
    listing = Listing(desk, _COLUMNS, rows, filters=filters, empty="没有这样的账号。", on_click=opened)
    ui.button("新建账号", icon="person_add", on_click=partial(_edit, desk, listing, None)).props("unelevated no-caps")
    await listing.show()


def _rows(desk: Desk, session: Session, wanted: Wanted) -> tuple[list[Row], int]:
    query = select(Operator)
    if words := wanted.get("name"):
        query = query.where(contains(Operator.name, words) | contains(Operator.shown_as, words))
    if role := wanted.get("role"):
        query = query.where(Operator.role == role)
    sortable = {"name": Operator.name, "shown_as": Operator.shown_as}
    part = part_of(session, query, wanted, sortable=sortable, usual=[Operator.ended_at.isnot(None), Operator.name])
    return [_row(desk, operator) for (operator,) in part.rows], part.total


def _row(desk: Desk, operator: Operator) -> Row:
    return {
        "id": operator.id,
        "shown_as": operator.shown_as,
        "name": operator.name,
        "role": ROLE_NAMES[Role(operator.role)],
        "role_key": operator.role,
        "store": operator.store,
        "userid": operator.userid,
        "bound": " · ".join(filter(None, [desk.office.stores.get(operator.store, operator.store), operator.userid])) or "—",
        "seen": when(operator.signed_in_at, now=desk.now()),
        "state": _state(desk, operator),
    }


def _state(desk: Desk, operator: Operator) -> str:
    if operator.ended_at:
        return "已停用"
    if operator.locked_until and operator.locked_until > desk.now():
        return "锁定中"
    return "正常" if operator.password_hash or operator.signed_in_at else "未设密码"


async def _edit(desk: Desk, listing: Listing, row: Row | None) -> None:
    if row and row["state"] == "已停用":
        ui.notify("这个账号已停用")
        return
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(f"账号 {row['name']}" if row else "新建账号").classes("strong")
        form = _Form(desk, row)
        with ui.row().classes("ends"):
            if row:
                ui.button("停用", on_click=lambda: dialog.submit("close")).props("flat no-caps color=negative")
                ui.button("发密码链接", on_click=lambda: dialog.submit("invite")).props("flat no-caps")
            ui.button("取消", on_click=lambda: dialog.submit("")).props("flat no-caps")
            ui.button("保存", on_click=lambda: form.save(dialog)).props("unelevated no-caps")
    wish = await answer_to(dialog)
    if form.invitation:
        _show_link(desk, form.name.value, form.invitation)
    elif wish == "invite" and row:
        await _invite(desk, row)
    elif wish == "close" and row and await confirmed(f"停用 {row['shown_as']} 的账号", row["name"], button="停用"):
        await desk.act(lambda s, who: acts.close_account(s, who, row["id"], now=desk.now()), told="已停用")
    if wish:
        await listing.reload()


class _Form:
    """The fields of an account; a fault stands at its own field. `invitation` is the token of an account that was made."""

    def __init__(self, desk: Desk, row: Row | None) -> None:
        self._desk, self._row, self.invitation = desk, row, ""
        stores = {"": "—", **desk.office.stores}
        self.name = self._text("账号（登录用）", row["name"] if row else "", lambda value: sign_in.name_fault(value or ""))
        self.name.set_visibility(row is None)
        self._shown_as = self._text("名字", row["shown_as"] if row else "", lambda _: "")
        self._role = ui.select(dict(ROLE_NAMES), label="角色", value=Role(row["role_key"]) if row else Role.OPERATOR)
        held = row["store"] if row and row["store"] in stores else ""
        self._store = ui.select(
            stores, label="门店（店长必选）", value=held, with_input=True, validation=lambda _value: self._fault("store")
        )
        for one in (self._role, self._store):
            one.props(_FIELD).classes("wide")
        self._userid = self._text("企业微信账号 userid（顾问必填）", row["userid"] if row else "", lambda _: self._fault("userid"))

    async def save(self, dialog: ui.dialog) -> None:
        """The dialog stays open when it was refused, so that nothing typed is lost."""
        if not complete(self.name, self._store, self._userid):
            return
        desk, row, account = self._desk, self._row, self._account()
        if row is None:
            self.invitation = await desk.act(lambda s, who: acts.make_account(s, who, account, now=desk.now())) or ""
            if self.invitation:
                dialog.submit("save")
            return

        def changing(session: Session, who: Who) -> bool:
            acts.change_account(session, who, row["id"], account, now=desk.now())
            return True

        if await desk.act(changing, told="已保存"):
            dialog.submit("save")

    def _account(self) -> acts.Account:
        told = (self.name.value or "", self._shown_as.value or "", self._role.value, self._store.value or "", self._userid.value or "")
        return acts.Account(*told)

    def _fault(self, field: str) -> str | None:
        return acts.missing(self._account()).get(field)

    def _text(self, label: str, value: str, fault: Callable[[str | None], str | None]) -> ui.input:
        return ui.input(label, value=value, validation=lambda value: fault(value) or None).props(_FIELD).classes("wide")


async def _invite(desk: Desk, row: Row) -> None:
    token = await desk.act(lambda s, who: acts.invite_again(s, who, row["id"], now=desk.now()))
    if token:
        _show_link(desk, row["name"], token)


def _show_link(desk: Desk, name: str, token: str) -> None:
    """The link is shown once: we keep only its hash."""

    def copied(event: events.GenericEventArguments) -> None:
        ui.notify("已复制" if event.args else "已选中，请按 Ctrl+C 复制", type="positive" if event.args else "info")

    with ui.dialog(value=True), ui.card().classes("dialog"):
        ui.label(f"把这个链接发给 {name}，三天内打开一次有效，用来设置密码：").classes("pre")
        box = ui.input(value=desk.web + href("/invitation", token=token)).props("outlined dense readonly").classes("wide")
        button = ui.button("复制", icon="content_copy").props("flat no-caps")
        button.on("click", copied, js_handler=_COPY % box.id)
