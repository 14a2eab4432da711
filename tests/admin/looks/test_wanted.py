"""What an address says of a list."""

from admin.looks.wanted import Wanted, wanted_of

FILTERS, SORTABLE = ("level", "words"), ("heard", "score")


def test_an_address_without_a_query_wants_the_first_page() -> None:
    assert wanted_of({}, filters=FILTERS, sortable=SORTABLE) == Wanted()


def test_what_is_wanted_comes_back_from_its_own_address() -> None:
    wanted = Wanted({"level": "H", "words": "续航"}, "score", True, 3, 50)
    assert wanted_of(wanted.as_query(), filters=FILTERS, sortable=SORTABLE) == wanted
    assert wanted.offset == 100


def test_nonsense_in_an_address_is_passed_over() -> None:
    nonsense = {"level": "  ", "sort": "-password_hash", "page": "-3", "size": "100000", "evil": "1"}
    assert wanted_of(nonsense, filters=FILTERS, sortable=SORTABLE) == Wanted()
    assert wanted_of({"page": "9" * 30}, filters=FILTERS, sortable=SORTABLE).page == 1


def test_another_filter_begins_at_the_first_page() -> None:
    assert Wanted({"level": "H"}, page=4).filtered("words", "续航") == Wanted({"level": "H", "words": "续航"})
    assert Wanted({"level": "H"}, page=4).filtered("level", "") == Wanted()
