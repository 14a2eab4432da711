"""The pack's part for customer groups: the numbers of the lifecycle formula."""

import math
from pathlib import Path
from typing import Any

from core.errors import PackFaulty
from core.yaml_source import Fault, Source
from customers.lifecycle import PART_NAMES, LifecycleRule
from customers.terms import GroupStage

FILE = "groups.yaml"
_DAYS = ("window_days", "active_days")
_NUMBERS = ("full_age_days", "brisk_inflow", "heavy_outflow", "lively_share")
_LATER_STAGES = tuple(GroupStage)[1:]


def read_lifecycle_rule(folder: Path) -> tuple[LifecycleRule, list[Fault]]:
    """The rule, and every fault in the file; with faults it is the usual rule. A pack without the file has the usual rule, too."""
    if not (folder / FILE).exists():
        return LifecycleRule(), []
    try:
        source = Source(folder / FILE, FILE)
    except PackFaulty as error:
        name, line, reason = str(error).split(":", 2)
        return LifecycleRule(), [Fault(name, int(line), reason.strip())]
    faults = [*source.repeated, *_faults(source)]
    if faults:
        return LifecycleRule(), faults
    told = dict(source.value or {})
    stages = {GroupStage(name): float(value) for name, value in told.pop("stages", {}).items()}
    made: dict[str, Any] = told | ({"from_coefficient": stages} if stages else {})
    return LifecycleRule(**made), []


def _faults(source: Source) -> list[Fault]:
    value = source.value or {}
    if not isinstance(value, dict):
        return [source.fault("a mapping is expected here")]
    faults: list[Fault] = []
    for key, body in value.items():
        if key in _DAYS:
            faults += [] if _is_days(body) else [source.fault(f"{key} must be a whole number of days, at least 1", key)]
        elif key in _NUMBERS:
            faults += [] if _is_number(body) and body > 0 else [source.fault(f"{key} must be a number above 0", key)]
        elif key == "weights":
            faults += _weight_faults(source, body)
        elif key == "stages":
            faults += _stage_faults(source, body)
        else:
            faults.append(source.fault(f"unknown key «{key}»", key))
    return faults


def _weight_faults(source: Source, body: Any) -> list[Fault]:
    if not isinstance(body, dict) or set(body) != set(PART_NAMES):
        return [source.fault(f"weights must name exactly {', '.join(PART_NAMES)}", "weights")]
    wrong = [name for name, weight in body.items() if not _is_number(weight) or weight < 0]
    if wrong:
        return [source.fault(f"the weight of {name} must be a number, at least 0", "weights", name) for name in wrong]
    return [] if sum(body.values()) > 0 else [source.fault("weights must not all be 0", "weights")]


def _stage_faults(source: Source, body: Any) -> list[Fault]:
    if not isinstance(body, dict) or set(body) != set(_LATER_STAGES):
        return [source.fault(f"stages must name exactly {', '.join(_LATER_STAGES)}", "stages")]
    wrong = [name for name, begins in body.items() if not _is_number(begins) or not 0 < begins <= 1]
    if wrong:
        return [source.fault(f"{name} must begin above 0 and at most at 1", "stages", name) for name in wrong]
    begins = [body[stage] for stage in _LATER_STAGES]
    return [] if begins == sorted(set(begins)) else [source.fault("stages must rise from warming to ageing", "stages")]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_days(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
