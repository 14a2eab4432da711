"""Pure: caps and quiet hours as rows of a form, and back; what is wrong in a row is told in the operators' words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ROLLING: Mapping[str, str] = {"days": "天", "hours": "小时"}
WINDOWS: Mapping[str, str] = {"day": "每天", "week": "每周（周一起）", "month": "每月", "days": "任意连续几天", "hours": "任意连续几小时"}
_SHORT: Mapping[str, str] = {"day": "每天", "week": "每周", "month": "每月"}
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass
class CapRow:
    """At most so many in a window. Without kinds and levels it holds for all of them."""

    at_most: str = "1"
    per: str = "day"
    length: str = "7"
    name: str = ""
    kinds: list[str] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)


@dataclass
class QuietRow:
    """From when to when nothing is sent; of these kinds, where it is not for one plan."""

    begins: str = "21:00"
    ends: str = "09:00"
    kinds: list[str] = field(default_factory=list)


def caps_of(data: Sequence[Mapping[str, Any]]) -> list[CapRow]:
    """The rows of caps that are written as plain data."""
    return [_row(one) for one in data]


def caps_as_data(rows: Sequence[CapRow], whose: str) -> list[dict[str, Any]]:
    """As plain data; the rows must be without faults. A cap without a name gets one that says what it holds: «每位客户每天最多 1 条»."""
    return [_data(row, whose) for row in rows]


def cap_faults(rows: Sequence[CapRow]) -> Iterator[str]:
    """What is wrong, each with the name of its field."""
    for number, row in enumerate(rows, 1):
        if not is_whole(row.at_most):
            yield f"第 {number} 条上限「最多几条」要填 1 或更大的整数"
        elif row.per not in WINDOWS:
            yield f"第 {number} 条上限「多久」还没有选"
        elif row.per in ROLLING and not is_whole(row.length):
            yield f"第 {number} 条上限「连续几{ROLLING[row.per]}」要填 1 或更大的整数"


def quiet_of(data: Sequence[Mapping[str, Any]]) -> list[QuietRow]:
    """The rows of quiet hours that are written as plain data."""
    return [QuietRow(str(one["from"]), str(one["to"]), [str(kind) for kind in one.get("kinds", [])]) for one in data]


def quiet_as_data(rows: Sequence[QuietRow]) -> list[dict[str, Any]]:
    """As plain data; the rows must be without faults."""
    return [({"kinds": list(row.kinds)} if row.kinds else {}) | {"from": row.begins, "to": row.ends} for row in rows]


def quiet_faults(rows: Sequence[QuietRow], *, kinds: bool) -> Iterator[str]:
    """What is wrong, each with the name of its field."""
    yield from (f"第 {number} 段免打扰「{name}」{reason}" for (number, name), reason in quiet_wrong(rows, kinds=kinds).items())


def quiet_wrong(rows: Sequence[QuietRow], *, kinds: bool) -> dict[tuple[int, str], str]:
    """What is wrong by row (from 1) and field. With `kinds` each says for which ways it holds; a way has one stretch of quiet hours."""
    wrong: dict[tuple[int, str], str] = {}
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        for name, clock in (("从", row.begins), ("到", row.ends)):
            if not _TIME.fullmatch(clock or ""):
                wrong[number, name] = "要写成 21:00 这样"
        if row.begins == row.ends:
            wrong.setdefault((number, "到"), "不能和开始一样，不需要这一段就删掉它")
        if kinds and not row.kinds:
            wrong[number, "方式"] = "还没有选"
        if seen & set(row.kinds):
            wrong[number, "方式"] = "和前面的重复了，同一种方式只能有一段"
        seen |= set(row.kinds)
    return wrong


def _row(cap: Mapping[str, Any]) -> CapRow:
    per, kinds, levels = cap["per"], [str(kind) for kind in cap.get("kinds", [])], [str(level) for level in cap.get("levels", [])]
    row = CapRow(str(cap["at_most"]), str(per), name=str(cap["name"]), kinds=kinds, levels=levels)
    if isinstance(per, Mapping):
        hours = 24 * int(per.get("days", 0)) + int(per.get("hours", 0))
        row.per, row.length = ("hours", str(hours)) if hours % 24 else ("days", str(hours // 24))
    return row


def _data(row: CapRow, whose: str) -> dict[str, Any]:
    per: Any = {row.per: int(row.length)} if row.per in ROLLING else row.per
    window = _SHORT.get(row.per) or f"{row.length.strip()} {ROLLING[row.per]}内"
    name = row.name.strip() or f"{whose}{window}最多 {int(row.at_most)} 条"
    data: dict[str, Any] = {"name": name, "at_most": int(row.at_most), "per": per}
    return data | ({"kinds": list(row.kinds)} if row.kinds else {}) | ({"levels": list(row.levels)} if row.levels else {})


def is_whole(text: str) -> bool:
    """1 or more, in digits."""
    return text.strip().isdecimal() and int(text) > 0
