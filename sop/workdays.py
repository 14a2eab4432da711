"""Is it a workday in China? The one file that knows the holiday calendar."""

from datetime import date

import chinese_calendar

_FRIDAY = 4
# New Year, Labour Day, National Day. Those that follow the moon are known when they are announced, and with them the moved weekends.
_EVERY_YEAR = {(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)}
_ANNOUNCED = {day.year for day in chinese_calendar.holidays}
# The last day of which the calendar knows whether it is a holiday.
KNOWN_UNTIL = date(max(_ANNOUNCED), 12, 31)
GUESSED = "按周一到周五上班估算，只排除元旦、五一和十月一日至三日；春节等假期和调休不在内"


def is_workday(day: date) -> bool:
    """With holidays and the weekends worked for them, as far as the State Council has announced them; beyond that Monday to Friday, without
    the days that are holidays every year."""
    if day.year in _ANNOUNCED:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() <= _FRIDAY and (day.month, day.day) not in _EVERY_YEAR
