"""Pure: a message → its clauses, and which of them ask."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intents.lookup import Lookup

# A full stop inside a number (25.8) and a space beside a letter or digit (model 3, 30 万) separate nothing.
_SEPARATOR = re.compile(r"(?<=\?)|[,。!;\n~、…]+|(?<!\d)\.+|\.+(?!\d)|(?<![a-z0-9]) +(?![a-z0-9])")
# 好不好, 有没有 (but not 不错不错); and a negation left hanging: 能便宜点不.
_ASKS_BY_FORM = re.compile(r"\?|(?<![不没])([一-龥])[不没]\1|(?:不|没|没有)$")


@dataclass(frozen=True)
class Clause:
    """`message[start:start + len(text)] == text`, in the normalised message."""

    text: str
    start: int
    asks: bool


class ClauseReader:
    """Cuts a normalised message into clauses; the pack's question words say which of them ask."""

    def __init__(self, question_words: Iterable[str]) -> None:
        self._question_words = Lookup(question_words)

    def read(self, text: str) -> tuple[Clause, ...]:
        """The clauses in order; none in a text of separators only."""
        cuts = [match.span() for match in _SEPARATOR.finditer(text)]
        starts = [0, *(end for _, end in cuts)]
        ends = [*(start for start, _ in cuts), len(text)]
        return tuple(self._clause(text[start:end], start) for start, end in zip(starts, ends, strict=True) if text[start:end].strip())

    def _clause(self, piece: str, start: int) -> Clause:
        words = piece.strip()
        return Clause(words, start + piece.index(words), self._question_words.is_in(words) or _ASKS_BY_FORM.search(words) is not None)


def told_and_asked(clauses: Sequence[Clause]) -> tuple[str, str]:
    """What the message tells and what it asks: what is wanted stands in the asking clauses, the rest is about the case."""
    told = ",".join(clause.text for clause in clauses if not clause.asks)
    asked = ",".join(clause.text for clause in clauses if clause.asks)
    return told, asked
