"""What operators taught about focus points holds at once, for the very words and for messages that say nearly the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from core.arrays import Vectors
from core.embedding import Embedder
from core.text import Normaliser
from customers.terms import FocusMention, FocusPoint, Polarity, Span
from intents import store
from intents.clauses import Clause, ClauseReader
from intents.teaching import Example
from intents.terms import Intent

# So near are two wordings of one sentence («冬天续航掉得多吗», «冬天续航掉得多不»); sentences about the same thing lie below.
NEAR = 0.95
# An operator said so.
_SURE = 0.99


@dataclass(frozen=True)
class Lesson:
    """These words of this sentence show the point; without a polarity they do not. Everything normalised; `clause` in letters only."""

    clause: str
    words: str
    point: FocusPoint
    polarity: Polarity | None
    vector: Vectors  # (dim,), of the whole sentence


class TaughtFocus:
    """What was taught, as last looked up; exchanged whole, so that any thread may read it meanwhile."""

    def __init__(self, normaliser: Normaliser, reader: ClauseReader, embedder: Embedder) -> None:
        self._normaliser, self._reader, self._embedder = normaliser, reader, embedder
        self._lessons: tuple[Lesson, ...] = ()
        self._vectors: dict[str, Vectors] = {}

    def refresh(self, session: Session) -> None:
        """Look again; only sentences that are new are encoded."""
        rows = store.taught_focus(session)
        texts = [self._plain(row.text) for row in rows]
        fresh = sorted({text for text in texts if text not in self._vectors})
        if fresh:
            self._vectors |= dict(zip(fresh, self._embedder.encode(fresh), strict=True))
        self._vectors = {text: self._vectors[text] for text in texts}
        self._lessons = tuple(
            self._lesson(text, self._plain(row.words), FocusPoint(row.point), row.polarity) for text, row in zip(texts, rows, strict=True)
        )

    def applied(self, mentions: Sequence[FocusMention], clauses: Sequence[Clause], vector: Vectors) -> list[FocusMention]:
        """The mentions of a message without those that were taught to be wrong, with those taught to be there; spans in normalised text."""
        lessons = self._lessons
        if not lessons:
            return list(mentions)
        kept = [one for one in mentions if not any(_denies(lesson, one, clauses, vector) for lesson in lessons)]
        for lesson in lessons:
            found = _shown(lesson, clauses)
            if found:
                kept = [one for one in kept if one.point is not found.point] + [found]
        return sorted(kept, key=lambda one: -one.score)

    def _plain(self, text: str) -> str:
        return self._normaliser.normalise(text).text

    def _lesson(self, text: str, words: str, point: FocusPoint, polarity: str) -> Lesson:
        clause = next((one.text for one in self._reader.read(text) if words in one.text), text)
        return Lesson(letters(clause), words, point, Polarity(polarity) if polarity else None, self._vectors[text])


def letters(text: str) -> str:
    """The text without what is neither letter nor digit."""
    return "".join(filter(str.isalnum, text))


def examples_of(session: Session) -> tuple[Example, ...]:
    """What operators taught about intents."""
    return tuple(Example(row.text, (Intent(row.intent),)) for row in store.taught_utterances(session))


def _denies(lesson: Lesson, mention: FocusMention, clauses: Sequence[Clause], vector: Vectors) -> bool:
    """The same point in the same clause; or the same words of it in a message that says nearly the same."""
    if lesson.polarity is not None or lesson.point is not mention.point:
        return False
    own = next((one for one in clauses if one.start <= mention.span.start < one.start + len(one.text)), None)
    if own and letters(own.text) == lesson.clause:
        return True
    return mention.span.words == lesson.words and float(np.dot(lesson.vector, vector)) >= NEAR


def _shown(lesson: Lesson, clauses: Sequence[Clause]) -> FocusMention | None:
    """A point that is there only by likeness may be meant the other way round («很长», «很短»), so the clause must be the very same."""
    own = next((one for one in clauses if lesson.words in one.text and letters(one.text) == lesson.clause), None)
    if lesson.polarity is None or own is None:
        return None
    start = own.start + own.text.index(lesson.words)
    return FocusMention(lesson.point, lesson.polarity, Span(lesson.words, start, start + len(lesson.words)), _SURE)
