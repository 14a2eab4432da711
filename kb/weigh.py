"""Pure: how the parts of a match add up to its score."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

Part = NDArray[np.float32]

# Measured on the pack's must_hit questions, on real messages and on three public sets of questions. Each part lies about between 0 and 1.
WEIGHTS: Final[Mapping[str, float]] = {
    "nearest": 0.5,  # cosine with the nearest of the script's questions
    "centre": 0.5,  # cosine with the middle of its questions: one odd question does not carry a script
    "words": 0.7,  # BM25 over tokens and letters, as far as words are to be trusted here
    "intent": 0.3,  # probability that the question has the script's intent: a voice, not a wall
    "scope": 0.2,  # 1 made for just this, 0 general, -1 needs what the question leaves open (rules.scope_fit)
    "exact": 0.3,  # the very words of one of its questions, for example a click in a menu
    "negative": -1.0,  # by how much a question that it must not answer is nearer than the nearest that it may
}
# What is known of every script at once; the others are worked out for the likeliest only.
AT_ONCE: Final = ("centre", "words", "intent", "scope", "exact")


def trust_in_words(wordings: float) -> np.float32:
    """The share, 0 to 1, of their weight that words get, by how many questions a script has on average (at least 1).

    Where each script has one question (a list of questions and answers that was brought in), a cosine with that one wording says less than
    one with eight, and words help more: the whole weight was best on three public sets, under half of it on held-out questions of the pack.
    """
    return np.float32(0.4 + 0.6 / wordings**2)


def weighted(parts: Mapping[str, Part]) -> Part:
    """The score: the weighted sum of the parts given."""
    return np.asarray(sum(WEIGHTS[name] * part for name, part in parts.items()), np.float32)
