"""The pack's part for advisors' reminders: followups.yaml, read with faults by file and line."""

from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from core.errors import PackFaulty
from core.yaml_source import Fault, Source
from customers.terms import Level
from sop.reminder_terms import FollowUp, FollowUpRules, LevelRule

FILE = "followups.yaml"
# The card's list holds ten: three of them say how much later, one that somebody drove.
_REASONS_AT_MOST = 6
_TIMES = ("digest_at", "weekly_at", "visit_eve_at")
_COUNTS = {"cards_a_day": 1, "kept_for_urgent": 0, "asks_before_manager": 1}
# key → (field, what one of it is)
_SPANS = {
    "again_after_hours": ("again_after", timedelta(hours=1)),
    "urgent_again_after_hours": ("urgent_again_after", timedelta(hours=1)),
    "person_asked_minutes": ("person_asked_after", timedelta(minutes=1)),
    "order_quiet_days": ("order_quiet", timedelta(days=1)),
    "promise_ahead_minutes": ("promise_ahead", timedelta(minutes=1)),
}


def read_followups(folder: Path) -> tuple[FollowUpRules, list[Fault]]:
    """The rules and every fault in the file; with faults they hold what was right. A pack without the file reminds nobody by level."""
    if not (folder / FILE).exists():
        return FollowUpRules(), []
    try:
        source = Source(folder / FILE, FILE)
    except PackFaulty as error:
        name, line, reason = str(error).split(":", 2)
        return FollowUpRules(), [Fault(name, int(line), reason.strip())]
    faults = list(source.repeated)
    fields: dict[str, Any] = {}
    if not isinstance(source.value, Mapping):
        return FollowUpRules(), [*faults, source.fault("a mapping is expected here")]
    for key, value in source.value.items():
        _read(source, str(key), value, fields, faults)
    return FollowUpRules(**fields), faults


def _read(source: Source, key: str, value: Any, fields: dict[str, Any], faults: list[Fault]) -> None:
    if key == "levels":
        fields[key] = _levels(source, value, faults)
    elif key == "duty":
        fields |= _duty(source, value, faults)
    elif key in _TIMES:
        _keep(fields, key, _time(value), source, f'{key} must be a time such as "09:00"', faults, key)
    elif key in _COUNTS:
        right = value if _is_whole(value) and value >= _COUNTS[key] else None
        _keep(fields, key, right, source, f"{key} must be a whole number, at least {_COUNTS[key]}", faults, key)
    elif key in _SPANS:
        name, unit = _SPANS[key]
        _keep(fields, name, value * unit if _is_number(value) and value > 0 else None, source, f"{key} must be above 0", faults, key)
    elif key == "facts":
        fields[key] = _facts(source, value, faults)
    elif key == "managers":
        fields[key] = _managers(source, value, faults)
    elif key == "lost_reasons":
        right = tuple(value) if _are_words(value) and 1 <= len(value) <= _REASONS_AT_MOST else None
        _keep(fields, key, right, source, f"lost_reasons must be 1 to {_REASONS_AT_MOST} different texts", faults, key)
    else:
        faults.append(source.fault(f"unknown key «{key}»", key))


def _keep(fields: dict[str, Any], name: str, right: Any, source: Source, reason: str, faults: list[Fault], *path: str) -> None:
    if right is None:
        faults.append(source.fault(reason, *path))
    else:
        fields[name] = right


def _levels(source: Source, value: Any, faults: list[Fault]) -> dict[Level, LevelRule]:
    if not isinstance(value, Mapping):
        faults.append(source.fault("levels must be a mapping", "levels"))
        return {}
    found = {}
    for name, body in value.items():
        wrong = _level_fault(name, body)
        if wrong:
            faults.append(source.fault(wrong, "levels", str(name)))
            continue
        days, hours = body["follow_up_days"], body.get("first_touch_hours")
        every = None if days is None else timedelta(days=days)
        found[Level(name)] = LevelRule(every, None if hours is None else timedelta(hours=hours))
    return found


def _level_fault(name: Any, body: Any) -> str:
    if name not in set(Level):
        return f"«{name}» is no level"
    if not isinstance(body, Mapping) or "follow_up_days" not in body or set(body) - {"follow_up_days", "first_touch_hours"}:
        return f"level {name} needs follow_up_days and may have first_touch_hours"
    wrong = [key for key, value in body.items() if value is not None and not (_is_number(value) and value > 0)]
    return f"{wrong[0]} of level {name} must be a number above 0, or null" if wrong else ""


def _duty(source: Source, value: Any, faults: list[Fault]) -> dict[str, time]:
    begin, end = (_time(value.get(key)) if isinstance(value, Mapping) else None for key in ("from", "until"))
    if begin is None or end is None or begin >= end:
        faults.append(source.fault('duty needs «from» and a later «until», such as "09:00"', "duty"))
        return {}
    return {"duty_from": begin, "duty_until": end}


def _facts(source: Source, value: Any, faults: list[Fault]) -> dict[FollowUp, tuple[str, str]]:
    """outcome: group/name."""
    known = set(FollowUp) - {FollowUp.LATER}
    if not isinstance(value, Mapping) or set(value) - known:
        faults.append(source.fault(f"facts must be «outcome: group/name»; outcomes: {' '.join(sorted(known))}", "facts"))
        return {}
    found = {}
    for outcome, tag in value.items():
        group, between, name = str(tag).partition("/")
        if group and between and name:
            found[FollowUp(outcome)] = (group, name)
        else:
            faults.append(source.fault(f"a tag is written «group/name», not «{tag}»", "facts", outcome))
    return found


def _managers(source: Source, value: Any, faults: list[Fault]) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping) or not all(_are_words(people) for people in value.values()):
        faults.append(source.fault("managers must be «store: [userid]»", "managers"))
        return {}
    return {str(store): tuple(person.lower() for person in people) for store, people in value.items()}


def _time(value: Any) -> time | None:
    try:
        return time.fromisoformat(value) if isinstance(value, str) and len(value) == len("09:00") else None
    except ValueError:
        return None


def _are_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and one for one in value) and len(set(value)) == len(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")
