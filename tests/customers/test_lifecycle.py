"""A group's coefficient can be taken apart, and says its stage."""

import pytest

from customers.lifecycle import GroupFacts, LifecycleRule, lifecycle, stage_of
from customers.terms import GroupStage

RULE = LifecycleRule()


def facts(*, age: float = 0, customers: int = 100, joins: int = 0, leaves: int = 0, active: int = 0) -> GroupFacts:
    return GroupFacts(age, customers, joins, leaves, active)


def test_a_young_group_that_grows_and_speaks_is_at_zero() -> None:
    found = lifecycle(facts(joins=10, active=20), RULE)
    assert (found.coefficient, found.stage) == (0.0, GroupStage.NEW)


def test_an_old_shrinking_silent_group_is_at_one() -> None:
    found = lifecycle(facts(age=35, customers=90, leaves=10), RULE)
    assert (found.coefficient, found.stage) == (1.0, GroupStage.AGEING)


def test_an_old_lively_group_stays_young_and_a_young_silent_one_ages_early() -> None:
    assert lifecycle(facts(age=100, joins=12, active=40), RULE).stage is GroupStage.WARMING
    assert lifecycle(facts(age=21, leaves=20), RULE).stage is GroupStage.AGEING


def test_the_parts_add_up_and_say_what_was_counted() -> None:
    found = lifecycle(facts(age=7, customers=40, joins=2, leaves=1, active=4), RULE)
    assert sum(part.points for part in found.parts) == pytest.approx(found.coefficient, abs=1e-6)
    assert [part.name for part in found.parts] == ["time", "inflow", "outflow", "inactivity"]
    assert found.parts[2].text == "近 7 天退群 1 人（2%），达到 10% 计满"


def test_an_empty_group_has_a_coefficient_too() -> None:
    assert lifecycle(facts(customers=0), RULE).coefficient == pytest.approx(0.45)


@pytest.mark.parametrize(
    ("coefficient", "stage"),
    [
        (0.0, "new"),
        (0.299, "new"),
        (0.3, "warming"),
        (0.549, "warming"),
        (0.55, "mature"),
        (0.799, "mature"),
        (0.8, "ageing"),
        (1.0, "ageing"),
    ],
)
def test_a_stage_begins_at_its_number(coefficient: float, stage: str) -> None:
    assert stage_of(coefficient, RULE) == stage


def test_weights_count_in_proportion() -> None:
    rule = LifecycleRule(weights={"time": 3, "inflow": 0, "outflow": 0, "inactivity": 1})
    assert lifecycle(facts(age=35, active=20), rule).coefficient == pytest.approx(0.75)
