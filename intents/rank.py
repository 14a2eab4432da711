"""Pure: scores → which intents a message carries, and whether we may be sure of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.arrays import Vectors
from intents.terms import Intent, IntentScore

SHOWN = 5
# A further intent is carried from this probability on; below it, it only stands in the ranking. Measured, see docs/understanding.md.
ALSO_AT = 0.6
# Messages from outside resemble no example much, so each of our intents gets a little of them: before a best one that is weak the outside
# goes first from this share of it on. Measured, see docs/understanding.md.
OUTSIDE_FROM = 0.3
WEAK_BELOW = 0.7


@dataclass(frozen=True)
class Settled:
    """The intents a message carries, best first, and whether that is too weak or too close to act upon."""

    intents: tuple[IntentScore, ...]
    not_sure: bool


def rank(scores: Vectors, names: Sequence[Intent]) -> tuple[IntentScore, ...]:
    """The likeliest intents, best first; scores has shape (len(names),). What lies outside goes before a weak claim."""
    best = sorted(zip(scores.tolist(), names, strict=True), key=lambda pair: -pair[0])[:SHOWN]
    order = [name for _, name in best]
    outside = order.index(Intent.OUT_OF_SCOPE) if Intent.OUT_OF_SCOPE in order else 0
    if OUTSIDE_FROM * best[0][0] <= best[outside][0] and best[0][0] < WEAK_BELOW:
        # They change places; the sureness stays with the place, for so many of those that come first as surely are right.
        order[0], order[outside] = order[outside], order[0]
    return tuple(IntentScore(name, round(score, 4)) for name, (score, _) in zip(order, best, strict=True))


def settle(ranking: Sequence[IntentScore], *, confident_at: float, clear_by: float, also_at: float = ALSO_AT) -> Settled:
    """The best always counts, others when likely by themselves. Not sure: the best is weak, or the next is as near but not likely enough
    to be carried as well."""
    carried = tuple(found for at, found in enumerate(ranking) if at == 0 or found.score >= also_at)
    weak = not ranking or ranking[0].score < confident_at
    others = ranking[len(carried) :]
    ambiguous = bool(others) and len(carried) == 1 and ranking[0].score - others[0].score < clear_by
    return Settled(carried, weak or ambiguous)
