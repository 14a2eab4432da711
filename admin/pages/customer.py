"""客户: one of them: who he is, what is believed of him and why, and all that happened."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from nicegui import ui
from sqlalchemy.orm import Session

from admin.acts import customer_tags as by_hand
from admin.acts import customers as acts
from admin.acts import evidence as judge
from admin.desk import Desk, link
from admin.looks.customer import Portrait, Words, portrait
from admin.looks.tags import Tag, may_be_given
from admin.pages import customer_evidence as shown
from admin.pages.customer_birthday import told_birthday
from admin.pages.customer_evidence import Row
from admin.pages.customer_tags import choose
from admin.parts.confirm import confirmed
from admin.parts.reason import asked
from admin.parts.sure import sure
from admin.terms import Blocked, Right, Who
from sop.standing import BLACKLIST


async def show(desk: Desk) -> None:
    """The whole page; it is drawn anew after every act."""
    external_id = desk.path["external_id"]
    words = Words(desk.office.stores, {**desk.office.names, **desk.office.stores})
    page = ui.column().classes("wide gap-s")

    async def draw() -> None:
        def look(session: Session) -> Portrait:
            return portrait(session, desk.who, external_id, desk.office.rules, words, now=desk.now())

        try:
            found = await desk.look(look)
        except Blocked as blocked:
            page.clear()
            with page:
                ui.label(str(blocked)).classes("empty")
            return
        page.clear()
        with page:
            _Customer(desk, found, draw).show()

    await draw()


class _Customer:
    """One drawing of the page."""

    def __init__(self, desk: Desk, him: Portrait, draw: Callable[[], Awaitable[None]]) -> None:
        self._desk, self._him, self._draw = desk, him, draw
        self._may_judge = desk.may(Right.EDIT_CUSTOMERS)

    def show(self) -> None:
        """Head; what is believed and all that happened at the left, who he is at the right."""
        self._head()
        with ui.element("div").classes("beside"):
            with ui.column().classes("gap-s"):
                shown.signals(self._him, self._of(self._judge_signal))
                shown.focus(self._him, self._of(self._judge_focus))
                shown.timeline(self._him, link(f"/conversations/{self._him.external_id}"))
            with ui.column().classes("gap-s"):
                shown.tags(self._him, self._of(self._undo_tag), self._of(self._judge_level), self._of(self._take_tag))
                shown.slots(self._him, self._of(self._judge_slot), self._show_phone if self._desk.may(Right.SEE_PHONES) else None)
                shown.levels(self._him, self._of(self._judge_level))
                shown.follows(self._him)

    def _of(self, act: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]] | None:
        return act if self._may_judge else None

    def _head(self) -> None:
        him = self._him
        with ui.column().classes("card"):
            with ui.row().classes("wide items-center gap-s"):
                ui.label(him.title).classes("title-big")
                ui.html(f'<span class="chip {him.tone}">{him.level}</span>', sanitize=False)
                ui.label(f"意向分 {him.score}").classes("soft num")
                if him.opted_out:
                    ui.label(f"不再打扰（{him.opted_out}起）").classes("chip warn")
                ui.space()
                self._buttons()
            with ui.row().classes("wide facts"):
                for name, value in him.facts:
                    with ui.column().classes("fact"):
                        ui.label(name).classes("faint")
                        ui.label(value)

    def _buttons(self) -> None:
        desk = self._desk
        ui.button("看会话", icon="chat", on_click=lambda: ui.navigate.to(link(f"/conversations/{self._him.external_id}"))).props(
            "flat no-caps"
        )
        if self._may_judge:
            ui.button("打标签", icon="sell", on_click=self._give_tag).props("flat no-caps")
            ui.button("登记生日", icon="cake", on_click=self._birthday).props("flat no-caps")
            if not any((tag["group"], tag["name"]) == BLACKLIST for tag in self._him.tags):
                ui.button("不再主动触达", on_click=self._blacklist).props("flat no-caps").tooltip("打上“触达/黑名单”：计划不再发给他")
            act = self._allow if self._him.opted_out else self._stop
            stop = ui.button("恢复联系" if self._him.opted_out else "不再打扰", on_click=act).props("flat no-caps")
            stop.tooltip("客户要求别再打扰：计划不发，顾问也不再收到例行的跟进提醒；他来问照常回答")
        if desk.may(Right.EXPORT_CUSTOMERS):
            ui.button("导出资料", icon="download", on_click=self._export).props("flat no-caps")
        if desk.may(Right.DELETE_CUSTOMERS):
            ui.button("删除客户", on_click=self._delete).props("flat no-caps color=negative")

    async def _do(self, act: Callable[[Session, Who], Any], told: str) -> None:
        await self._desk.act(act, told=told)
        self._desk.office.ring()
        await self._draw()

    async def _undo_tag(self, tag: dict[str, Any]) -> None:
        him, now = self._him, self._desk.now()
        await self._do(
            lambda s, who: judge.undo_tag(s, who, him.external_id, tag["point"], now=now), f"已撤销标签「{tag['name']}」，并记为反例"
        )

    async def _give_tag(self) -> None:
        of_pack = list(self._desk.office.follow_ups.rules.facts.values())

        async def give(tag: Tag, note: str) -> bool:
            return await self._given(tag, note, told=f"已打标签「{'/'.join(tag)}」")

        if await choose(await self._desk.look(lambda session: may_be_given(session, of_pack)), give):
            self._desk.office.ring()
            await self._draw()

    async def _birthday(self) -> None:
        async def save(text: str) -> bool:
            def act(session: Session, who: Who) -> bool:
                acts.set_birthday(session, who, self._him.external_id, text, now=self._desk.now())
                return True

            return bool(await self._desk.act(act, told="已保存生日"))

        if await told_birthday(self._him.birthday, save):
            self._desk.office.ring()
            await self._draw()

    async def _blacklist(self) -> None:
        why = await asked("不再主动触达", "我们决定不再主动找这位客户：所有计划都会跳过他，他来咨询仍照常回复。请写明为什么：", "确定")
        if why is not None:
            await self._given(BLACKLIST, why, told="已设为不再主动触达")
            self._desk.office.ring()
            await self._draw()

    async def _given(self, tag: Tag, note: str, *, told: str) -> bool:
        him, of_pack = self._him, list(self._desk.office.follow_ups.rules.facts.values())

        def give(session: Session, who: Who) -> bool:
            by_hand.give_tag(session, who, him.external_id, tag, note, of_pack, now=self._desk.now())
            return True

        return bool(await self._desk.act(give, told=told))

    async def _take_tag(self, row: Row) -> None:
        him, tag = self._him, (row["group"], row["name"])
        told = f"已撤销标签「{'/'.join(tag)}」"
        await self._do(lambda s, who: by_hand.take_tag(s, who, him.external_id, tag, now=self._desk.now()), told)

    async def _judge_focus(self, row: Row) -> None:
        act = judge.redo_focus if row["undone"] else judge.undo_focus
        told = "已恢复" if row["undone"] else "已撤销，并记为反例"
        await self._do(lambda s, who: act(s, who, self._him.external_id, row["id"], now=self._desk.now()), told)

    async def _judge_signal(self, row: Row) -> None:
        act = judge.redo_signal if row["undone"] else judge.undo_signal
        rules = self._desk.office.rules
        told = "已恢复" if row["undone"] else "已撤销，级别已重算"
        await self._do(lambda s, who: act(s, who, self._him.external_id, row["id"], rules, now=self._desk.now()), told)

    async def _judge_level(self, row: Row) -> None:
        him, rules = self._him, self._desk.office.rules
        if row["undone"]:
            told = "已恢复，级别已重算，见页面上方"
            await self._do(lambda s, who: judge.redo_level(s, who, him.external_id, row["id"], rules, now=self._desk.now()), told)
            return
        why = await asked("撤回级别", "客户不是这个意思，或情况有误。级别会按其余的话重算，同一句话不会再把它带回来。", "撤回")
        if why is not None:
            told = "已撤回，级别按其余的话重算，见页面上方"
            await self._do(lambda s, who: judge.undo_level(s, who, him.external_id, row["id"], why, rules, now=self._desk.now()), told)

    async def _judge_slot(self, row: Row) -> None:
        act = judge.redo_slot if row["undone"] else judge.undo_slot
        await self._do(lambda s, who: act(s, who, self._him.external_id, row["id"], now=self._desk.now()), "已保存")

    async def _show_phone(self, row: Row, label: ui.label) -> None:
        number = await self._desk.act(lambda s, who: acts.show_phone(s, who, self._him.external_id, row["id"], now=self._desk.now()))
        if number:
            label.set_text(number)

    async def _stop(self) -> None:
        means = "计划不再发，顾问也不再收到例行的跟进提醒；只停计划、顾问照常跟进，请改用「不再主动触达」。他来问照常回答。"
        if not await sure(f"把 {self._him.title} 设为不再打扰？", "不再打扰", means=means):
            return
        await self._do(lambda s, who: acts.stop_messages(s, who, self._him.external_id, now=self._desk.now()), "已设为不再打扰")

    async def _allow(self) -> None:
        why = await asked("恢复联系", "客户已设为不再打扰。请写明为什么可以恢复，例如客户在哪里、怎么说的。", "恢复")
        if why is not None:
            await self._do(lambda s, who: acts.allow_messages(s, who, self._him.external_id, why, now=self._desk.now()), "已恢复")

    async def _export(self) -> None:
        office = self._desk.office
        naming = acts.Naming(office.stores, office.names, office.rules)
        told = await self._desk.act(lambda s, who: acts.export_one(s, who, self._him.external_id, naming, now=self._desk.now()))
        if told is not None:
            ui.download(told, f"客户资料-{self._him.id}.json")

    async def _delete(self) -> None:
        him, office = self._him, self._desk.office
        question = "删除客户：聊天记录、标签、级别、提醒都会一起删除"
        if not await confirmed(question, him.title, button="删除"):
            return
        delete = partial(acts.delete_customer, vectors=office.settings.data_dir / "vectors", normaliser=office.understander.normaliser)
        done = await self._desk.act(lambda s, who: [delete(s, who, him.external_id, now=self._desk.now())], told="已删除")
        if done is not None:
            ui.navigate.to(link("/customers"))
