"""Pure: «国庆后», «这个月底», «下周», «过两天» → a first and a last day, as seen from today."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from intents.dates import FEAST_NAMES, feast
from intents.numbers import whole_number

# «after» or «before» something means the week beside it.
_BESIDE = timedelta(7)
_A_DAY = timedelta(1)
_N = r"\d{1,2}|[一二两三四五六七八九十]{1,3}"
# 十一 is a feast only where it is no number: 十一月, 十一点, 二十一.
_NUMBER = r"(?<![\d一二两三四五六七八九十])十一(?![月点万千百号个年块元楼线路度米分成座辆台人位寸代岁%]|公里)"
_FEAST = "|".join([*sorted((name for name in FEAST_NAMES if name != "十一"), key=len, reverse=True), _NUMBER])


@dataclass(frozen=True)
class Period:
    """From `first` to `last`, both included; `text[start:end]` says so."""

    first: date
    last: date
    start: int
    end: int


_Days = tuple[date, date] | None
_Rule = tuple[re.Pattern[str], Callable[[re.Match[str], date], _Days]]


def periods(text: str, today: date) -> Iterator[Period]:
    """Every stretch of days named in a normalised text; rule by rule, so not in order. What is over by today is none."""
    for pattern, days_of in _RULES:
        for match in pattern.finditer(text):
            days = days_of(match, today)
            if days and days[1] >= today:
                yield Period(max(days[0], today), days[1], *match.span())


def _around(days: _Days, side: str) -> _Days:
    if days is None or not side:
        return days
    first, last = days
    return (first - _BESIDE, first - _A_DAY) if side == "前" else (last + _A_DAY, last + _BESIDE)


def _feast(match: re.Match[str], today: date) -> _Days:
    return _around(feast(match["feast"], today), match["side"] or "")


def _new_year(match: re.Match[str], today: date) -> _Days:
    return _around(feast("春节", today), "前" if match.group().endswith("前") else "后")


def _month(match: re.Match[str], today: date) -> _Days:
    """This month, the next, or one by its number, and which third of it."""
    if said := match["number"]:
        number = whole_number(said) or 0
        if not 1 <= number <= 12:
            return None
        year, month = today.year + (number < today.month), number
    else:
        ahead = (match["which"] or "").count("下")
        year, month = today.year + (today.month + ahead > 12), (today.month + ahead - 1) % 12 + 1
    days = monthrange(year, month)[1]
    first, last = {"初": (1, 7), "上": (1, 10), "中": (11, 20), "下": (21, days), "底": (25, days), "末": (25, days)}.get(
        (match["part"] or "")[:1], (1, days)
    )
    return date(year, month, first), date(year, month, last)


def _week(match: re.Match[str], today: date) -> _Days:
    monday = today - timedelta(today.weekday()) + timedelta(7 * match["which"].count("下"))
    return monday, monday + timedelta(6)


def _in_days(match: re.Match[str], today: date) -> _Days:
    number = 0.5 if match["number"] == "半" else whole_number(match["number"])
    if number is None:
        return None
    ahead = timedelta(int(number * {"天": 1, "月": 30}.get(match["unit"], 7)))
    return (today, today + ahead) if "内" in match["side"] else (today + ahead, today + ahead)


def _soon(match: re.Match[str], today: date) -> _Days:
    ahead = 2 if match["wait"] == "过" else 0
    return today + timedelta(ahead), today + timedelta(ahead + 2)


def _year_end(match: re.Match[str], today: date) -> _Days:
    return date(today.year, 12, 1), date(today.year, 12, 31)


_RULES: tuple[_Rule, ...] = (
    (re.compile(rf"(?:过完?)?(?P<feast>{_FEAST})(?!月)(?:节|假期|小?长假|放假|期间)*(?:之|以)?(?P<side>前(?!后)|后)?"), _feast),
    (re.compile(r"过完年(?:之?后|以后)?|开年|(?<![今明去半几一二两三四五\d])年(?:之|以)?[前后]"), _new_year),
    (
        re.compile(
            rf"(?:(?P<which>这个?|本|下下?个?)月|(?<![\d个])(?P<number>{_N})月份?|(?<![个\d一二两三四五六七八九十上])月(?=[初底末]))(?P<part>初|上旬|中旬?|下旬|底|末)?(?![\d一二两三四五六七八九十])"
        ),
        _month,
    ),
    (re.compile(r"(?P<which>这个?|本|下下个?|下个?)(?:周|星期|礼拜)(?![一二三四五六日天末])"), _week),
    (
        re.compile(rf"(?P<number>半|{_N})个?(?P<unit>天|周|星期|礼拜|月)(?P<side>之?后|以后|以内|之内|内)"),
        _in_days,
    ),
    (re.compile(r"(?P<wait>过)(?:两三?|几|些)天|(?:这|最近)(?:两三?|几)天|近期"), _soon),
    (re.compile(r"(?<!去)年(?:底|末)"), _year_end),
)
