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
    "words": 0.4,  # BM25 over tokens and letters
    "intent": 0.3,  # probability that the question has the script's intent: a voice, not a wall
    "scope": 0.15,  # 1 made for just this, 0 general, -1 needs what the question leaves open (rules.scope_fit)
    "exact": 0.3,  # the very words of one of its questions, for example a click in a menu
    "negative": -1.0,  # by how much a question that it must not answer is nearer than the nearest that it may
}
# What is known of every script at once; the others are worked out for the likeliest only.
AT_ONCE: Final = ("centre", "words", "intent", "scope", "exact")


def weighted(parts: Mapping[str, Part]) -> Part:
    """The score: the weighted sum of the parts given."""
    return np.asarray(sum(WEIGHTS[name] * part for name, part in parts.items()), np.float32)
