"""Pure: the day, the hour and the store of a visit as people say them."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from core.zone import SHANGHAI
from customers.terms import SlotName

_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:/\d{4}-\d\d-\d\d|T\d\d:\d\d(?:/\d\d:\d\d)?)?")
_WEEKDAYS = "一二三四五六日"
# The hours that intents/visit_time.py gives to a part of the day.
_PARTS = {
    ("08:00", "11:00"): "早上",
    ("09:00", "12:00"): "上午",
    ("11:00", "14:00"): "中午",
    ("12:00", "14:00"): "中午",
    ("13:00", "18:00"): "下午",
    ("17:00", "19:00"): "傍晚",
    ("18:00", "21:00"): "晚上",
}


def visit_words(slots: Mapping[SlotName, str], names: Mapping[str, str], *, now: datetime) -> str:
    """«11月28日（周六）下午、上海浦东体验中心»; empty when neither is known. A time that is over is not said: he meant another visit."""
    when, where = slots.get(SlotName.VISIT_TIME, ""), names.get(slots.get(SlotName.STORE, ""), "")
    if not _ISO.fullmatch(when) or _last_day(when) < now.astimezone(SHANGHAI).date():
        when = ""
    return "、".join(filter(None, [time_words(when) if when else "", where]))


def time_words(value: str) -> str:
    """A visit's time, as its slot holds it, in Chinese; what is no such time stays as it is."""
    if not _ISO.fullmatch(value):
        return value
    first, _, last = value.partition("/")
    day, _, hour = first.partition("T")
    if not last:
        return f"{_day(day)}{hour}"
    if hour:
        return f"{_day(day)}{_PARTS.get((hour, last), f'{hour}-{last}')}"
    return f"{_day(day)}到{_day(last)}"


def _last_day(value: str) -> date:
    first, _, last = value.partition("/")
    return date.fromisoformat(last if "-" in last else first[:10])


def _day(day: str) -> str:
    on = date.fromisoformat(day)
    return f"{on.month}月{on.day}日（周{_WEEKDAYS[on.weekday()]}）"
