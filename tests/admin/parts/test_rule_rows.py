"""Audience rules as rows of a form: there and back it is the same rule, and what is wrong is named."""

from typing import Any

import pytest
import yaml

from admin.parts.rule_rows import RuleForm, RuleRow, fault_of, form_of, row_faults, rule_of
from core.settings import Settings
from sop.audience_rule import read_rule
from sop.pack import FOLDER
from sop.plan_reading import FACTS

EVERY_FACT = frozenset().union(*FACTS.values())
RULES: list[dict[str, Any]] = [
    {},
    {"size": {"at_least": 2}},
    {"level": ["H", "A"]},
    {"all": [{"joined_days": {"at_most": 1}}, {"not": {"level": ["O", "L"]}}]},
    {"any": [{"heard": True}, {"slot": "visit_time"}, {"focus": "range", "within_days": 7}]},
    {"all": [{"tag": "身份/车主"}, {"any": [{"level": ["H"]}, {"not": {"heard": True}}]}]},
    {"not": {"all": [{"heard": True}, {"level": ["N"]}]}},
    {"any": [{"birthday": "today"}, {"not": {"birthday": "today"}}]},
]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_goes_into_the_form_and_comes_back(rule: dict[str, Any]) -> None:
    form = form_of(rule)
    assert list(row_faults(form)) == []
    assert rule_of(form) == rule
    read_rule(rule_of(form), EVERY_FACT)


def test_every_rule_of_the_pack_comes_back_as_the_same_rule() -> None:
    folder = Settings(_env_file=None).pack_folder() / FOLDER  # type: ignore[call-arg]
    plans = [plan for path in folder.glob("*.yaml") if path.stem != "policy" for plan in yaml.safe_load(path.read_text("utf-8")).values()]
    rules = [plan[name] for plan in plans for name in ("audience", "goal") if plan.get(name)]
    assert len(rules) > 8
    assert [read_rule(rule_of(form_of(rule)), EVERY_FACT) for rule in rules] == [read_rule(rule, EVERY_FACT) for rule in rules]


@pytest.mark.parametrize(
    ("row", "at", "told"),
    [
        (RuleRow(), "fact", "第 1 条「条件」还没有选是哪一项"),
        (RuleRow("level"), "names", "第 1 条「意向级别」还没有选"),
        (RuleRow("tag"), "name", "第 1 条「标签」还没有选"),
        (RuleRow("size"), "least", "第 1 条「群人数」要填最少或最多"),
        (RuleRow("size", least="两"), "least", "第 1 条「群人数」要填整数"),
        (RuleRow("size", least="-1"), "least", "第 1 条「群人数」要填整数"),
        (RuleRow("size", least="1", most="多"), "most", "第 1 条「群人数」要填整数"),
        (RuleRow("size", least="5", most="4"), "most", "第 1 条「群人数」最少不能大于最多"),
        (RuleRow("focus", name="range", days="x"), "days", "第 1 条「关注点」天数要填整数"),
    ],
)
def test_what_is_missing_or_wrong_is_named_by_its_field(row: RuleRow, at: str, told: str) -> None:
    assert list(row_faults(RuleForm("all", [row]))) == [told]
    field, words = fault_of(row)
    assert field == at
    assert told.endswith(words)


def test_the_same_number_as_least_and_most_is_right() -> None:
    assert list(row_faults(RuleForm("all", [RuleRow("size", least="5", most="5")]))) == []
