"""Pure: words of praise and blame around a focus point, with the negators that turn them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.arrays import Vectors
from customers.terms import FocusPoint
from intents.clauses import Clause
from intents.lookup import Found, Lookup
from intents.teaching import Judgement, Lexicon

MARKS = 9
GENERAL_MARKS = 23
# A negator turns the word after it, also over «不是很», «没有那么».
_REACH = 3
_LONGEST_NEGATOR = 6


@dataclass(frozen=True)
class Tone:
    """How many words praise and blame, and which came last: 1 praise, -1 blame, 0 neither."""

    praise: int = 0
    blame: int = 0
    last: int = 0

    @property
    def lean(self) -> int:
        """1 towards praise, -1 towards blame; the last word decides a draw."""
        return (self.praise > self.blame) - (self.praise < self.blame) or self.last


class Judge:
    """Reads judgements with the pack's words; those of the point go before the general ones."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._general = lexicon.judgement
        self._of_point = lexicon.of_point
        self._words: dict[FocusPoint | None, Lookup] = {point: self._lookup(point) for point in (*FocusPoint, None)}
        self._negators = Lookup(lexicon.negators)

    def tone(self, text: str, point: FocusPoint | None = None) -> Tone:
        """What the words say about the point; without one, by the general words alone."""
        leans = [self._lean(text, found, point) for found in self._words[point].find(text)]
        return Tone(leans.count(1), leans.count(-1), leans[-1] if leans else 0)

    def marks(self, clause: Clause, point: FocusPoint, *, whole: Tone, asks: bool) -> Vectors:
        """Numbers for the polarity head, float32, shape (MARKS,): the clause's tone and question, then those of its whole message."""
        near = self.tone(clause.text, point)
        # A pure question judges nothing, whatever its words are: «贵不贵».
        lean = 0 if clause.asks else near.lean
        signs = [near.praise - near.blame, near.last, clause.asks, asks, lean > 0, lean < 0, lean == 0]
        return np.array([*signs, (whole.praise - whole.blame) / 2, whole.last / 2], np.float32) * np.float32(0.5)

    def general_marks(self, best: Sequence[Clause], near: str, whole: str) -> Vectors:
        """Numbers for a head over anybody's subjects, float32, shape (GENERAL_MARKS,): the tones of the clause that speaks of the subject
        (`best` holds one, or none), of its surroundings and of the whole message, and whether the clause asks and is alone."""
        texts = ("".join(clause.text for clause in best), near, whole)
        asks = any(clause.asks for clause in best)
        signs = [sign for text in texts for sign in _signs(self.tone(text))]
        return np.array([*signs, asks, near == whole], np.float32) / np.float32(np.sqrt(7))

    def _lookup(self, point: FocusPoint | None) -> Lookup:
        own = self._of(point)
        return Lookup(own.positive | own.negative | self._general.positive | self._general.negative)

    def _of(self, point: FocusPoint | None) -> Judgement:
        return self._of_point.get(point, Judgement()) if point else Judgement()

    def _lean(self, text: str, found: Found, point: FocusPoint | None) -> int:
        own = self._of(point)
        judges = own if found.word in own.positive | own.negative else self._general
        lean = 1 if found.word in judges.positive else -1
        return -lean if self._is_turned(text, found) else lean

    def _is_turned(self, text: str, found: Found) -> bool:
        before = text[max(0, found.start - _REACH - _LONGEST_NEGATOR) : found.start].rpartition(",")[2]
        return any(len(before) - negator.end <= _REACH for negator in self._negators.find(before))


def _signs(tone: Tone) -> list[float]:
    leans = [tone.last == 1, tone.last == -1, tone.lean == 1, tone.lean == -1, tone.lean == 0]
    return [min(tone.praise, 2) / 2, min(tone.blame, 2) / 2, *map(float, leans)]
