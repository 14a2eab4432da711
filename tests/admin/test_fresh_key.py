"""Keys that nobody has to think of."""

import pytest

from admin.fresh_key import fresh_key


@pytest.mark.parametrize(
    ("stem", "words", "taken", "key"),
    [
        ("price", "E7 指导价", set(), "price-e7"),
        ("price", "E7 指导价", {"price-e7"}, "price-e7-2"),
        ("price", "E7 指导价", {"price-e7", "price-e7-2"}, "price-e7-3"),
        ("price", "指导价", set(), "price"),
        ("image", "image of E7, E7", set(), "image-of-e7"),
        ("", "全中文", set(), "new-2"),
        ("import", "", set(), "import-2"),
    ],
)
def test_a_key_is_readable_and_free(stem: str, words: str, taken: set[str], key: str) -> None:
    assert fresh_key(stem, words, taken) == key


def test_a_key_does_not_grow_without_end() -> None:
    assert len(fresh_key("price", "a1 " + "very long words " * 20, set())) <= 40
