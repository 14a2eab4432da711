"""How people write a birthday, what is kept of it, and on which days it is."""

from datetime import date

import pytest

from customers.birthday import NoSuchDay, birthday_name, birthdays_on, read_birthday


@pytest.mark.parametrize(
    "text", ["5-20", "05-20", "5月20日", "5月20号", "5.20", "5/20", " 1990-05-20 ", "1990年5月20日", "1990.5.20", "5 月 20 日"]
)
def test_a_birthday_is_read_as_people_write_it(text: str) -> None:
    assert read_birthday(text) == "05-20"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2-30", "日历上没有 2 月 30 日"),
        ("13-1", "日历上没有 13 月 1 日"),
        ("4月31日", "日历上没有 4 月 31 日"),
        ("0-0", "日历上没有 0 月 0 日"),
        ("1990-02-29", "日历上没有 1990 年 2 月 29 日"),
        ("明天", "看不懂“明天”"),
        ("农历5-20", "请写公历"),
        ("520", "看不懂"),
        ("", "看不懂"),
        ("1990-05", "看不懂"),
    ],
)
def test_what_is_no_day_is_refused_in_words(text: str, told: str) -> None:
    with pytest.raises(NoSuchDay, match=told):
        read_birthday(text)


def test_the_29th_of_february_is_a_birthday() -> None:
    assert read_birthday("2-29") == read_birthday("1996-2-29") == "02-29"
    assert birthday_name("02-29") == "2月29日"
    assert birthday_name("") == ""


@pytest.mark.parametrize(
    ("day", "birthdays"),
    [
        (date(2026, 5, 20), {"05-20"}),
        (date(2027, 2, 28), {"02-28", "02-29"}),
        (date(2028, 2, 28), {"02-28"}),
        (date(2028, 2, 29), {"02-29"}),
        (date(2027, 3, 1), {"03-01"}),
        (date(2100, 2, 28), {"02-28", "02-29"}),
    ],
)
def test_whose_birthday_is_on_a_day(day: date, birthdays: set[str]) -> None:
    assert set(birthdays_on(day)) == birthdays
