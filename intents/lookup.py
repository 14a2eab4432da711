"""Pure: finds words of a list in a text, the longest at each place; many times faster than a pattern of a thousand alternatives."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """`text[start:end] == word`."""

    word: str
    start: int
    end: int


class Lookup:
    """A list of words, ready to be looked for."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = {word for word in words if word}
        lengths: dict[str, set[int]] = {}
        for word in self._words:
            lengths.setdefault(word[0], set()).add(len(word))
        self._lengths = {first: sorted(some, reverse=True) for first, some in lengths.items()}

    def find(self, text: str) -> Iterator[Found]:
        """The words in the text from left to right, without overlaps."""
        at = 0
        while at < len(text):
            found = self._at(text, at) if text[at] in self._lengths else None
            if found:
                yield found
            at = found.end if found else at + 1

    def is_in(self, text: str) -> bool:
        """Whether there is any."""
        return next(self.find(text), None) is not None

    def _at(self, text: str, start: int) -> Found | None:
        for length in self._lengths[text[start]]:
            end = start + length
            if end <= len(text) and text[start:end] in self._words and _stands_alone(text, start, end):
                return Found(text[start:end], start, end)
        return None


def _stands_alone(text: str, start: int, end: int) -> bool:
    """A word that begins or ends in ASCII is not part of a longer one: e7 is not in ce7x, 520 not in 1520.
    Regular expressions' word boundary would not do: it does not exist beside Chinese."""
    before = start > 0 and _is_ascii(text[start]) and (_is_ascii(text[start - 1]) or text[start - 1] == ".")
    after = end < len(text) and _is_ascii(text[end - 1]) and _is_ascii(text[end])
    return not before and not after


def _is_ascii(character: str) -> bool:
    return character.isascii() and character.isalnum()
