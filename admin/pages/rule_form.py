"""SOP: the forms of an audience rule, of caps and of quiet hours, as its dialogs show them."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.validation_element import ValidationElement

from admin.looks.plan_rules import RuleChoices
from admin.looks.plan_words import KIND_NAMES
from admin.parts.cap_rows import ROLLING, WINDOWS, CapRow, QuietRow, is_whole, quiet_wrong
from admin.parts.complete import complete
from admin.parts.rule_rows import BIRTHDAY, HEARD, MODES, PLAIN, TAG, RuleForm, RuleRow, fault_of
from sop.audience_rule import COUNTED, NAMED, SAID, in_words, read_rule
from sop.plan_reading import FACTS

_PROPS = "outlined dense options-dense"
# A fault takes its room below the field when there is one.
_CHECKED = f"{_PROPS} hide-bottom-space"
_MEANS = {HEARD: "给我们发过消息", BIRTHDAY: "就在今天（只有登记过生日的客户）"}
_EVERY_FACT = frozenset().union(*FACTS.values())


class RuleFields:
    """Rows of facts, joined by «all» or «any»; `changed` is told after every keystroke that counts."""

    def __init__(self, form: RuleForm, choices: RuleChoices, empty: str, changed: Callable[[], None]) -> None:
        self.form, self._choices, self._empty, self._changed = form, choices, empty, changed
        self._root = ui.column().classes("wide gap-s rule-rows")
        self._draw()

    def complete(self) -> bool:
        """Whether every row can be saved; what is missing or wrong is shown below its field."""
        return complete(*self._fields)

    def _draw(self) -> None:
        self._root.clear()
        self._fields: list[ValidationElement[Any]] = []
        with self._root:
            if not self.form.rows:
                ui.label(self._empty).classes("soft")
            if len(self.form.rows) > 1:
                ui.select(dict(MODES), value=self.form.mode, on_change=self._told("mode", self.form)).props(_PROPS).classes("rule-mode")
            for row in self.form.rows:
                with ui.element("div").classes("rule-row"):
                    self._row(row)
            ui.button("加一个条件", icon="add", on_click=self._add).props("flat dense no-caps")

    def _row(self, row: RuleRow) -> None:
        if row.kept is not None:
            ui.label(in_words(read_rule(row.kept, _EVERY_FACT), self._choices.names)).classes("rule-kept")
            self._bin(row)
            return
        fact = ui.select(dict(self._choices.facts), value=row.fact or None, label="哪一项", validation=self._fault(row, "fact"))
        self._fields.append(fact.props(_CHECKED).without_auto_validation())
        fact.on_value_change(lambda event: self._other_fact(row, str(event.value or "")))
        ui.select({False: "是", True: "不是"}, value=row.negated, on_change=self._told("negated", row)).props(f"{_PROPS} aria-label=是不是")
        with ui.element("div").classes("rule-value"):
            self._value(row)
        self._bin(row)

    def _value(self, row: RuleRow) -> None:
        known = dict(self._choices.values.get(row.fact, {}))
        if row.fact in NAMED:
            known |= {name: self._choices.names.get(name, name) for name in row.names if name not in known}
            checked: dict[str, Any] = {"on_change": self._told("names", row), "validation": self._fault(row, "names")}
            self._fields.append(
                ui.select(known, value=list(row.names), multiple=True, label="选一个或几个", **checked).props(f"{_CHECKED} use-chips")
            )
        elif row.fact in COUNTED:
            for name, label in (("least", "最少"), ("most", "最多")):
                self._number(row, name, label)
        elif row.fact == TAG or row.fact in SAID:
            known |= {row.name: self._choices.names.get(row.name, row.name)} if row.name and row.name not in known else {}
            checked = {"on_change": self._told("name", row), "validation": self._fault(row, "name")}
            self._fields.append(ui.select(known, value=row.name or None, label="哪一个", with_input=True, **checked).props(_CHECKED))
            if row.fact in SAID:
                self._number(row, "days", "几天内（可空）")
        elif row.fact in PLAIN:
            ui.label(_MEANS[row.fact]).classes("soft")

    def _number(self, row: RuleRow, name: str, label: str) -> None:
        checked: dict[str, Any] = {"on_change": self._told(name, row), "validation": self._fault(row, name)}
        field = ui.input(label, value=getattr(row, name), **checked).props(f"{_CHECKED} inputmode=numeric debounce=300")
        self._fields.append(field)

    def _fault(self, row: RuleRow, name: str) -> Callable[[object], str | None]:
        def fault(_: object) -> str | None:
            field, told = fault_of(row)
            return told if field == name else None

        return fault

    def _bin(self, row: RuleRow) -> None:
        ui.button(icon="delete_outline", on_click=partial(self._remove, row)).props("flat dense round size=sm aria-label=删除条件")

    def _told(self, name: str, of: RuleRow | RuleForm) -> Callable[..., None]:
        def told(event: object) -> None:
            value = getattr(event, "value", None)
            setattr(of, name, list(value) if isinstance(value, list) else value if isinstance(value, bool) else str(value or ""))
            self._changed()

        return told

    def _other_fact(self, row: RuleRow, fact: str) -> None:
        at = next(number for number, one in enumerate(self.form.rows) if one is row)
        self.form.rows[at] = RuleRow(fact, row.negated)
        self._draw()
        self._changed()

    def _add(self) -> None:
        self.form.rows.append(RuleRow())
        self._draw()

    def _remove(self, row: RuleRow) -> None:
        self.form.rows[:] = [one for one in self.form.rows if one is not row]
        self._draw()
        self._changed()


_WHOLE = {"填 1 或更大的整数": lambda text: is_whole(text or "")}


class CapFields:
    """Rows of caps; with `kinds` each says which ways it counts."""

    def __init__(self, rows: list[CapRow], levels: Mapping[str, str], *, kinds: bool) -> None:
        self.rows, self._levels, self._kinds = rows, levels, kinds
        self._root = ui.column().classes("wide gap-s rule-rows")
        self._draw()

    def _draw(self) -> None:
        self._root.clear()
        with self._root:
            if not self.rows:
                ui.label("没有上限，只受总规则和企业微信自己的限额约束。").classes("soft")
            for row in self.rows:
                with ui.element("div").classes("cap-row"):
                    self._row(row)
            ui.button("加一条上限", icon="add", on_click=self._add).props("flat dense no-caps")

    def _row(self, row: CapRow) -> None:
        ui.select(dict(WINDOWS), label="多久", value=row.per, on_change=lambda event: self._other_window(row, str(event.value))).props(
            _PROPS
        )
        if row.per in ROLLING:
            ui.input(f"连续几{ROLLING[row.per]}", validation=_WHOLE).props(f"{_PROPS} hide-bottom-space inputmode=numeric").bind_value(
                row, "length"
            )
        ui.input("最多几条", validation=_WHOLE).props(f"{_PROPS} hide-bottom-space inputmode=numeric").bind_value(row, "at_most")
        if self._kinds:
            ui.select(dict(KIND_NAMES), label="方式（空着是全部）", multiple=True).props(_PROPS).bind_value(row, "kinds")
        if self._levels:
            ui.select(dict(self._levels), label="级别（空着是全部）", multiple=True).props(_PROPS).bind_value(row, "levels")
        ui.input("叫什么（可空）").props(f"{_PROPS} maxlength=40").bind_value(row, "name")
        ui.button(icon="delete_outline", on_click=partial(self._remove, row)).props("flat dense round size=sm aria-label=删除上限")

    def _other_window(self, row: CapRow, per: str) -> None:
        row.per, row.name = per, ""
        self._draw()

    def _add(self) -> None:
        self.rows.append(CapRow())
        self._draw()

    def _remove(self, row: CapRow) -> None:
        self.rows[:] = [one for one in self.rows if one is not row]
        self._draw()


class QuietFields:
    """Stretches of quiet hours; with `kinds` each says for which ways it holds. What is wrong is told at its field."""

    def __init__(self, rows: list[QuietRow], empty: str, *, kinds: bool) -> None:
        self.rows, self._empty, self._kinds = rows, empty, kinds
        self._fields: dict[tuple[int, str], ValidationElement[Any]] = {}
        self._root = ui.column().classes("wide gap-s rule-rows")
        self._draw()

    def complete(self) -> bool:
        """Whether every row can be saved; what is wrong stands below its field until that is changed."""
        wrong = quiet_wrong(self.rows, kinds=self._kinds)
        for place, field in self._fields.items():
            field.error = wrong.get(place)
        return not wrong

    def _draw(self) -> None:
        self._root.clear()
        self._fields.clear()
        with self._root:
            if not self.rows:
                ui.label(self._empty).classes("soft")
            for number, row in enumerate(self.rows, 1):
                with ui.element("div").classes("cap-row"):
                    self._row(number, row)
            ui.button("加一段", icon="add", on_click=self._add).props("flat dense no-caps")

    def _row(self, number: int, row: QuietRow) -> None:
        for name, of in (("从", "begins"), ("到", "ends")):
            self._fields[number, name] = ui.input(name).props(f"{_CHECKED} type=time").bind_value(row, of)
        if self._kinds:
            ways = ui.select(dict(KIND_NAMES), label="方式", multiple=True).props(_CHECKED)
            self._fields[number, "方式"] = ways.bind_value(row, "kinds")
        ui.button(icon="delete_outline", on_click=partial(self._remove, row)).props("flat dense round size=sm aria-label=删除时段")

    def _add(self) -> None:
        self.rows.append(QuietRow())
        self._draw()

    def _remove(self, row: QuietRow) -> None:
        self.rows[:] = [one for one in self.rows if one is not row]
        self._draw()
