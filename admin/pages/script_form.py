"""The form of a script: its fields, and beside each what is wrong with it while one types."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from nicegui import ui

from admin.pages.script_answers import AnswerFields
from admin.parts.days import as_day
from admin.script_rules import script_faults
from kb.sheet_rows import SheetNames
from kb.terms import Material, Scope, ScriptContent

_LISTS = {
    "similar": ("相似问（一行一个）", "客户会怎么问，写 5 个以上说法不同的"),
    "must_hit": ("必中问（一行一个）", "用来考核：每次发布前都问一遍，看是否命中这条话术；本身不参与匹配"),
    "negative": ("反例（一行一个）", "看着像、其实要用别的话术回答的问题"),
}
_SCOPES = {"models": "车型", "trims": "版本", "cities": "城市", "stores": "门店"}


class ScriptForm:
    """`changed` is called after every change. What the fields say is `content()`."""

    def __init__(
        self, content: ScriptContent, names: SheetNames, materials: Mapping[str, Material], *, changed: Callable[[], None], locked: bool
    ) -> None:
        self._given, self._names, self._materials = content, names, materials
        self._told, self._locked, self._strict = changed, locked, False
        self._fields: dict[str, Any] = {}
        self._scopes: dict[str, ui.select] = {}
        self._answers: AnswerFields

    def show(self) -> None:
        """Build it."""
        with ui.column().classes("card"):
            ui.label("问题").classes("head")
            with ui.row().classes("fields"):
                self._input("title", "标题（给同事看）", self._given.title)
                self._fields["intent"] = self._select(self._names.intents, "意图", self._given.intent or None)
            self._input("standard", "标准问", self._given.standard)
            for name, (label, hint) in _LISTS.items():
                self._list(name, label, hint)
        with ui.column().classes("card"):
            ui.label("答案").classes("head")
            self._answers = AnswerFields(self._given.answers, self._materials, changed=self._changed, locked=self._locked)
            self._answers.show()
        with ui.column().classes("card"):
            ui.label("适用范围与有效期").classes("head")
            ui.label("范围不选就是全部适用；答案里有价格、补贴、利率时必须填失效日").classes("faint")
            with ui.row().classes("fields"):
                for name, label in _SCOPES.items():
                    self._scope(name, label)
            with ui.row().classes("fields"):
                self._day("valid_from", "生效日（含当天）", self._given.valid_from)
                self._day("valid_until", "失效日（含当天）", self._given.valid_until)
        self.check()

    def content(self) -> ScriptContent:
        """What the fields say now."""
        said: dict[str, Any] = {name: str(self._fields[name].value or "").strip() for name in ("title", "intent", "standard")}
        said |= {name: tuple(_lines(self._fields[name].value)) for name in _LISTS}
        said |= {name: as_day(self._fields[name].value) for name in ("valid_from", "valid_until")}
        scope = Scope(**{name: frozenset(field.value or ()) for name, field in self._scopes.items()})
        return replace(self._given, **said, scope=scope, answers=self._answers.answers())

    def check(self, *, strict: bool = False) -> bool:
        """Show every fault at its field; whether there is none. What is only empty is told from the first `strict` check on."""
        self._strict = self._strict or strict
        faults = list(script_faults(self.content(), self._materials))
        for name, field in self._fields.items():
            reason = next((reason for place, reason in faults if place[0] == name), None)
            field.error = self._bad_day(name) or (reason if reason and (self._strict or field.value) else None)
        self._answers.show_faults([fault for fault in faults if fault[0][0] == "answers"], strict=self._strict)
        return not faults and not any(self._bad_day(name) for name in self._fields)

    def _bad_day(self, name: str) -> str | None:
        value = str(self._fields[name].value or "").strip() if name.startswith("valid") else ""
        return f"「{value}」不是日期，请写成 2026-12-31" if value and as_day(value) is None else None

    def _changed(self) -> None:
        self.check()
        self._told()

    def _input(self, name: str, label: str, value: str) -> None:
        field = (
            ui.input(label, value=value, on_change=self._changed).props('outlined dense debounce="300" hide-bottom-space').classes("wide")
        )
        self._fields[name] = self._lock(field)

    def _list(self, name: str, label: str, hint: str) -> None:
        value = "\n".join(getattr(self._given, name))
        field = ui.textarea(label, value=value, on_change=self._changed).props(
            f'outlined dense autogrow debounce="300" hide-bottom-space hint="{hint}"'
        )
        self._fields[name] = self._lock(field.classes("wide"))

    def _select(self, options: Mapping[str, str], label: str, value: str | None) -> Any:
        shown = dict(options) if value is None or value in options else {**options, value: value}
        field = ui.select(shown, label=label, value=value, with_input=True, on_change=self._changed)
        return self._lock(field.props("outlined dense options-dense hide-bottom-space").classes("wide"))

    def _scope(self, name: str, label: str) -> None:
        options = dict(getattr(self._names, name))
        value = sorted(getattr(self._given.scope, name))
        options |= {key: key for key in value if key not in options}
        field = ui.select(options, label=label, value=value, multiple=True, on_change=self._changed)
        field.props('outlined dense options-dense use-chips hide-bottom-space placeholder="全部"').classes("wide")
        self._scopes[name] = self._lock(field)

    def _day(self, name: str, label: str, value: date | None) -> None:
        field = ui.date_input(label, value=value.isoformat() if value else None, on_change=self._changed)
        self._fields[name] = self._lock(field.props("outlined dense clearable hide-bottom-space").classes("wide"))

    def _lock(self, field: Any) -> Any:
        return field.props("readonly") if self._locked else field


def _lines(text: str | None) -> list[str]:
    """One question a line; what stands there twice counts once."""
    return list(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))
