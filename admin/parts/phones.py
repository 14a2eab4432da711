"""Pure: phone numbers are hidden until somebody who may see them asks for one."""

import re

_PHONE = re.compile(r"(?<!\d)((?:\+?86[ -]?)?[1１][3-9３-９]\d[ -]?)(\d(?:[ -]?\d){3})(?=[ -]?\d(?:[ -]?\d){3}(?!\d))")
_DIGIT = re.compile(r"\d")
# Whatever has one of these may have something to hide: for databases, which know neither look-behind nor every kind of digit.
LIKE_A_PHONE = "[1１][3-9３-９][0-9０-９]([ -]?[0-9０-９]){8}"


def masked(text: str) -> str:
    """«13812345678» → «138****5678», wherever one stands in the text; the text keeps its length, so that places in it stay right."""
    return _PHONE.sub(lambda found: found[1] + _DIGIT.sub("*", found[2]), text)


def may_find_hidden(words: str) -> bool:
    """Whether looking for these words could find digits that are hidden where they are shown."""
    return _DIGIT.search(words) is not None
