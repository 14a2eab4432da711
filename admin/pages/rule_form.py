"""SOP: the form of an audience rule and the form of caps, as dialogs of this page show them."""

from collections.abc import Callable, Mapping
from functools import partial

from nicegui import ui

from admin.looks.plan_rules import RuleChoices
from admin.looks.plan_words import KIND_NAMES
from admin.parts.cap_rows import ROLLING, WINDOWS, CapRow, is_whole
from admin.parts.rule_rows import HEARD, MODES, TAG, RuleForm, RuleRow
from sop.audience_rule import COUNTED, NAMED, SAID, in_words, read_rule
from sop.plan_reading import FACTS

_PROPS = "outlined dense options-dense"
_EVERY_FACT = frozenset().union(*FACTS.values())


class RuleFields:
    """Rows of facts, joined by «all» or «any»; `changed` is told after every keystroke that counts."""

    def __init__(self, form: RuleForm, choices: RuleChoices, empty: str, changed: Callable[[], None]) -> None:
        self.form, self._choices, self._empty, self._changed = form, choices, empty, changed
        self._root = ui.column().classes("wide gap-s rule-rows")
        self._draw()

    def _draw(self) -> None:
        self._root.clear()
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
        fact = ui.select(dict(self._choices.facts), value=row.fact or None, label="哪一项").props(_PROPS)
        fact.on_value_change(lambda event: self._other_fact(row, str(event.value or "")))
        ui.select({False: "是", True: "不是"}, value=row.negated, on_change=self._told("negated", row)).props(f"{_PROPS} aria-label=是不是")
        with ui.element("div").classes("rule-value"):
            self._value(row)
        self._bin(row)

    def _value(self, row: RuleRow) -> None:
        known = dict(self._choices.values.get(row.fact, {}))
        if row.fact in NAMED:
            known |= {name: self._choices.names.get(name, name) for name in row.names if name not in known}
            ui.select(known, value=list(row.names), multiple=True, label="选一个或几个", on_change=self._told("names", row)).props(
                f"{_PROPS} use-chips"
            )
        elif row.fact in COUNTED:
            for name, label in (("least", "最少"), ("most", "最多")):
                ui.input(label, value=getattr(row, name), on_change=self._told(name, row)).props(f"{_PROPS} inputmode=numeric debounce=300")
        elif row.fact == TAG or row.fact in SAID:
            known |= {row.name: self._choices.names.get(row.name, row.name)} if row.name and row.name not in known else {}
            ui.select(known, value=row.name or None, label="哪一个", with_input=True, on_change=self._told("name", row)).props(_PROPS)
            if row.fact in SAID:
                ui.input("几天内（可空）", value=row.days, on_change=self._told("days", row)).props(
                    f"{_PROPS} inputmode=numeric debounce=300"
                )
        elif row.fact == HEARD:
            ui.label("给我们发过消息").classes("soft")

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
