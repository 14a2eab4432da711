"""Pure: an audience rule as rows of a form, and back; what is wrong in a row is told in the operators' words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sop.audience_rule import COUNTED, NAMED, SAID

TAG, HEARD, BIRTHDAY = "tag", "heard", "birthday"
# Facts that hold or do not, with nothing to choose: as they are written in a rule.
PLAIN: Mapping[str, Any] = {HEARD: True, BIRTHDAY: "today"}
FACT_NAMES: Mapping[str, str] = {**NAMED, **COUNTED, **SAID, TAG: "标签", HEARD: "说过话", BIRTHDAY: "生日"}
MODES: Mapping[str, str] = {"all": "同时满足", "any": "满足任一条"}


@dataclass
class RuleRow:
    """One fact. `kept` is a part that no form can show, such as one that is nested deeper: it is told in words and stays as it is."""

    fact: str = ""
    negated: bool = False
    names: list[str] = field(default_factory=list)
    least: str = ""
    most: str = ""
    name: str = ""
    days: str = ""
    kept: Mapping[str, Any] | None = None


@dataclass
class RuleForm:
    """How the rows are joined, and the rows; none at all: everybody."""

    mode: str = "all"
    rows: list[RuleRow] = field(default_factory=list)


def form_of(rule: Mapping[str, Any]) -> RuleForm:
    """The form of a rule that is written as plain data."""
    if not rule:
        return RuleForm()
    mode = next((mode for mode in MODES if set(rule) == {mode}), "")
    parts: Sequence[Mapping[str, Any]] = rule[mode] if mode else [rule]
    return RuleForm(mode or "all", [_row(part) for part in parts])


def rule_of(form: RuleForm) -> dict[str, Any]:
    """The rule as plain data; the form must be without faults."""
    parts = [_data(row) for row in form.rows]
    return {} if not parts else parts[0] if len(parts) == 1 else {form.mode: parts}


def row_faults(form: RuleForm) -> Iterator[str]:
    """What is wrong, each with the name of its field."""
    for number, row in enumerate(form.rows, 1):
        _, fault = fault_of(row)
        if fault:
            yield f"第 {number} 条「{FACT_NAMES.get(row.fact, '条件')}」{fault}"


def fault_of(row: RuleRow) -> tuple[str, str]:
    """(the field of the row, what is wrong in it); both empty when nothing is."""
    days = row.days.strip()
    if row.kept is not None:
        return "", ""
    if row.fact not in FACT_NAMES:
        return "fact", "还没有选是哪一项"
    if row.fact in NAMED:
        return ("", "") if row.names else ("names", "还没有选")
    if row.fact in COUNTED:
        return _count_fault(row.least.strip(), row.most.strip())
    if row.fact not in PLAIN and not row.name:
        return "name", "还没有选"
    return ("days", "天数要填整数") if row.fact in SAID and days and not days.isdecimal() else ("", "")


def _row(part: Mapping[str, Any]) -> RuleRow:
    inner = part.get("not") if set(part) == {"not"} else None
    negated, fact = isinstance(inner, Mapping), inner if isinstance(inner, Mapping) else part
    key = next((key for key in fact if key != "within_days"), "")
    value = fact.get(key)
    if key in NAMED and isinstance(value, Sequence):
        return RuleRow(key, negated, names=[str(one) for one in value])
    if key in COUNTED and isinstance(value, Mapping):
        return RuleRow(key, negated, least=_text(value.get("at_least")), most=_text(value.get("at_most")))
    if key == TAG or key in SAID:
        return RuleRow(key, negated, name=str(value), days=_text(fact.get("within_days")))
    return RuleRow(key, negated) if key in PLAIN else RuleRow(kept=part)


def _data(row: RuleRow) -> dict[str, Any]:
    if row.kept is not None:
        return dict(row.kept)
    if row.fact in NAMED:
        fact: dict[str, Any] = {row.fact: list(row.names)}
    elif row.fact in COUNTED:
        ends = {"at_least": row.least.strip(), "at_most": row.most.strip()}
        fact = {row.fact: {name: int(text) for name, text in ends.items() if text}}
    elif row.fact in PLAIN:
        fact = {row.fact: PLAIN[row.fact]}
    else:
        fact = {row.fact: row.name} | ({"within_days": int(row.days)} if row.fact in SAID and row.days.strip() else {})
    return {"not": fact} if row.negated else fact


def _count_fault(least: str, most: str) -> tuple[str, str]:
    if not least and not most:
        return "least", "要填最少或最多"
    for end, text in (("least", least), ("most", most)):
        if text and not text.isdecimal():
            return end, "要填整数"
    return ("most", "最少不能大于最多") if least and most and int(least) > int(most) else ("", "")


def _text(value: Any) -> str:
    return "" if value is None else str(value)
