"""Pure: the rules over a whole library at once: which scripts are allowed, which fit the scope, which have the intent."""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from kb.rules import is_in_scope, may_answer, scope_fit
from kb.terms import Question, ScriptContent
from kb.weigh import Part

Mask = NDArray[np.bool_]


class Scoping:
    """Scripts with the same scope and dates are judged once, so that ten thousand of them cost little."""

    def __init__(self, contents: Sequence[ScriptContent]) -> None:
        bounds = [(content.scope, content.valid_from, content.valid_until) for content in contents]
        firsts, self._bounds = _alike(bounds)
        self._samples = [contents[first] for first in firsts]
        firsts, self._intents = _alike([content.intent for content in contents])
        self._names = [contents[first].intent for first in firsts]

    def allowed(self, question: Question) -> Mask:
        """Which scripts may answer this question on its day."""
        return np.array([may_answer(sample, question) for sample in self._samples], bool)[self._bounds]

    def in_scope(self, question: Question) -> Mask:
        """Which scripts could answer it on some day: what a calibration looks at, so that it does not change overnight."""
        return np.array([is_in_scope(sample.scope, question) for sample in self._samples], bool)[self._bounds]

    def scope(self, question: Question) -> Part:
        """The part of the score that comes from the scope."""
        return np.array([scope_fit(sample.scope, question) for sample in self._samples], np.float32)[self._bounds]

    def intent(self, question: Question) -> Part:
        """The part of the score that comes from the intent."""
        return np.array([question.intents.get(name, 0.0) for name in self._names], np.float32)[self._intents]

    def of_intent(self, name: str) -> Mask:
        """Which scripts have this intent."""
        return np.array([known == name for known in self._names], bool)[self._intents]


def _alike(values: Sequence[Hashable]) -> tuple[list[int], NDArray[np.int64]]:
    """(where each different value stands first, for every value the number of its kind)."""
    kinds: dict[Hashable, int] = {}
    numbers = np.array([kinds.setdefault(value, len(kinds)) for value in values], np.int64)
    return [int(first) for first in np.unique(numbers, return_index=True)[1]], numbers
