"""Pure: texts → weighted character n-grams (TF-IDF, sublinear, length 1), fast enough for one message at a time."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.arrays import Vectors

LONGEST = 3
_NUMBER = re.compile(r"\d+(?:\.\d+)?")

Columns = NDArray[np.int64]


class Grams:
    """A vocabulary of n-grams: `names` in the order of their columns, `rarity` their inverse document frequency, shape (len(names),)."""

    def __init__(self, names: Sequence[str], rarity: Vectors) -> None:
        self.names = list(names)
        self.rarity = rarity
        self._column = {name: column for column, name in enumerate(self.names)}
        self._longest = max(map(len, self.names), default=LONGEST)

    @classmethod
    def of(cls, texts: Sequence[str], longest: int = LONGEST) -> "Grams":
        """The vocabulary of these texts: every run of up to `longest` characters."""
        seen: Counter[str] = Counter()
        for text in texts:
            seen.update(set(grams_of(text, longest)))
        names = sorted(seen)
        counts = np.array([seen[name] for name in names], np.float32)
        return cls(names, (np.log((1 + len(texts)) / (1 + counts)) + 1).astype(np.float32))

    def row(self, text: str) -> tuple[Columns, Vectors]:
        """(columns, values) of one text; the values' length is 1 unless none of its n-grams is known."""
        known = self._column
        counts = Counter([known[gram] for gram in grams_of(text, self._longest) if gram in known])
        columns = np.fromiter(counts, np.int64, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.rarity[columns]
        return columns, values / np.float32(np.sqrt(values @ values) or 1)


def grams_of(text: str, longest: int = LONGEST) -> list[str]:
    """Every run of one to `longest` characters. Numbers count as 0: which number it is says nothing about what is wanted."""
    plain = _NUMBER.sub("0", text)
    return [plain[start : start + size] for size in range(1, longest + 1) for start in range(len(plain) - size + 1)]
