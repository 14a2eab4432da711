"""Texts → questions: one way of reading for what is searched and for what is asked."""

from collections.abc import Callable, Sequence
from datetime import date

from core.embedding import KeptVectors, Progress
from core.text import Normaliser, Tokeniser
from kb.terms import Question

# Adds what understanding knows about questions: their intents, and the models, cities and stores they name.
Enrich = Callable[[Sequence[Question]], Sequence[Question]]


class Reader:
    """The normaliser, tokeniser and encoder that messages go through too, so that both sides of a search are read alike.

    `enrich_id` changes whenever `enrich` could say something else: a calibration is kept for as long as it stays.
    """

    def __init__(
        self, normaliser: Normaliser, tokeniser: Tokeniser, vectors: KeptVectors, *, enrich: Enrich | None = None, enrich_id: str = ""
    ) -> None:
        self._normaliser, self._tokeniser, self._vectors, self._enrich = normaliser, tokeniser, vectors, enrich
        self.enrich_id = enrich_id
        self.model_id, self.dim = vectors.embedder.model_id, vectors.embedder.dim

    def read(self, texts: Sequence[str], today: date, *, progress: Progress | None = None) -> list[Question]:
        """The texts as questions asked on this day, without what understanding knows."""
        plain = [self._normaliser.normalise(text).text for text in texts]
        vectors = self._vectors.encode(plain, "query", progress=progress)
        return [
            Question(text=text, tokens=tuple(self._tokeniser.tokens(text)), vector=vector, today=today)
            for text, vector in zip(plain, vectors, strict=True)
        ]

    def enriched(self, questions: Sequence[Question]) -> list[Question]:
        """The questions with what understanding knows about them."""
        return list(self._enrich(questions) if self._enrich and questions else questions)
