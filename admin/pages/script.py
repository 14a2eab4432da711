"""One 话术: written, seen as the customer sees it, reviewed, published, compared with what it was."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nicegui import events, ui
from sqlalchemy.orm import Session

from admin.acts import gaps
from admin.acts import scripts as acts
from admin.desk import Desk, link
from admin.gap_store import led_to
from admin.looks import scripts as looks
from admin.looks.gaps import phrasings
from admin.models import Gap
from admin.pages.script_form import ScriptForm
from admin.pages.script_preview import show_preview
from admin.pages.script_state import show_state
from admin.pages.script_versions import show_versions
from admin.terms import Right, Who
from kb import store
from kb.content import content_hash
from kb.sheet_rows import SheetNames
from kb.terms import Answer, Material, ScriptContent

NEW = "new"


@dataclass(frozen=True)
class Around:
    """What a script's page needs besides the script."""

    names: SheetNames
    materials: Mapping[str, Material]
    authors: Mapping[str, str]
    intent: str  # what the bot takes a new script's question for: most often right, and one choice less
    similar: tuple[str, ...]  # how else customers asked it, where the new script comes from an unanswered question


async def show(desk: Desk) -> None:
    """The page: a form, or what was not found."""
    page = ScriptPage(desk)
    await page.show()


class ScriptPage:
    """`found` is None while the script is new."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.key = "" if desk.path["key"] == NEW else desk.path["key"]
        self.found: looks.Opened | None = None
        self.form: ScriptForm
        self.root: ui.column
        self._is_guarded = False
        self._around: Around
        self._box: ui.column
        self._preview: ui.column

    async def show(self) -> None:
        """Build the page."""
        self.root = ui.column().classes("wide")
        with self.root:
            self._box = ui.column().classes("wide")
        await self.reload()

    async def reload(self) -> None:
        """Look again, after something was done."""
        self._around, self.found = await self.desk.look(self._look)
        self._box.clear()
        with self._box:
            if self.key and self.found is None:
                ui.label("没有这条话术。可能地址不全，请回话术库查找。").classes("empty")
            elif not self.key and not self.desk.may(Right.EDIT_SCRIPTS):
                ui.label("您的角色不能新建话术。").classes("empty")
            else:
                self._draw()

    @property
    def is_changed(self) -> bool:
        """Whether the form says something that is not saved."""
        return content_hash(self.form.content()) != content_hash(self.found.content if self.found else self._blank())

    async def save(self) -> bool:
        """Keep the form as a draft; whether it is kept."""
        if not self.form.check(strict=True):
            ui.notify("还有没填对的地方，已用红字标出", type="warning")
            return False
        content, base = self.form.content(), self.found.newest if self.found else 0
        seen = await self.desk.act(lambda session, who: self._save(session, who, content, base))
        if seen is None:
            return False
        if not self.key:
            self._guard(False)
            ui.navigate.to(link(f"/scripts/{seen[0]}"))
            return False
        ui.notify("已保存为草稿", type="positive")
        await self.reload()
        return True

    def _save(self, session: Session, who: Who, content: ScriptContent, base: int) -> acts.Seen:
        seen = acts.save_script(session, who, content, base, now=self.desk.now())
        # A group that is gone meanwhile is no reason to refuse the draft.
        if not base and (gap := self._gap(session)):
            gaps.note_draft(session, who, gap.id, seen[0], now=self.desk.now())
        return seen

    def _gap(self, session: Session) -> Gap | None:
        """The unanswered question for which the new script is written."""
        number = self.desk.query.get("gap", "")
        return led_to(session, int(number)) if re.fullmatch("[0-9]{1,9}", number) else None

    def _phrasings(self, session: Session) -> tuple[str, ...]:
        gap = None if self.key else self._gap(session)
        return phrasings(session, self.desk.who, gap.id, self._question()) if gap and self.desk.may(Right.SEE_GAPS) else ()

    def _look(self, session: Session) -> tuple[Around, looks.Opened | None]:
        names, materials = looks.sheet_names(session, self.desk.office), store.materials(session)
        around = Around(names, materials, looks.authors(session), self._likely_intent(), self._phrasings(session))
        return around, looks.opened(session, self.key, now=self.desk.now()) if self.key else None

    def _draw(self) -> None:
        with ui.row().classes("crumbs"):
            ui.link("话术库", link("/scripts"))
            ui.label(self.found.content.title if self.found else "新话术").classes("soft")
        if self.found is None:
            self._edit()
            return
        tab = self.desk.query.get("tab", "")
        with ui.tabs(on_change=self._tab_changed).props("dense no-caps align=left") as tabs:
            ui.tab("edit", "内容")
            ui.tab("versions", f"历史版本（{len(self.found.versions)}）")
        with ui.tab_panels(tabs, value="versions" if tab == "versions" else "edit").classes("plain-panels").props("animated=false"):
            with ui.tab_panel("edit"):
                self._edit()
            with ui.tab_panel("versions"):
                show_versions(self.desk, self.found, self._around.names, self._around.authors, after=self.reload)

    def _edit(self) -> None:
        content = self.found.content if self.found else self._blank()
        locked = not self.desk.may(Right.EDIT_SCRIPTS)
        with ui.element("div").classes("script"):
            with ui.column().classes("form"):
                self.form = ScriptForm(content, self._around.names, self._around.materials, changed=self._changed, locked=locked)
                self.form.show()
            with ui.column().classes("side"):
                show_state(self, self._around.authors)
                self._preview = ui.column().classes("card")
        self._changed()

    def _changed(self) -> None:
        """The preview follows the form."""
        self._preview.clear()
        with self._preview:
            ui.label("客户看到的样子").classes("head")
            show_preview(self.form.content(), self._around.materials, self.desk.office.speech)
        self._guard(self.is_changed)

    def _guard(self, on: bool) -> None:
        """The browser asks before what is not saved is left behind."""
        if on != self._is_guarded:
            self._is_guarded = on
            ui.run_javascript(f"window.onbeforeunload = {'event => event.preventDefault()' if on else 'null'}")

    def _blank(self) -> ScriptContent:
        return ScriptContent("", self._around.intent, "", self._question(), self._around.similar, (), (), (Answer(""),))

    def _question(self) -> str:
        return self.desk.query.get("question", "").strip()

    def _likely_intent(self) -> str:
        question = "" if self.key else self._question()
        top = self.desk.office.understander.understand(question, now=self.desk.now()).top if question else None
        return str(top.name) if top else ""

    async def _tab_changed(self, event: events.ValueChangeEventArguments[Any]) -> None:
        self.desk.keep_address({**self.desk.query, "tab": event.value if event.value == "versions" else ""})
