"""Pure: «明天下午3点», «下周六», «国庆后» → ISO 8601 in Asia/Shanghai: a moment, an interval of hours, a day, or its first and last day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.zone import SHANGHAI
from intents.numbers import whole_number
from intents.periods import periods

_N = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_DAY = (
    r"(?P<near>今天|今晚|今早|今儿|明天|明晚|明早|明儿|大后天|后天)"
    rf"|(?P<week>(?:这个?|本|下下个?|下个?)?)(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末])"
    rf"|(?:(?P<month>{_N})月|(?<![\d月]))(?P<date>{_N})[号日](?!店|线|楼)"
)
_PARTS_NAMED = r"早上|早晨|上午|中午|午休|下午|傍晚|晚上|下班(?:之?后|以后)?|早|晚"
_PART = rf"(?P<part>{_PARTS_NAMED})?"
_HOUR = rf"(?:(?P<hour>{_N})(?:点|:(?=\d\d))(?P<minute>半|一刻|三刻|\d{{2}}|{_N}分)?)?"
_TIME = re.compile(rf"(?:{_DAY})[的,， ]*{_PART} ?{_HOUR}")
_BARE = re.compile(
    rf"(?P<part>上午|中午|下午|傍晚|晚上) ?(?P<hour>{_N})(?:点|:(?=\d\d))(?P<minute>半|一刻|三刻|\d{{2}}|{_N}分)?"
    r"|(?P<after_work>下班(?:之?后|以后))"
)

_NEAR = {"今": 0, "明": 1, "后": 2, "大": 3}
_WEEKDAYS = {name: day for day, name in enumerate("一二三四五六")} | {"日": 6, "天": 6, "末": 5}
_PARTS = {"早": (8, 11), "上": (9, 12), "中": (11, 14), "午": (12, 14), "下": (13, 18), "傍": (17, 19), "晚": (18, 21)}
_MINUTES = {"半": 30, "一刻": 15, "三刻": 45}


@dataclass(frozen=True)
class Moment:
    """A time that a message names; `text[start:end]` says so, `iso` is what it means."""

    iso: str
    start: int
    end: int


def moments(text: str, *, now: datetime) -> list[Moment]:
    """Every time named in a normalised text, in order: a day, a part of day with an hour, or a stretch of days, as seen from `now`."""
    today = now.astimezone(SHANGHAI)
    matches = list(_TIME.finditer(text)) or list(_BARE.finditer(text))
    found = [(match, _iso(match.groupdict(), today)) for match in matches]
    exact = [Moment(iso, match.start(), match.end()) for match, iso in found if iso]
    return sorted([*exact, *_stretches(text, today.date(), exact)], key=lambda moment: moment.start)


def _stretches(text: str, today: date, others: Sequence[Moment]) -> list[Moment]:
    """Periods, where nothing that was read before has the words already."""
    found: list[Moment] = []
    for one in periods(text, today):
        if not any(one.start < other.end and other.start < one.end for other in (*others, *found)):
            iso = one.first.isoformat() if one.first == one.last else f"{one.first.isoformat()}/{one.last.isoformat()}"
            found.append(Moment(iso, one.start, one.end))
    return found


def _iso(said: dict[str, str | None], now: datetime) -> str | None:
    day = _day(said, now)
    if day is None:
        return None
    part = _part(said)
    if said.get("hour"):
        return _at(day, said, part, now)
    if part:
        first, last = _PARTS[part]
        return f"{day.isoformat()}T{first:02}:00/{last:02}:00"
    return f"{day.isoformat()}/{(day + timedelta(1)).isoformat()}" if said.get("weekday") == "末" else day.isoformat()


def _part(said: dict[str, str | None]) -> str:
    """The part of the day by one character; after work is evening, and «今晚» has its part in the day."""
    part = said.get("part") or said.get("after_work") or ""
    near = said.get("near") or ""
    if part.startswith("下班"):
        return "晚"
    return part[:1] or (near[-1] if near.endswith(("晚", "早")) else "")


def _at(day: date, said: dict[str, str | None], part: str, now: datetime) -> str | None:
    hour, minute = whole_number(said["hour"] or ""), _minute(said.get("minute"))
    if hour is None or hour > 23 or minute is None or minute > 59 or (hour, part) == (12, "晚"):
        return None
    # A showroom is open by day: «3点» without a word is 15:00.
    if hour < 12 and (part in ("下", "傍", "晚") or (part == "中" and hour < 3) or (not part and hour < 8)):
        hour += 12
    moment = datetime.combine(day, time(hour, minute), SHANGHAI)
    return (moment if moment > now else moment + _again(said)).strftime("%Y-%m-%dT%H:%M")


def _again(said: dict[str, str | None]) -> timedelta:
    """What is over is meant for the next time: «下午3点», said at four, is tomorrow's; «周一9点», said at ten on a Monday, next week's."""
    if "near" not in said:
        return timedelta(1)
    return timedelta(7) if said["weekday"] and not said["week"] else timedelta(0)


def _minute(text: str | None) -> int | None:
    if not text:
        return 0
    return _MINUTES.get(text) if text in _MINUTES else whole_number(text.removesuffix("分"))


def _day(said: dict[str, str | None], now: datetime) -> date | None:
    today = now.date()
    if near := said.get("near"):
        return today + timedelta(_NEAR[near[0]])
    if weekday := said.get("weekday"):
        return _weekday(today, _WEEKDAYS[weekday], said.get("week") or "")
    if said.get("date"):
        return _calendar_day(today, said.get("month"), said["date"] or "")
    return today


def _weekday(today: date, weekday: int, week: str) -> date:
    monday = today - timedelta(today.weekday())
    if week.startswith("下"):
        return monday + timedelta(7 * week.count("下") + weekday)
    day = monday + timedelta(weekday)
    # «周一», said on a Friday, is the coming one; «这周一» would be over and is left as it was said.
    return day if day >= today or week else day + timedelta(7)


def _calendar_day(today: date, month: str | None, day: str) -> date | None:
    """The next such day; None for 2月30号."""
    wanted, number = whole_number(month) if month else None, whole_number(day)
    ahead = (today + timedelta(days) for days in range(366))
    return next((one for one in ahead if one.day == number and wanted in (None, one.month)), None)
