"""Pure: amounts of money as people write them («二十五万八», 25w, 十来万, 20到25万, 三十个, 两千五) → yuan, with the words that say so."""

import re
from dataclasses import dataclass

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_UNITS = {"万": 10_000, "w": 10_000, "个": 10_000, "千": 1000, "k": 1000, "元": 1, "块": 1}

_CHINESE = "[零〇一二两三四五六七八九十百千]"
_NUMBER = rf"\d{{1,9}}(?:\.\d{{1,4}})?|{_CHINESE}{{1,9}}(?:点[零〇一二三四五六七八九]{{1,4}})?"
# 个 is ten thousand only after a round number («三十个», 20个); «3个颜色» is not money, so a word must not follow.
_UNIT = r"万|w(?![a-z])|k(?![a-z])|千|元|块|个(?=$|[^\w]|左右|以内|以下|以上|预算|吧|落地|首付)"
# 25万8, 二十五万八: the rest of an amount. What comes next must not make it something else: 25万3年, 二十万一辆.
_ENDS = r"(?=$|[^\w.%]|元|块|左右|上下|以内|以下|以上|之内|的|吧|吗|呢|能|可|行|就|预算|落地|首付|全款)"
_AMOUNT = re.compile(
    rf"(?<![\da-z.])(?:(?P<from>{_NUMBER})(?P<from_unit>万|w)?(?:到|至|-|~|—){{1,2}})?"
    rf"(?P<to>{_NUMBER})(?P<vague>[几来多])? ?(?P<unit>{_UNIT})(?P<more>[多来])?"
    rf"(?:(?P<tail>\d{{1,4}}|{_CHINESE}{{1,7}})(?P<tail_unit>千|百|k)?{_ENDS})?"
)
# A price written out: five to seven digits that are not part of a longer number.
_WRITTEN_OUT = re.compile(r"(?<![\da-z.])(\d{5,7})(?![\d.a-z万%])")
# 七八万, 二三十万, 十七八万: two neighbouring digits are a range, not a number.
_NEIGHBOURS = re.compile(r"^(?P<tens>[二三四五六七八九]?十)?(?P<low>[一二两三四五六七八])(?P<high>[二三四五六七八九])(?P<step>[十百千]?)$")
# What a month costs is often said without a unit: 2500, 两千五, 3k, 两三千, 2000-3000.
_SMALL = rf"\d{{1,6}}(?:\.\d)?|(?:(?!一个){_CHINESE}){{1,6}}"
_SMALL_AMOUNT = re.compile(
    rf"(?<![\da-z.])(?:(?P<from>{_SMALL})[千k]?(?:到|至|-|~))?(?P<to>{_SMALL})(?P<unit>k(?![a-z])|万|w(?![a-z]))?(?P<vague>多)?(?:元|块)?"
)
_SHARE = re.compile(rf"(\d{{1,3}})%|({_CHINESE}|\d)成(?![交功本])|百分之({_CHINESE}+|\d+)")


@dataclass(frozen=True)
class Amount:
    """Between `low` and `high` yuan (equal when one number was said); `text[start:end]` says so."""

    low: int
    high: int
    start: int
    end: int


@dataclass(frozen=True)
class Share:
    """So many per cent of a price: «三成», «30%»; `text[start:end]` says so."""

    per_cent: int
    start: int
    end: int


def whole_number(text: str) -> int | None:
    """«二十五» → 25, «25» → 25, «一百零五» → 105; None when it is not a number."""
    if text.isdecimal():
        return int(text)
    if not text or any(c not in _DIGITS and c not in _STEPS for c in text):
        return None
    if all(c in _DIGITS for c in text):  # 二零二六, read digit by digit
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit = 0, None
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        else:
            total += (1 if digit is None else digit) * _STEPS[c]
            digit = None
    return total + (digit or 0)


def amounts(text: str) -> list[Amount]:
    """Every amount of money in a normalised text, in order."""
    spoken = [found for match in _AMOUNT.finditer(text) if (found := _spoken(match))]
    written = [Amount(int(m.group()), int(m.group()), m.start(), m.end()) for m in _WRITTEN_OUT.finditer(text)]
    apart = [one for one in written if not any(one.start < other.end and other.start < one.end for other in spoken)]
    return sorted([*spoken, *apart], key=lambda amount: amount.start)


def small_amounts(text: str) -> list[Amount]:
    """Every number in a normalised text read as yuan, for words that stand beside «a month»: «两千五» is 2,500, «3k» 3,000."""
    found = [(match, *_small(match)) for match in _SMALL_AMOUNT.finditer(text)]
    return [Amount(low, high, match.start(), match.end()) for match, low, high in found if low is not None and high is not None]


def _small(match: re.Match[str]) -> tuple[int | None, int | None]:
    unit = _UNITS.get(match["unit"] or "", 1)
    low, high = _small_number(match["to"])
    if low is None or high is None:
        return None, None
    if match["vague"]:
        high = low + 10 ** (len(str(int(low))) - 1)
    if match["from"]:
        low = _small_number(match["from"])[0] or low
        # «两到三千», 2-3千: the first number has the second one's step.
        low *= 1000 if low < 10 and high >= 1000 else 1
    return round(low * unit), round(high * unit)


def _small_number(text: str) -> tuple[float | None, float | None]:
    """«两千五» is 2,500 and not 2,005; everything else as in any number."""
    if match := re.fullmatch(rf"({_CHINESE}+)([千百])([一二三四五六七八九])", text):
        whole = whole_number(match[1] + match[2])
        value = None if whole is None else float(whole + _DIGITS[match[3]] * _STEPS[match[2]] // 10)
        return value, value
    return _span_of(text)


def _spoken(match: re.Match[str]) -> Amount | None:
    unit = _UNITS[match["unit"]]
    low, high = _span_of(match["to"])
    if high is None or low is None:
        return None
    if match["vague"] or match["more"]:
        high = low + _vagueness(match["to"], low, "来" in (match["vague"], match["more"]))
    tail = _tail(match, unit)
    amount_low, amount_high = round(low * unit) + tail, round(high * unit) + tail
    if match["from"]:
        first = _span_of(match["from"])[0]
        if first is None:
            return None
        amount_low = round(first * unit)
    return Amount(amount_low, amount_high, match.start(), match.end()) if amount_low <= amount_high else None


def _span_of(text: str) -> tuple[float | None, float | None]:
    """The least and the most that a number says: «七八» is 7 to 8."""
    neighbours = _NEIGHBOURS.match(text)
    if neighbours and _DIGITS[neighbours["high"]] == _DIGITS[neighbours["low"]] + 1:
        base = whole_number(neighbours["tens"]) or 0 if neighbours["tens"] else 0
        step = _STEPS.get(neighbours["step"], 1)
        return base + _DIGITS[neighbours["low"]] * step, base + _DIGITS[neighbours["high"]] * step
    value = _number(text)
    return value, value


def _number(text: str) -> float | None:
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    whole, _, part = text.partition("点")
    value = whole_number(whole)
    if value is None or not part:
        return value
    return value + float("0." + "".join(str(_DIGITS[c]) for c in part))


def _vagueness(text: str, value: float, about: bool) -> float:
    """How much «十几», «二十多» may add: one of the last place that was said; «来» half of it."""
    place = 10.0 if value % 10 == 0 and value >= 10 else 1.0
    return place / 2 if about else place


def _tail(match: re.Match[str], unit: int) -> int:
    """25万8 and 二十五万八 mean 258,000; 25万8千 too; 25万8500 says it out."""
    if not match["tail"] or unit != 10_000:
        return 0
    value = whole_number(match["tail"]) or 0
    if match["tail_unit"]:
        return value * _UNITS.get(match["tail_unit"], 100)
    return value * 1000 if value < 10 else value


def shares(text: str) -> list[Share]:
    """Every share of a price in a normalised text, in order."""
    said = [(match, next(filter(None, match.groups())), match.group().endswith("成")) for match in _SHARE.finditer(text)]
    numbers = [(match, whole_number(number), tenths) for match, number, tenths in said]
    return [Share(n * 10 if tenths else n, match.start(), match.end()) for match, n, tenths in numbers if n is not None]
