"""Pure: a key for something new, readable like those of the pack («range-e7-2»), so that no operator has to think of one."""

import re
from collections.abc import Collection
from itertools import count
from typing import Final

_WORD: Final = re.compile(r"[a-z0-9]+")
_LONGEST: Final = 40
# Addresses below /scripts and /materials that are pages of their own.
RESERVED: Final = frozenset({"new", "import"})


def fresh_key(stem: str, words: str, taken: Collection[str]) -> str:
    """`stem`, then what Latin letters and figures stand in `words`, then a number when that is taken."""
    found = dict.fromkeys(_WORD.findall(f"{stem} {words}".lower()))
    key = "-".join(found)[:_LONGEST].strip("-") or "new"
    if key not in taken and key not in RESERVED:
        return key
    return next(name for number in count(2) if (name := f"{key}-{number}") not in taken)
