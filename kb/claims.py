"""Pure: what an answer promises in numbers, what of it may end, and which scripts must be renewed soon."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kb.terms import ScriptContent
from kb.wording import CLAIM

_NUMBER: Final = r"\d[\d,，]*(?:\.\d+)?"
# A range has its unit at its end: 「12.98-16.48 万」.
_RANGE: Final = rf"{_NUMBER}(?:\s*[-–—~～至到]\s*{_NUMBER})?"


class ClaimKind(StrEnum):
    """What a number is about."""

    SUBSIDY = "补贴"
    RATE = "利率"
    DISCOUNT = "折扣"
    PRICE = "价格"
    RANGE = "里程"
    DATE = "日期"


@dataclass(frozen=True)
class Claim:
    """A number in an answer: `value` as it is written, `text` is answer[start:end]. `ends`: of the kinds that hold for a time only."""

    kind: ClaimKind
    value: str
    unit: str
    text: str
    answer: int
    start: int
    end: int
    ends: bool


@dataclass(frozen=True)
class Renewal:
    """A script whose validity has ended (`days_left` below 0) or ends soon (0: today is its last day)."""

    key: str
    title: str
    valid_until: date
    days_left: int
    claims: tuple[Claim, ...]


# The first kind that fits a place has it: 「补贴 5000 元」 is a subsidy, not a price; 「12 万公里」 a distance.
_KINDS: Final[tuple[tuple[ClaimKind, re.Pattern[str]], ...]] = (
    (ClaimKind.DATE, re.compile(r"(?P<value>\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|\d{1,2}\s*月\s*\d{1,2})(?P<unit>\s*[日号])?")),
    (ClaimKind.DATE, re.compile(r"(?P<value>\d{1,2}\s*月)(?P<unit>底|初|末)")),
    (ClaimKind.RANGE, re.compile(rf"(?P<value>{_RANGE})\s*(?P<unit>万?公里|km)", re.IGNORECASE)),
    (ClaimKind.RATE, re.compile(rf"(?P<value>{_RANGE})\s*(?P<unit>[%％])")),
    (ClaimKind.DISCOUNT, re.compile(rf"(?P<value>{_RANGE})\s*(?P<unit>折)")),
    (ClaimKind.SUBSIDY, re.compile(rf"补贴[^\d。！？]{{0,6}}(?P<value>{_RANGE})\s*(?P<unit>万?元|万|)")),
    (ClaimKind.PRICE, re.compile(rf"(?P<value>{_RANGE})\s*(?P<unit>万?元|万)")),
)


def claims_in(content: ScriptContent) -> list[Claim]:
    """Every number that is a claim, answer by answer in reading order. What needs an end is decided by the rule of kb/wording.py alone."""
    return [claim for number, answer in enumerate(content.answers) for claim in _claims(answer.text, number)]


def claims_without_validity(content: ScriptContent) -> list[Claim]:
    """The claims that end some day in a script that does not say when; a script with any of them may not be published."""
    return [claim for claim in claims_in(content) if claim.ends] if content.valid_until is None else []


def to_renew(contents: Iterable[ScriptContent], today: date, *, within_days: int) -> list[Renewal]:
    """Scripts whose validity has ended or ends within so many days, the most urgent first. Today and `valid_until` are Shanghai days."""
    ending = ((content, (content.valid_until - today).days, content.valid_until) for content in contents if content.valid_until)
    due = [
        Renewal(content.key, content.title, until, left, tuple(claim for claim in claims_in(content) if claim.ends))
        for content, left, until in ending
        if left <= within_days
    ]
    return sorted(due, key=lambda renewal: (renewal.valid_until, renewal.key))


def _claims(text: str, number: int) -> Iterator[Claim]:
    ending = [match.span() for match in CLAIM.finditer(text)]
    taken: list[Claim] = []
    for kind, pattern in _KINDS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if all(end <= other.start or other.end <= start for other in taken):
                ends = any(start < stop and begin < end for begin, stop in ending)
                if kind is ClaimKind.RATE and not ends:
                    continue  # 「充到 80%」
                value, unit = match["value"].strip(), (match["unit"] or "").strip()
                taken.append(Claim(kind, value, unit, match[0], number, start, end, ends))
    yield from sorted(taken, key=lambda claim: claim.start)
