"""A material in a dialog: its words, its bytes, where it is used, and the way out of use."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from nicegui import events, ui

from admin.acts import materials as acts
from admin.desk import Desk, link
from admin.files import address_of
from admin.guard import ROOT
from admin.looks.materials import ICONS, material_to_edit
from admin.material_rules import FIELD_NAMES, NEEDS
from admin.parts.confirm import confirmed
from admin.parts.days import as_day
from admin.parts.dialog import answer_to
from admin.parts.picture import picture
from admin.terms import Right
from admin.uploads import KIND_NAMES, MEGABYTES, Upload, accepted
from kb.store import Use
from kb.terms import Material, MaterialKind, MediaPurpose

_TEXTS: Final = ("title", "url", "desc", "appid", "pagepath")


async def edit_material(desk: Desk, key: str, kind: MaterialKind = MaterialKind.IMAGE) -> bool:
    """Show it, or a new one of this kind; whether something was changed."""
    found = await desk.look(lambda session: material_to_edit(session, key)) if key else (Material("", kind, ""), False, [])
    if found is None:
        ui.notify("没有这个素材，请刷新页面", type="warning")
        return False
    return await _Form(desk, *found).show()


class _Form:
    """What is typed and uploaded is kept in `material` until it is saved."""

    def __init__(self, desk: Desk, material: Material, retired: bool, uses: Sequence[Use]) -> None:
        self._desk, self._material, self._retired, self._uses = desk, material, retired, uses
        self._locked = not desk.may(Right.EDIT_MATERIALS)
        self._pictures: dict[str, ui.column] = {}
        self._bad_day = False

    async def show(self) -> bool:
        kind = self._material.kind
        with ui.dialog() as dialog, ui.card().classes("dialog material-form"):
            ui.label(f"{KIND_NAMES[kind]}「{self._material.title}」" if self._material.key else f"添加{KIND_NAMES[kind]}").classes("strong")
            for name in _TEXTS:
                if name in NEEDS[kind] or (name == "desc" and kind is MaterialKind.LINK):
                    self._text(name)
            for name in ("file", "thumb"):
                if name in NEEDS[kind]:
                    self._bytes(name)
            until = self._material.valid_until
            day = ui.date_input("有效期至（含当天，可不填）", value=until.isoformat() if until else None, on_change=self._until)
            day.props("outlined dense clearable" + (" readonly" if self._locked else "")).classes("wide")
            self._used()
            self._ends(dialog)
        return bool(await answer_to(dialog))

    def _text(self, name: str) -> None:
        def typed(event: events.ValueChangeEventArguments[str | None]) -> None:
            self._change(name, str(event.value or "").strip())

        field = ui.input(FIELD_NAMES[name], value=getattr(self._material, name), on_change=typed)
        field.props("outlined dense" + (" readonly" if self._locked else "")).classes("wide")

    def _change(self, name: str, value: str) -> None:
        said: dict[str, Any] = {name: value}
        self._material = replace(self._material, **said)

    def _until(self, event: events.ValueChangeEventArguments[str | None]) -> None:
        typed = (event.value or "").strip()
        day = as_day(typed)
        self._bad_day = bool(typed) and day is None
        event.sender.error = f"「{typed}」不是日期，请写成 2026-12-31" if self._bad_day else None  # type: ignore[attr-defined]
        self._material = replace(self._material, valid_until=day)

    def _bytes(self, name: str) -> None:
        kind = self._material.kind if name == "file" else MaterialKind.IMAGE
        with ui.column().classes("wide"):
            ui.label(FIELD_NAMES[name]).classes("soft")
            self._pictures[name] = ui.column().classes("wide")
            self._picture(name)
            if self._locked:
                return
            words = "换一个文件" if getattr(self._material, name) else "选择文件"
            upload = ui.upload(label=f"{words}（最大 {MEGABYTES[kind]} MB）", auto_upload=True, max_file_size=MEGABYTES[kind] * 2**20)
            upload.props(f'accept="{accepted(kind)}" flat bordered').classes("wide drop")
            upload.on_upload(partial(self._uploaded, name, kind))
            upload.on_rejected(lambda: ui.notify(f"只能选 {accepted(kind)}，最大 {MEGABYTES[kind]} MB", type="negative"))

    async def _uploaded(self, name: str, kind: MaterialKind, event: events.UploadEventArguments) -> None:
        sent = Upload(event.file.name, await event.file.read())
        named = await self._desk.attempt(lambda: acts.keep_upload(self._desk.still(), self._desk.office.files, kind, sent))
        event.sender.reset()  # type: ignore[attr-defined]
        if named:
            self._change(name, named)
            self._picture(name)

    def _picture(self, name: str) -> None:
        box, named = self._pictures[name], getattr(self._material, name)
        box.clear()
        if not named:
            return
        purpose = MediaPurpose.BODY if name == "file" else MediaPurpose.THUMB
        address = address_of(named, self._material.key, purpose, saved=self._locked)
        with box:
            if name == "thumb" or self._material.kind is MaterialKind.IMAGE:
                picture(address, "shown")
            elif self._material.kind is MaterialKind.VIDEO:
                ui.element("video").props(f'src="{address}" controls').classes("shown")
            else:
                with ui.row():
                    ui.icon(ICONS[self._material.kind])
                    ui.link("下载看看", address.removeprefix(ROOT), new_tab=True)

    def _used(self) -> None:
        if not self._material.key:
            return
        if not self._uses:
            ui.label("没有话术用到它").classes("faint")
        with ui.row().classes("chips"):
            for use in self._uses[:20]:
                ui.link(use.title + ("" if use.is_out else "（未发布）"), link(f"/scripts/{use.key}"), new_tab=True)

    def _ends(self, dialog: ui.dialog) -> None:
        with ui.row().classes("ends"):
            if not self._locked and self._material.key:
                label, do = ("恢复使用", self._restore) if self._retired else ("停用", self._retire)
                ui.button(label, on_click=partial(do, dialog)).props("flat no-caps" + ("" if self._retired else " color=negative"))
            ui.space()
            ui.button("关闭" if self._locked else "取消", on_click=partial(dialog.submit, False)).props("flat no-caps")
            if not self._locked:
                ui.button("保存", on_click=partial(self._save, dialog)).props("unelevated no-caps")

    async def _save(self, dialog: ui.dialog) -> None:
        desk, material = self._desk, self._material
        if self._bad_day:
            ui.notify("有效期没有填对", type="warning")
        elif await desk.act(lambda s, who: acts.save_material(s, who, desk.office.files, material, now=desk.now()), told="已保存"):
            dialog.submit(True)

    async def _retire(self, dialog: ui.dialog) -> None:
        desk, key, title = self._desk, self._material.key, self._material.title
        welcome = desk.office.speech.replies.welcome_attachments
        if not await confirmed(f"停用「{title}」，不能再附在话术里", title, button="停用", undo="之后可以恢复使用"):
            return
        if await desk.act(lambda s, who: acts.retire_material(s, who, key, welcome=welcome, now=desk.now()), told="已停用"):
            dialog.submit(True)

    async def _restore(self, dialog: ui.dialog) -> None:
        desk, key = self._desk, self._material.key
        if await desk.act(lambda s, who: acts.restore_material(s, who, key, now=desk.now()), told="已恢复"):
            dialog.submit(True)
