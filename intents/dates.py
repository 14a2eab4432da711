"""Pure: the feasts by which people date their plans («国庆后», «过完年»), as days."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

# Feasts of the moon's calendar fall on other days every year. Source: 香港天文台《公历与农历日期对照表》.
_NEW_YEAR: Mapping[int, tuple[int, int]] = {
    2025: (1, 29),
    2026: (2, 17),
    2027: (2, 6),
    2028: (1, 26),
    2029: (2, 13),
    2030: (2, 3),
    2031: (1, 23),
    2032: (2, 11),
    2033: (1, 31),
    2034: (2, 19),
    2035: (2, 8),
}
_DRAGON_BOAT: Mapping[int, tuple[int, int]] = {
    2025: (5, 31),
    2026: (6, 19),
    2027: (6, 9),
    2028: (5, 28),
    2029: (6, 16),
    2030: (6, 5),
    2031: (6, 24),
    2032: (6, 12),
    2033: (6, 1),
    2034: (6, 20),
    2035: (6, 10),
}
_MID_AUTUMN: Mapping[int, tuple[int, int]] = {
    2025: (10, 6),
    2026: (9, 25),
    2027: (9, 15),
    2028: (10, 3),
    2029: (9, 22),
    2030: (9, 12),
    2031: (10, 1),
    2032: (9, 19),
    2033: (9, 8),
    2034: (9, 27),
    2035: (9, 16),
}
# name → (month, day) of its first day off or the table it stands in, how many days before and after that people are away.
_FEASTS: Mapping[str, tuple[tuple[int, int] | Mapping[int, tuple[int, int]], int, int]] = {
    "元旦": ((1, 1), 0, 2),
    "春节": (_NEW_YEAR, 1, 6),
    "清明": ((4, 4), 0, 2),
    "五一": ((5, 1), 0, 4),
    "端午": (_DRAGON_BOAT, 0, 2),
    "中秋": (_MID_AUTUMN, 0, 2),
    "国庆": ((10, 1), 0, 6),
    "双十一": ((11, 11), 0, 0),
    "双十二": ((12, 12), 0, 0),
}
_ALSO_CALLED: Mapping[str, str] = {"过年": "春节", "新年": "元旦", "劳动节": "五一", "十一": "国庆", "黄金周": "国庆", "年": "春节"}
FEAST_NAMES = (*_FEASTS, *(name for name in _ALSO_CALLED if name != "年"))


def feast(name: str, today: date) -> tuple[date, date] | None:
    """The first and last day of the next feast of this name that is not over; None beyond the tables (2035)."""
    return next((days for days in _years(_ALSO_CALLED.get(name, name), today.year) if days[1] >= today), None)


def _years(name: str, first: int) -> Iterator[tuple[date, date]]:
    when, before, after = _FEASTS[name]
    for year in (first, first + 1):
        day = when if isinstance(when, tuple) else when.get(year)
        if day:
            yield date(year, *day) - timedelta(before), date(year, *day) + timedelta(after)
