"""Serving by hand: who has the session, take over, give back, and the place to write with what WeCom still allows."""

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import uuid4

from nicegui import ui
from sqlalchemy.orm import Session

from admin.acts import conversations as acts
from admin.acts.conversations import Talk, Words
from admin.desk import Desk
from admin.looks.conversation import Account
from admin.pages.conversation_scripts import pick_script
from admin.parts.dialog import answer_to
from admin.parts.rooted import rooted
from admin.parts.when import lasted
from admin.terms import Right, Who
from bot.budget import HOLD_LASTS
from bot.serving import Serves

Changed = Callable[[], Awaitable[None]]
_TONES = {Serves.ASSISTANT: "good", Serves.OPERATOR: "info", Serves.SERVICER: "info", Serves.POOL: "warn", Serves.PROMISED: "warn"}
_HOURS = int(HOLD_LASTS.total_seconds() // 3600)


def show_serving(desk: Desk, external_id: str, account: Account, root: ui.element, changed: Changed) -> None:
    """Who serves now, and the buttons that change it. `root` outlives them."""
    if account.waiting_since:
        ui.label(f"等回复 {lasted(desk.now() - account.waiting_since)}").classes("chip bad")
    ui.label(account.served_by).classes(f"chip {_TONES.get(account.serves, '')}")
    if account.moving:
        ui.spinner(size="16px")
        ui.label("正在转接…").classes("soft")
        return
    if not desk.may(Right.SERVE):
        return
    talk = Talk(account.open_kfid, external_id)
    mine = account.serves is Serves.OPERATOR and account.held_by == desk.who.name
    if account.serves in (Serves.ASSISTANT, Serves.OPERATOR, Serves.SERVICER, Serves.POOL) and not mine:
        ui.button("接管", icon="back_hand", on_click=rooted(root, partial(_take, desk, talk, account, changed))).props(
            "unelevated dense no-caps"
        )
    if mine:
        ui.button("转给同事", on_click=rooted(root, partial(_take, desk, talk, account, changed))).props("flat dense no-caps")
    if account.serves in (Serves.OPERATOR, Serves.SERVICER, Serves.POOL):
        ui.button("交还助手", icon="smart_toy", on_click=rooted(root, partial(_give_back, desk, talk, account, changed))).props(
            "outline dense no-caps"
        )


async def _take(desk: Desk, talk: Talk, account: Account, changed: Changed) -> None:
    """Here, or in WeCom by a servicer on duty, or into the pool."""
    click = uuid4().hex
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label("谁来接待这位客户？").classes("strong")
        if account.serves in (Serves.ASSISTANT, Serves.OPERATOR, Serves.ENDED):
            _choice(dialog, "here", "我在这里回复", f"助手只记录不回复。{_HOURS} 小时没有回复，助手自动恢复，免得客户没人理。")
        people = [one for one in account.servicers if one.on_duty]
        for one in sorted(people, key=lambda one: (one.userid != desk.who.userid, one.busy)):
            me = "（我）" if one.userid == desk.who.userid else ""
            _choice(dialog, one.userid, f"{one.name}{me} 在企业微信里接待", f"在岗，手上 {one.busy} 个会话")
        if account.serves not in (Serves.SERVICER, Serves.POOL):
            _choice(dialog, "", "放进待接入池", "由在岗的接待人员在企业微信里接入。")
        if not people:
            ui.label("这个客服账号现在没有在岗的接待人员。").classes("soft")
        ui.button("取消", on_click=lambda: dialog.submit(None)).props("flat no-caps")
    chosen = await answer_to(dialog)
    if chosen == "here":
        await desk.act(lambda s, who: acts.take_over(s, who, talk, now=desk.now()), told="已接管，助手不再回复")
    elif chosen is not None:
        told = "正在转接，企业微信确认后这里会显示"
        await desk.act(lambda s, who: acts.hand_to(s, who, talk, str(chosen), click, now=desk.now()), told=told)
        desk.office.ring()
    await changed()


def _choice(dialog: ui.dialog, value: str, words: str, more: str) -> None:
    with ui.element("button").classes("pick-row plain").on("click", lambda: dialog.submit(value)):
        ui.label(words).classes("strong")
        ui.label(more).classes("soft")


_GIVE_BACK = {
    Serves.OPERATOR: "客户下一句话起，由助手回复。",
    Serves.SERVICER: "企业微信不允许从人工直接转回助手：现在的人工会话会结束，客户下次开口时由助手接待。",
    Serves.POOL: "企业微信不一定允许从待接入池直接转回助手。如果不允许，这里会写明原因，您可以先转给一位接待人员，再交还。",
}


async def _give_back(desk: Desk, talk: Talk, account: Account, changed: Changed) -> None:
    click = uuid4().hex
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label("交还助手").classes("strong")
        ui.label(_GIVE_BACK[account.serves]).classes("pre")
        with ui.row().classes("ends"):
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("flat no-caps")
            sure = "结束人工会话" if account.serves is Serves.SERVICER else "交还"
            ui.button(sure, on_click=lambda: dialog.submit(True)).props("unelevated no-caps")
    if await answer_to(dialog):
        goodbye = desk.office.speech.replies.say("back_from_human")
        await desk.act(lambda s, who: acts.give_back(s, who, talk, click, goodbye=goodbye, now=desk.now()), told="已交还")
        desk.office.ring()
    await changed()


class Composer:
    """The place to write. `account` is the kf account that is chosen now."""

    def __init__(self, desk: Desk, account: Callable[[], Account | None], changed: Changed) -> None:
        self._desk, self._account, self._changed = desk, account, changed
        self._click = uuid4().hex
        if not desk.may(Right.SERVE):
            return
        with ui.column().classes("composer"):
            self._told = ui.label().classes("soft")
            self._box = ui.textarea(placeholder="以人工身份回复客户，Ctrl+Enter 发送").props(
                "outlined dense autogrow input-style='max-height:160px'"
            )
            self._box.classes("wide").on("keydown.ctrl.enter", self._send)
            with ui.row().classes("ends"):
                self._pick = ui.button("选话术", icon="menu_book", on_click=self._choose).props("flat dense no-caps")
                self._button = ui.button("发送", icon="send", on_click=self._send).props("unelevated dense no-caps")

    def refresh(self) -> None:
        """What may still be said, as it is now."""
        account = self._account()
        if not self._desk.may(Right.SERVE):
            return
        shut = "客户还没有说过话" if account is None else str(account.room.shut or "")
        for one in (self._box, self._pick, self._button):
            one.set_enabled(not shut)
        self._told.text = f"现在不能发：{shut}" if account is None or shut else _left(self._desk, account)
        self._told.classes(add="bad" if shut else None, remove=None if shut else "bad")

    async def _send(self) -> None:
        text = str(self._box.value or "")
        if await self._say(Words(text)):
            self._box.value = ""

    async def _choose(self) -> None:
        account = self._account()
        if account is None:
            return
        external_id = self._desk.path["external_id"]
        picked = await pick_script(self._desk, "选一条话术发给客户", external_id=external_id, button="直接发送", other="放进输入框再改")
        if picked is None:
            return
        if picked.only_text:
            self._box.value = picked.text
        else:
            await self._say(Words(picked.text, f"{picked.key}@{picked.version}", picked.materials))

    async def _say(self, words: Words) -> bool:
        """One click, one message: its name is made when the box was last emptied, so that a second click repeats and does not add."""
        account = self._account()
        if account is None:
            return False
        talk, click = Talk(account.open_kfid, self._desk.path["external_id"]), self._click

        def saying(session: Session, who: Who) -> bool:
            acts.write(session, who, talk, words, click, now=self._desk.now())
            return True

        said = await self._desk.act(saying)
        if said:
            self._click = uuid4().hex
            self._desk.office.ring()
            await self._changed()
        return bool(said)


def _left(desk: Desk, account: Account) -> str:
    hours = (account.room.until - desk.now()).total_seconds() / 3600 if account.room.until else 0
    until = f"{int(hours)} 小时" if hours >= 1 else "1 小时"
    mine = "" if account.serves is Serves.OPERATOR else "发出即接管，助手随即静默。"
    return f"{mine}客户这句话之后还能发 {account.room.left} 条，{until}内有效。"
