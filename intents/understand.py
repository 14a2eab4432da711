"""The package's front door: a message as it was written → everything that it was understood to say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import numpy as np

from core.arrays import Vectors
from core.embedding import Embedder
from core.text import Normalised, Normaliser, Tokeniser
from customers.terms import FocusMention, FocusPoint, LevelStatement, Polarity, Signal, Slot, SlotName, Span
from intents.clauses import Clause, ClauseReader
from intents.focus import FocusFinder
from intents.head import INTENTS
from intents.purchase import find_signals, stated_level
from intents.rank import rank, settle
from intents.shelf import CurrentHead
from intents.slots import SlotFinder
from intents.taught import TaughtFocus
from intents.teaching import SignalRule, TimeWords
from intents.terms import Understanding

# A budget says that the price matters (labelling rule 11); so sure we are that an amount is one.
_BUDGET_MEANS_PRICE = 0.8

_Shown = TypeVar("_Shown", FocusMention, Signal, LevelStatement, Slot)


@dataclass(frozen=True)
class Understander:
    """Built once by `build_understander`, used from any thread: nothing in it changes but the head and what operators taught."""

    normaliser: Normaliser
    tokeniser: Tokeniser
    embedder: Embedder
    reader: ClauseReader
    head: CurrentHead
    focus: FocusFinder
    taught: TaughtFocus
    slots: SlotFinder
    signals: Sequence[SignalRule]
    time_words: Sequence[TimeWords]
    confident_at: float
    clear_by: float

    def understand(self, message: str, *, now: datetime) -> Understanding:
        """One message; `now` is when it was written."""
        return self.understand_many([message], now=now)[0]

    def understand_many(self, messages: Sequence[str], *, now: datetime) -> list[Understanding]:
        """Many messages with one call of the encoder, one pass each. A message without a letter or digit is understood to say nothing."""
        plain = [self.normaliser.normalise(message) for message in messages]
        told = [one for one in plain if any(character.isalnum() for character in one.text)]
        vectors = self.embedder.encode([one.text for one in told]) if told else np.zeros((0, self.embedder.dim), np.float32)
        clauses = [self.reader.read(one.text) for one in told]
        scores = self.head.head.scores(vectors, clauses)
        found = iter([self._understand(*parts, now) for parts in zip(told, clauses, vectors, scores, strict=True)])
        speaks = {id(one) for one in told}
        return [next(found) if id(one) in speaks else self._nothing(one) for one in plain]

    def _understand(self, plain: Normalised, clauses: Sequence[Clause], vector: Vectors, scores: Vectors, now: datetime) -> Understanding:
        tokens = tuple(self.tokeniser.tokens(plain.text))
        ranking = rank(scores, INTENTS)
        settled = settle(ranking, confident_at=self.confident_at, clear_by=self.clear_by)
        slots = self.slots.find(plain.text, tokens, now=now)
        level = stated_level(plain.text, self.time_words)
        mentions = self.taught.applied(_beside_slots(self.focus.find(plain.text, clauses, vector), slots), clauses, vector)
        return Understanding(
            message=plain.original,
            normalised=plain.text,
            tokens=tokens,
            vector=vector,
            intents=settled.intents,
            ranking=ranking,
            not_sure=settled.not_sure,
            focus_points=_at_home(mentions, plain),
            signals=_at_home(find_signals(plain.text, settled, self.signals), plain),
            stated_level=_at_home([level], plain)[0] if level else None,
            slots=_at_home(slots, plain),
        )

    def _nothing(self, plain: Normalised) -> Understanding:
        return Understanding(message=plain.original, normalised=plain.text, tokens=(), vector=np.zeros(self.embedder.dim, np.float32))


def _beside_slots(mentions: Sequence[FocusMention], slots: Sequence[Slot]) -> Sequence[FocusMention]:
    """Words that only name the car show no interest (四驱版 is a version); a budget shows one in the price."""
    names = [slot.span for slot in slots if slot.name in (SlotName.MODEL, SlotName.TRIM, SlotName.COLOUR)]
    meant = [one for one in mentions if not any(name.start <= one.span.start and one.span.end <= name.end for name in names)]
    budget = next((slot for slot in slots if slot.name is SlotName.BUDGET), None)
    if budget is None or any(mention.point is FocusPoint.PRICE for mention in meant):
        return meant
    return [*meant, FocusMention(FocusPoint.PRICE, Polarity.NEUTRAL, budget.span, _BUDGET_MEANS_PRICE)]


def _at_home(found: Sequence[_Shown], plain: Normalised) -> tuple[_Shown, ...]:
    """The same, with their spans as places in the message as it was written."""
    homes = [plain.span(one.span.start, one.span.end) for one in found]
    return tuple(replace(one, span=Span(plain.original[start:end], start, end)) for one, (start, end) in zip(found, homes, strict=True))
