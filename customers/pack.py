"""The pack's part for customers: what each signal weighs and where the levels begin."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.errors import PackFaulty
from core.yaml_source import Fault, Source
from customers.terms import Level

_SIGNAL_KEYS = {"zh", "weight", "half_life_days", "intents", "patterns"}
_LEVELS_KEYS = {"thresholds", "time_words", "events", "silent_after_days"}


@dataclass(frozen=True)
class SignalWeight:
    """`weight` points on the day it is said, half of them after `half_life_days`."""

    zh: str
    weight: float
    half_life_days: float


@dataclass(frozen=True)
class LevelRules:
    """signals.yaml and levels.yaml as far as customers need them."""

    weights: dict[str, SignalWeight] = field(default_factory=dict)
    thresholds: dict[Level, float] = field(default_factory=dict)
    events: dict[str, Level] = field(default_factory=dict)  # intent → level
    silent_after_days: int = 30


def read_level_rules(folder: Path) -> tuple[LevelRules, list[Fault]]:
    """The rules, and every fault in the two files; with faults the rules hold only what was right."""
    faults: list[Fault] = []
    signals, levels = (_source(folder / name, faults) for name in ("signals.yaml", "levels.yaml"))
    rules = LevelRules(weights=_weights(signals, faults) if signals else {})
    if levels is None:
        return rules, faults
    whole = dict(_mapping(levels, levels.value, (), faults))
    faults += [levels.fault(f"unknown key «{key}»", key) for key in whole if key not in _LEVELS_KEYS]
    thresholds, events = _thresholds(levels, whole, faults), _events(levels, whole, faults)
    silent = _silent_after(levels, whole, faults)
    return replace(rules, thresholds=thresholds, events=events, silent_after_days=silent), faults


def _weights(source: Source, faults: list[Fault]) -> dict[str, SignalWeight]:
    weights: dict[str, SignalWeight] = {}
    for name, body in _mapping(source, source.value, (), faults):
        problems = list(_signal_faults(source, name, body))
        faults += problems
        if not problems:
            weights[name] = SignalWeight(body["zh"], float(body["weight"]), float(body["half_life_days"]))
    return weights


def _thresholds(source: Source, whole: dict[str, Any], faults: list[Fault]) -> dict[Level, float]:
    found: dict[Level, float] = {}
    for name, value in _mapping(source, whole.get("thresholds"), ("thresholds",), faults):
        if not _is_number(value):
            faults.append(source.fault(f"«{value}» is not a number", "thresholds", name))
        elif _is_level(source, name, ("thresholds", name), faults):
            found[Level(name)] = float(value)
    in_order = [found[level] for level in Level if level in found]
    if in_order != sorted(set(in_order), reverse=True):
        faults.append(source.fault("thresholds must fall from H to B", "thresholds"))
    return found


def _events(source: Source, whole: dict[str, Any], faults: list[Fault]) -> dict[str, Level]:
    named = _mapping(source, whole.get("events", {}), ("events",), faults)
    return {intent: Level(level) for intent, level in named if _is_level(source, level, ("events", intent), faults)}


def _silent_after(source: Source, whole: dict[str, Any], faults: list[Fault]) -> int:
    days = whole.get("silent_after_days", LevelRules.silent_after_days)
    if isinstance(days, int) and not isinstance(days, bool) and days >= 1:
        return days
    faults.append(source.fault("silent_after_days must be a whole number of days", "silent_after_days"))
    return LevelRules.silent_after_days


def _source(path: Path, faults: list[Fault]) -> Source | None:
    try:
        source = Source(path, path.name)
    except PackFaulty as error:
        name, line, reason = str(error).split(":", 2)
        faults.append(Fault(name, int(line), reason.strip()))
        return None
    faults += source.repeated
    return source


def _mapping(source: Source, value: Any, path: tuple[str, ...], faults: list[Fault]) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        faults.append(source.fault("a mapping is expected here", *path))
        return
    for key, body in value.items():
        if isinstance(key, str):
            yield key, body
        else:
            faults.append(source.fault(f"«{key}» is not a name", *path, key))


def _signal_faults(source: Source, name: str, body: Any) -> Iterator[Fault]:
    if not isinstance(body, dict):
        yield source.fault(f"signal «{name}» must be a mapping", name)
        return
    for key in sorted(set(body) - _SIGNAL_KEYS):
        yield source.fault(f"signal «{name}» has an unknown key «{key}»", name, key)
    if not isinstance(body.get("zh"), str):
        yield source.fault(f"signal «{name}» needs a Chinese name «zh»", name)
    for key in ("weight", "half_life_days"):
        if not _is_number(body.get(key)):
            yield source.fault(f"signal «{name}» needs a number «{key}»", name, key)
    if _is_number(body.get("half_life_days")) and body["half_life_days"] <= 0:
        yield source.fault(f"signal «{name}»: half_life_days must be above 0", name, "half_life_days")
    if not body.get("intents") and not body.get("patterns"):
        yield source.fault(f"signal «{name}» needs intents or patterns", name)


def _is_level(source: Source, value: Any, path: tuple[str, ...], faults: list[Fault]) -> bool:
    if value in [level.value for level in Level]:
        return True
    faults.append(source.fault(f"«{value}» is not a level", *path))
    return False


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
