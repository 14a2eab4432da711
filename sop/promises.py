"""Pure: what an advisor promised a customer in his own words, and for when («周五给您回价»)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sop.reminder_terms import ReadTimes, TimeSaid

# What he will do for the customer; words that only invite the customer to do something are no promise of ours.
_DOES = re.compile(
    r"(?:给|帮|为|跟|和|向|替)(?:您|你)(?:家|们)?(?!的|打过|发过|说过|讲过)"
    r"|(?:发|回|回复|回电|联系|通知|告诉|答复|报|送|寄|打)(?:给|到)?(?:您|你)"
    r"|(?:回价|回电|回复)(?!了|过)"
)
_DONE = re.compile(
    r"(?:已经?|刚刚?|昨天|前天|之前|上次)[^，。；]{0,6}(?:给|帮|为|发|回|联系|通知|告诉|报)|(?:发|回复|联系|通知|告诉)(?:过|了)(?:您|你)"
)
_NOT = re.compile(r"(?:不|没|无法|不能|没法|别)(?:再|会|用|要|能)?(?:给|帮|为|跟|发|回|联系|通知|告诉)")
_SENTENCE = re.compile(r"(?<=[。！？!?；;\n])")
_ASKS = re.compile(r"[?？]$|(?:吗|么|呢)[。.!！~～]*$")
_SOON = re.compile(r"(?:稍后|稍等|晚点|晚些|待会儿?|等会儿?|一会儿?|回头|马上)")
_SOON_IS = timedelta(hours=2)


@dataclass(frozen=True)
class Promise:
    """`words` is the sentence; `by` when it is to be kept, at midnight of its day when `whole_day`."""

    words: str
    by: datetime
    whole_day: bool


def promises(words: str, said_at: datetime, read_times: ReadTimes) -> list[Promise]:
    """Every promise in what he wrote; without a time that can be read it is none: nobody could be reminded of it."""
    found = []
    for plain in filter(None, map(str.strip, _SENTENCE.split(words))):
        if _DOES.search(plain) and not (_DONE.search(plain) or _NOT.search(plain) or _ASKS.search(plain)):
            times = [one for one in read_times(plain, said_at) if one.whole_day or one.at > said_at]
            if not times and _SOON.search(plain):
                times = [TimeSaid(said_at + _SOON_IS, whole_day=False)]
            found += [Promise(plain, times[0].at, times[0].whole_day)] if times else []
    return found
