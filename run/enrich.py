"""What understanding knows about the library's own questions, so that the confidence is learnt from what it will see."""

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
    the `utterances` only is taught for this.
    """

    def enrich(questions: Sequence[Question]) -> Sequence[Question]:
        head = CurrentHead(understander.head.shelf, "", teaching.reads, teaching.head(utterances))
        encoder = understander.embedder
        known = _Remembered(encoder.model_id, encoder.dim, {question.text: question.vector for question in questions})
        # The moment matters only for «tomorrow» and its like, which no script depends on.
        now = utc_now()
        understood = replace(understander, embedder=known, head=head).understand_many([question.text for question in questions], now=now)
        return [replace(question_of(one, {}, now=now), today=asked.today) for one, asked in zip(understood, questions, strict=True)]

    return enrich
