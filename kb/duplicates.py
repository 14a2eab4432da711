"""Near-duplicates: other published scripts that answer nearly the same question."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from kb.library import Library
from kb.ranking import Ranker, terms_of
from kb.read import Reader
from kb.terms import Question, Scope, ScriptContent

# Half the cosine (as kb/ranking.py compares), half the share of common words and letters. On the 317 scripts of the shipped pack: from
# here on 4.4 % of them have a near-duplicate, nearly all worth a look, while questions with a filler or a particle put in front or behind
# are all found, nine of ten with a changed word of address, and six of ten short questions with a letter dropped. At 0.80 8.5 % have one.
CLOSE: Final = 0.85

# The words do not depend on the day.
_ANY_DAY: Final = date(2000, 1, 1)


@dataclass(frozen=True)
class Duplicate:
    """A published script, and the pair of questions, ours and theirs, that are nearest; closeness is at most 1."""

    key: str
    title: str
    ours: str
    theirs: str
    closeness: float
    scope: Scope | None = None  # of the other script, where it is for other ground than ours


def near_duplicates(library: Library, reader: Reader, content: ScriptContent, *, close: float = CLOSE) -> list[Duplicate]:
    """Other scripts of the library with a question nearly the same as one of this content's, the nearest first.

    Of scripts for other ground only questions that are the same word for word, with that ground: one for a certain car beside one for
    all cars is how special answers are made, and yet who writes the one should know of the other.
    """
    if library.ranker is None:
        return []
    best: dict[str, Duplicate] = {}
    for found in _pairs(library, library.ranker, reader, content, close):
        if found.key not in best or best[found.key].closeness < found.closeness:
            best[found.key] = found
    return sorted(best.values(), key=lambda found: (-found.closeness, found.key))


def _pairs(library: Library, ranker: Ranker, reader: Reader, content: ScriptContent, close: float) -> Iterator[Duplicate]:
    asked = reader.read(content.questions, _ANY_DAY)
    cosines = ranker.projection.apply(np.stack([question.vector for question in asked])) @ ranker.positives.vectors.T
    # With all words in common the cosine must be this high; so few rows are that their words are read anew.
    pairs = np.argwhere(cosines >= 2 * close - 1)
    rows = sorted({int(row) for _, row in pairs})
    numbers = np.searchsorted(ranker.positives.starts, rows, side="right") - 1
    owners = dict(zip(rows, numbers.tolist(), strict=True))
    others = {row for row, owner in owners.items() if library.published[owner].content.key != content.key}
    texts = {row: library.published[owners[row]].content.questions[row - int(ranker.positives.starts[owners[row]])] for row in others}
    read = dict(zip(texts, reader.read(list(texts.values()), _ANY_DAY), strict=True))
    for ours, row in pairs.tolist():
        if row in others:
            closeness = 0.5 * float(cosines[ours, row]) + 0.5 * _common(asked[ours], read[row])
            other = library.published[owners[row]].content
            elsewhere = None if _is_same_ground(other.scope, content.scope) else other.scope
            if closeness >= close and (elsewhere is None or _bare(content.questions[ours]) == _bare(texts[row])):
                yield Duplicate(other.key, other.title, content.questions[ours], texts[row], closeness, elsewhere)


def _bare(text: str) -> str:
    """Without what a typist adds or leaves out: white space and the mark at the end."""
    return "".join(text.split()).rstrip("?？。!！").lower()


def _is_same_ground(one: Scope, other: Scope) -> bool:
    """In each dimension both are for everything, or for something in common."""
    pairs = ((one.models, other.models), (one.trims, other.trims), (one.cities, other.cities), (one.stores, other.stores))
    return all(bool(ours) == bool(theirs) and (not ours or bool(ours & theirs)) for ours, theirs in pairs)


def _common(one: Question, other: Question) -> float:
    """The share of words and letters that both have, 0 to 1 (Dice)."""
    ours, theirs = set(terms_of(one)), set(terms_of(other))
    return 2 * len(ours & theirs) / max(len(ours) + len(theirs), 1)
