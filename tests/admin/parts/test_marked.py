"""Words with marks, and nothing that a browser would run."""

from hypothesis import given
from hypothesis import strategies as st

from admin.parts.marked import Mark, marked, marks_of

PARTS = st.lists(st.tuples(st.integers(-2, 12), st.integers(-2, 12)).map(lambda ends: Mark(ends[0], ends[1], "t")), max_size=5)


def test_the_words_that_show_something_are_marked() -> None:
    assert marked("续航怎么样", [Mark(0, 2, "关注点：续航")]) == '<mark class="focus" title="关注点：续航">续航</mark>怎么样'


def test_of_two_marks_on_the_same_words_the_longer_wins() -> None:
    assert marked("冬天续航", [Mark(2, 4, "b"), Mark(0, 4, "a"), Mark(3, 9, "c")]) == '<mark class="focus" title="a">冬天续航</mark>'


def test_a_piece_is_marked_where_it_stands_first() -> None:
    assert marks_of("贵，太贵", [("贵", "价格", "focus"), ("不在", "x", "focus"), ("", "y", "focus")]) == [Mark(0, 1, "价格", "focus")]


@given(st.text(max_size=10), PARTS)
def test_nothing_of_the_words_is_lost_and_nothing_can_run(words: str, marks: list[Mark]) -> None:
    html = marked(words, marks)
    plain = html.replace('<mark class="focus" title="t">', "").replace("</mark>", "")
    assert "<" not in plain
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        plain = plain.replace(entity, letter)
    assert plain == words
