"""Finding words of a list."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from intents.lookup import Lookup


def words(lookup: Lookup, text: str) -> list[str]:
    return [found.word for found in lookup.find(text)]


def test_the_longest_word_at_a_place_wins() -> None:
    assert words(Lookup(["价", "价格", "落地价"]), "落地价和价格,价") == ["落地价", "价格", "价"]


def test_words_in_ascii_stand_alone() -> None:
    lookup = Lookup(["e7", "520", "model 3"])

    assert words(lookup, "看e7吧,520的model 3") == ["e7", "520", "model 3"]
    assert words(lookup, "ce7x 1520 5201 2.520 model 30") == []


def test_a_word_longer_than_what_is_left_is_not_found() -> None:
    assert words(Lookup(["多少钱啊", "多少钱"]), "要多少钱") == ["多少钱"]
    assert words(Lookup(["多少钱啊"]), "多少钱") == []


def test_nothing_is_found_without_words_or_text() -> None:
    assert words(Lookup([]), "价格") == []
    assert words(Lookup(["", "价"]), "") == []
    assert not Lookup([]).is_in("价格")


@given(st.lists(st.text("价格落地钱", min_size=1, max_size=3)), st.text("价格落地钱", max_size=20))
def test_what_is_found_stands_there_from_left_to_right(some: list[str], text: str) -> None:
    found = list(Lookup(some).find(text))

    assert all(text[one.start : one.end] == one.word and one.word in some for one in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert Lookup(some).is_in(text) == any(word in text for word in some)
