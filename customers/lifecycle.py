"""Pure: how far a customer group has come: a coefficient of time, inflow, outflow and inactivity, taken apart, and the stage it means."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from customers.terms import GroupStage

STAGE_NAMES: Mapping[GroupStage, str] = {
    GroupStage.NEW: "新群",
    GroupStage.WARMING: "升温",
    GroupStage.MATURE: "成熟",
    GroupStage.AGEING: "老化",
}
PART_NAMES: Mapping[str, str] = {"time": "群龄", "inflow": "入群", "outflow": "退群", "inactivity": "沉默"}


@dataclass(frozen=True)
class LifecycleRule:
    """The formula's numbers, from the pack. Each part runs from 0 (young) to 1 (old); the coefficient is their weighted mean.

    `from_coefficient` says where each stage but the first begins.
    """

    full_age_days: float = 35.0  # a group of this age is old as far as time goes
    window_days: int = 7  # joins and leaves are counted over so many days
    brisk_inflow: float = 0.10  # so many joins in the window, as a share of the group: as young as inflow can make it
    heavy_outflow: float = 0.10  # so many leaves: as old as outflow can make it
    active_days: int = 14  # active is who spoke with us in so many days
    lively_share: float = 0.20  # so large a share active: as young as activity can make it
    weights: Mapping[str, float] = field(default_factory=lambda: {"time": 0.40, "inflow": 0.20, "outflow": 0.15, "inactivity": 0.25})
    from_coefficient: Mapping[GroupStage, float] = field(
        default_factory=lambda: {GroupStage.WARMING: 0.30, GroupStage.MATURE: 0.55, GroupStage.AGEING: 0.80}
    )


@dataclass(frozen=True)
class GroupFacts:
    """What is visible of a group: customers in it now, their joins and leaves in the window, and how many of them are active."""

    age_days: float
    customers: int
    joins: int
    leaves: int
    active: int


@dataclass(frozen=True)
class Part:
    """One part of the coefficient: `points` = value × weight ÷ all weights; `text` says in Chinese what was counted."""

    name: str
    value: float
    points: float
    text: str


@dataclass(frozen=True)
class Lifecycle:
    """0 is the day of its founding, 1 an old, shrinking, silent group."""

    coefficient: float
    stage: GroupStage
    parts: tuple[Part, ...]


def lifecycle(facts: GroupFacts, rule: LifecycleRule) -> Lifecycle:
    """The coefficient with its parts, and the stage that it means."""
    # Over everybody who was here in the window: neither an empty group nor one that lost half divides by a wrong number.
    base = max(1, facts.customers + facts.leaves)
    share = facts.active / facts.customers if facts.customers else 0.0
    values = {
        "time": _up_to(facts.age_days, rule.full_age_days),
        "inflow": 1 - _up_to(facts.joins / base, rule.brisk_inflow),
        "outflow": _up_to(facts.leaves / base, rule.heavy_outflow),
        "inactivity": 1 - _up_to(share, rule.lively_share),
    }
    texts = {
        "time": f"建群 {int(facts.age_days)} 天，满 {rule.full_age_days:g} 天计满",
        "inflow": f"近 {rule.window_days} 天入群 {facts.joins} 人（{facts.joins / base:.0%}），达到 {rule.brisk_inflow:.0%} 不计",
        "outflow": f"近 {rule.window_days} 天退群 {facts.leaves} 人（{facts.leaves / base:.0%}），达到 {rule.heavy_outflow:.0%} 计满",
        "inactivity": f"近 {rule.active_days} 天可见活跃 {facts.active} 人（{share:.0%}），达到 {rule.lively_share:.0%} 不计",
    }
    whole = sum(rule.weights.values())
    parts = tuple(Part(name, values[name], values[name] * rule.weights[name] / whole, texts[name]) for name in PART_NAMES)
    coefficient = round(sum(part.points for part in parts), 6)
    return Lifecycle(coefficient, stage_of(coefficient, rule), parts)


def stage_of(coefficient: float, rule: LifecycleRule) -> GroupStage:
    """The last stage whose beginning has been reached."""
    reached = [stage for stage in GroupStage if coefficient >= rule.from_coefficient.get(stage, 0.0)]
    return reached[-1]


def _up_to(value: float, full: float) -> float:
    return min(1.0, max(0.0, value / full))
