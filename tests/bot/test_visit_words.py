"""When and where a visit is, as people say it."""

from datetime import datetime

import pytest

from bot.visit_words import time_words, visit_words
from customers.terms import SlotName

NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
STORES = {"sh-pudong": "上海浦东体验中心"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2026-11-28T13:00/18:00", "11月28日（周六）下午"),
        ("2026-11-28T15:30", "11月28日（周六）15:30"),
        ("2026-11-29", "11月29日（周日）"),
        ("2026-11-28/2026-11-29", "11月28日（周六）到11月29日（周日）"),
        ("2026-11-28T10:00/11:00", "11月28日（周六）10:00-11:00"),
        ("改天", "改天"),
    ],
)
def test_a_time_is_said_in_chinese(value: str, words: str) -> None:
    assert time_words(value) == words


@pytest.mark.parametrize(
    ("when", "where", "words"),
    [
        ("2026-11-28", "sh-pudong", "11月28日（周六）、上海浦东体验中心"),
        ("", "sh-pudong", "上海浦东体验中心"),
        ("2026-11-28", "closed-long-ago", "11月28日（周六）"),
        ("2026-11-23T08:00/11:00", "", "11月23日（周一）早上"),
        ("2026-11-22", "sh-pudong", "上海浦东体验中心"),  # over: he meant another visit
        ("改天", "", ""),
    ],
)
def test_what_is_known_and_still_ahead_is_said(when: str, where: str, words: str) -> None:
    slots = {name: value for name, value in ((SlotName.VISIT_TIME, when), (SlotName.STORE, where)) if value}
    assert visit_words(slots, STORES, now=NOW) == words
