"""What turns are compared by: where the library puts them, what they are taken for (intents) and which cars they name.

All of it is kept as means, a plain vector and the signs by name, and made into points when turns are compared: a library, a head or a
pack may be another by then.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from core.arrays import Vectors
from core.text import Tokeniser
from customers.terms import SlotName
from intents.clauses import ClauseReader
from intents.head import INTENTS, IntentHead
from intents.slots import SlotFinder
from intents.understand import Understander
from kb.projection import Projection

# Sign → how far it is there, 0 to 1.
Signs = Mapping[str, float]

# Two turns are alike by their signs half as much as by where they lie; and from here on two groups are one. Both were chosen on one half of
# the pack's scripts and are reported on the other, by `python -m run.evaluate.gaps`.
WEIGHT = 0.5
SAME_FROM = 0.715
# Without a library, by the plain cosine of the encoder.
SAME_FROM_UNTAUGHT = 0.94
# A sign that is hardly there is not kept.
_FAINT = 0.005


def signs_of(understander: Understander, texts: Sequence[str], vectors: Vectors, *, now: datetime) -> list[Signs]:
    """Of normalised texts and their vectors (n, dim)."""
    intents = intent_signs(understander.head.head, understander.reader, texts, vectors)
    models = [model_signs(understander.slots, understander.tokeniser, text, now=now) for text in texts]
    return [{**some, **others} for some, others in zip(intents, models, strict=True)]


def intent_signs(head: IntentHead, reader: ClauseReader, texts: Sequence[str], vectors: Vectors) -> list[Signs]:
    """The probability of each intent."""
    scores = head.scores(vectors, [reader.read(text) for text in texts])
    return [{str(name): float(score) for name, score in zip(INTENTS, row, strict=True) if score >= _FAINT} for row in scores]


def model_signs(slots: SlotFinder, tokeniser: Tokeniser, text: str, *, now: datetime) -> Signs:
    """The cars that are named; together they are one sign."""
    models = {slot.value for slot in slots.find(text, tokeniser.tokens(text), now=now) if slot.name is SlotName.MODEL}
    return {f"model:{model}": len(models) ** -0.5 for model in models}


def mean(*groups: tuple[Signs, int]) -> dict[str, float]:
    """The signs of several groups together, each with its count."""
    total = sum(count for _, count in groups)
    names = {name for signs, _ in groups for name in signs}
    found = {name: sum(signs.get(name, 0.0) * count for signs, count in groups) / total for name in sorted(names)}
    return {name: round(value, 4) for name, value in found.items() if value >= _FAINT}


def points(centres: Vectors, signs: Sequence[Signs], projection: Projection | None) -> Vectors:
    """Means of plain vectors and signs → points that are compared by their dot product; linear, so that means stay means. Without a
    projection the vectors alone tell what is alike."""
    if projection is None:
        return centres
    # So far from their mean are unit vectors: at this length the points of a library are about as long as those of any other.
    reach = np.sqrt(1 - projection.mean @ projection.mean)
    columns = {name: at for at, name in enumerate(sorted({name for one in signs for name in one}))}
    table = np.zeros((len(signs), len(columns)), np.float32)
    for row, one in enumerate(signs):
        for name, value in one.items():
            table[row, columns[name]] = value
    return np.hstack([(centres - projection.mean) @ projection.matrix / reach, table * np.float32(np.sqrt(WEIGHT))])


def same_from(projection: Projection | None) -> float:
    """How alike is the same."""
    return SAME_FROM if projection else SAME_FROM_UNTAUGHT
