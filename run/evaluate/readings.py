"""A head for anybody's intents: three readings of a message (its meaning, its letters and words, both), and a judge over them.

Each reading is kernel ridge regression over the examples. The judge, a logistic regression, learns from what they say of an example that
they were not taught: which of them to believe about which intent, and which intents are taken for which.
Source: Wolpert, «Stacked Generalization» (1992).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.arrays import Vectors
from core.text import Tokeniser
from intents.grams import grams_of
from intents.linear import Targets

# Measured by cross-validation over several ways to cut, see docs/understanding.md.
_MEANING_COUNTS = 3.0
_LETTERS_COUNT, _PAIRS_COUNT, _WORDS_COUNT = 0.6, 0.3, 0.3
_SHARPNESS = 2.0
_DOUBT = 0.3
_SCORES_COUNT = np.float32(4)
_TRUST = 1.0
_FARTHEST = 5
_WORDS_TOGETHER = 3
# A word that names or counts something stands for its class, one that the dictionary lacks for all that it lacks: which film it is says
# little about what is wanted of it.
_NAMED_OR_COUNTED = ("n", "m")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")

Signs = Sequence[str]


@dataclass(frozen=True)
class Seen:
    """Messages as the head sees them: vectors (n, dim) in each form of the encoder; for each kind of sign, the signs of each message."""

    vectors: tuple[Vectors, ...]
    signs: tuple[Sequence[Signs], ...]


class SignReader:
    """Pulls the signs of a normalised text: its n-grams, its pairs of letters with a gap, its words and classes of words."""

    def __init__(self) -> None:
        self._tokeniser = Tokeniser()

    def read(self, text: str) -> tuple[Signs, ...]:
        """The three kinds, in the order of their weights."""
        framed = f"\x02{text}\x03"
        words = ["\x02", *(self._plain(word, kind) for word, kind in self._tokeniser.classes(text)), "\x03"]
        return grams_of(framed), _pairs(framed), _together(words)

    def _plain(self, word: str, kind: str) -> str:
        unknown = not kind and len(word) > 1
        return f"#{kind}" if unknown or kind.startswith(_NAMED_OR_COUNTED) else word


@dataclass(frozen=True)
class Likeness:
    """How alike a message is to each example: `meaning` and `wording`, both (messages, examples)."""

    meaning: Vectors
    wording: Vectors

    def readings(self) -> tuple[Vectors, ...]:
        """What the three readings compare by."""
        return self.meaning, self.wording, self.meaning + self.wording


@dataclass(frozen=True)
class ReadingsHead:
    """Taught: `compare` likens messages to the examples, `pulls` (n, intents) of each example for each reading, `common` (intents,) how
    common each intent is, `judge` from the readings' scores beside each other to probabilities."""

    compare: Callable[[Seen], Likeness]
    pulls: tuple[Vectors, ...]
    common: Vectors
    judge: Callable[[Vectors], Vectors]

    def scores(self, seen: Seen) -> Vectors:
        """The probability that each message carries each intent, shape (n, intents); they add up to 1."""
        readings = self.compare(seen).readings()
        return self.judge(np.hstack([alike @ pulls + self.common for alike, pulls in zip(readings, self.pulls, strict=True)]))


def learn_readings(seen: Seen, targets: Targets) -> ReadingsHead:
    """Teach it these messages, targets (n, intents), of which each carries one."""
    compare = _comparison(seen)
    common = targets.mean(axis=0).astype(np.float32)
    taught = [_taught(alike, targets, common) for alike in compare(seen).readings()]
    judge = _judge(np.hstack([unseen for _, unseen in taught]), targets)
    return ReadingsHead(compare, tuple(pulls for pulls, _ in taught), common, judge)


def _comparison(examples: Seen) -> Callable[[Seen], Likeness]:
    """Whatever it is asked about, it likens to these examples."""
    from intents.solving import signs_counted

    counted = [signs_counted(some) for some in examples.signs]
    centres = [vectors.mean(axis=0) for vectors in examples.vectors]
    weights = (_LETTERS_COUNT, _PAIRS_COUNT, _WORDS_COUNT)

    def compare(seen: Seen) -> Likeness:
        directions = zip(seen.vectors, examples.vectors, centres, strict=True)
        meanings = [_alike(_centred(some, centre), _centred(own, centre)) for some, own, centre in directions]
        matrices = [count(some) for (_, count), some in zip(counted, seen.signs, strict=True)]
        own = [matrix for matrix, _ in counted]
        wordings = [weight * (some @ of.T).toarray() for weight, some, of in zip(weights, matrices, own, strict=True)]
        return Likeness(_MEANING_COUNTS * np.mean(meanings, axis=0), np.sum(wordings, axis=0))

    return compare


def _taught(alike: Vectors, targets: Targets, common: Vectors) -> tuple[Vectors, Vectors]:
    """Each example's pulls, and what is said of each example that was left out: see intents/likeness.py."""
    from intents.solving import ridge_inverse

    inverse = ridge_inverse(alike.astype(np.float64), _DOUBT)
    pulls = inverse @ (targets - common)
    return pulls.astype(np.float32), (targets - pulls / np.diag(inverse)[:, None]).astype(np.float32)


def _judge(unseen: Vectors, targets: Targets) -> Callable[[Vectors], Vectors]:
    from intents.solving import logistic_of_many

    weights, bias = logistic_of_many(unseen * _SCORES_COUNT, targets.argmax(axis=1), _TRUST)

    def judge(scores: Vectors) -> Vectors:
        return _shares((scores * _SCORES_COUNT @ weights + bias).astype(np.float32))

    return judge


def _shares(logits: Vectors) -> Vectors:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Vectors = (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares


def _alike(some: Vectors, others: Vectors) -> Vectors:
    alike: Vectors = np.exp(np.float32(_SHARPNESS) * (some @ others.T - np.float32(1)))
    return alike


def _centred(vectors: Vectors, centre: Vectors) -> Vectors:
    moved = vectors - centre
    centred: Vectors = moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6)
    return centred


def _pairs(text: str) -> list[str]:
    """Two letters with one to four others between them, for frames such as «把…关掉»."""
    plain = _NUMBER.sub("0", text)
    return [plain[at] + plain[then] for at in range(len(plain)) for then in range(at + 2, min(at + 1 + _FARTHEST, len(plain)))]


def _together(words: Sequence[str]) -> list[str]:
    return ["\x01".join(words[at : at + size]) for size in range(1, _WORDS_TOGETHER + 1) for at in range(len(words) - size + 1)]
