"""Is it a workday in China? The one file that knows the holiday calendar."""

from datetime import date

import chinese_calendar

_FRIDAY = 4
_ANNOUNCED = {day.year for day in chinese_calendar.holidays}


def is_workday(day: date) -> bool:
    """With holidays and the weekends worked for them, as far as the State Council has announced them; Monday to Friday beyond that."""
    return bool(chinese_calendar.is_workday(day)) if day.year in _ANNOUNCED else day.weekday() <= _FRIDAY
