"""Pure: a birthday as people write it, as it is kept («05-20», without the year), and on which days it is."""

import re
from datetime import date, timedelta

_WRITTEN = re.compile(r"(?:(\d{4})\s*[-./年]\s*)?(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?")
# Without a year the 29th of February is a day; 2000 had one.
_LEAP = 2000
_HOW = "请写公历的月和日，例如 5-20、5月20日或 1990-05-20"


class NoSuchDay(ValueError):
    """That is no day of the calendar; the words say so to whom typed it."""


def read_birthday(text: str) -> str:
    """«5-20», «5月20日», «5.20» or «1990-05-20» → «05-20»; NoSuchDay for anything else and for days that do not exist."""
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        raise NoSuchDay(f"看不懂“{text.strip()[:20]}”这个日期，{_HOW}")
    year, month, day = (int(one) if one else _LEAP for one in written.groups())
    try:
        return f"{date(year, month, day):%m-%d}"
    except ValueError:
        of_year = f" {year} 年" if written[1] else ""
        raise NoSuchDay(f"日历上没有{of_year} {month} 月 {day} 日，请核对一下") from None


def birthday_name(birthday: str) -> str:
    """«05-20» → «5月20日»; empty while nobody knows it."""
    return f"{int(birthday[:2])}月{int(birthday[3:])}日" if birthday else ""


def birthdays_on(day: date) -> tuple[str, ...]:
    """Whose birthday is on this day; who was born on a 29th of February has it on the 28th in years without one."""
    is_last_of_february = day.month == 2 and (day + timedelta(days=1)).month == 3
    return tuple(sorted({f"{day:%m-%d}", *(["02-29"] if is_last_of_february else [])}))
