"""What understanding knows about the library's own questions, so that the confidence is learnt from what it will see."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.ask import question_of
from core.arrays import Vectors
from core.clock import utc_now
from core.embedding import Form
from intents.build import Teaching
from intents.shelf import CurrentHead
from intents.teaching import Example
from intents.understand import Understander
from kb.terms import Question

# So many times what one library asks is remembered.
_KEPT_AT_MOST = 8


@dataclass(frozen=True)
class _Remembered:
    """An encoder for texts whose vectors are known already: the library's questions are encoded once."""

    model_id: str
    dim: int
    vectors: dict[str, Vectors]

    def encode(self, texts: Sequence[str], form: Form = "query") -> Vectors:
        """See core.embedding.Embedder; knows the query form only."""
        return np.stack([self.vectors[text] for text in texts])


def enricher(
    understander: Understander, teaching: Teaching, utterances: Sequence[Example]
) -> Callable[[Sequence[Question]], Sequence[Question]]:
    """Adds intents, models, cities and stores to questions as a live message would have them.

    The head in use has learnt these very questions and would be surer of them than of any live message, so a head that knows
    the `utterances` only is taught for this, once. What is known of a question stays the same for as long as the process lives: a
    publication asks about those that it brings, and not again about the thousands that were there.
    """
    return _Enricher(understander, teaching, utterances)


class _Enricher:
    """Any number of threads may ask."""

    def __init__(self, understander: Understander, teaching: Teaching, utterances: Sequence[Example]) -> None:
        self._understander, self._teaching, self._utterances = understander, teaching, utterances
        self._turn = threading.Lock()
        self._head: CurrentHead | None = None
        self._known: dict[str, Question] = {}

    def __call__(self, questions: Sequence[Question]) -> Sequence[Question]:
        with self._turn:
            fresh = {question.text: question for question in questions if question.text not in self._known}
            if fresh:
                self._known |= self._understood(list(fresh.values()))
            asked = {question.text for question in questions}
            # Each library asks for a sample of its questions, another one each time; but years of edits must not add up.
            if len(self._known) > _KEPT_AT_MOST * len(asked):
                self._known = {text: known for text, known in self._known.items() if text in asked}
            return [replace(self._known[one.text], vector=one.vector, today=one.today) for one in questions]

    def _understood(self, questions: Sequence[Question]) -> dict[str, Question]:
        if self._head is None:
            self._head = CurrentHead(self._understander.head.shelf, "", self._teaching.reads, self._teaching.head(self._utterances))
        encoder = self._understander.embedder
        known = _Remembered(encoder.model_id, encoder.dim, {question.text: question.vector for question in questions})
        # The moment matters only for «tomorrow» and its like, which no script depends on.
        now = utc_now()
        understander = replace(self._understander, embedder=known, head=self._head)
        understood = understander.understand_many([question.text for question in questions], now=now)
        nothing = np.zeros(0, np.float32)  # the vector is the asker's: kept here a second time it would only cost memory
        return {
            asked.text: replace(question_of(one, {}, now=now), vector=nothing) for one, asked in zip(understood, questions, strict=True)
        }
