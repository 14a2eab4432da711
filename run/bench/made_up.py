"""A library of any size, made from the pack's: its scripts copied, its questions' vectors moved about as far as real ones differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.arrays import Vectors
from core.embedding import Form
from kb.terms import ScriptContent

# A copied script lies off its original by half the way between two scripts of the pack, each question off its own by two thirds of the
# way between a question and the middle of its script. What must be found is then about as near, and as often first, as in the pack.
_BETWEEN: Final = 0.5
_WITHIN: Final = 0.7


@dataclass(frozen=True)
class MadeUp:
    """Scripts; the vectors of all their texts; and questions to ask, each a text with its vector."""

    contents: tuple[ScriptContent, ...]
    vectors: Mapping[str, Vectors]
    asked: Sequence[tuple[str, Vectors]]


class KnownVectors:
    """An encoder that has a vector for each text that it will be asked for."""

    def __init__(self, model_id: str, dim: int, vectors: Mapping[str, Vectors]) -> None:
        self.model_id, self.dim = model_id, dim
        self._vectors = vectors

    def encode(self, texts: Sequence[str], form: Form = "query") -> Vectors:
        """See core.embedding.Embedder; form makes no difference. KeyError for any other text."""
        return np.stack([self._vectors[text] for text in texts])


class Mould:
    """What the pack's scripts and the vectors of their questions teach about others of the kind."""

    def __init__(self, contents: Sequence[ScriptContent], vector_of: Mapping[str, Vectors]) -> None:
        self._contents = contents
        self._questions = [np.stack([vector_of[text] for text in content.questions]) for content in contents]
        self._centres = np.stack([own.mean(axis=0) for own in self._questions])
        self._within = np.concatenate([own - own.mean(axis=0) for own in self._questions])
        self._vector_of = vector_of

    def cast(self, scripts: int, questions: int, *, asked: int) -> MadeUp:
        """So many scripts with `questions` in all, evenly, and `asked` questions that they must hit; the same each time."""
        random = np.random.default_rng(0)
        contents: list[ScriptContent] = []
        vectors: dict[str, Vectors] = {}
        asks: list[tuple[str, Vectors]] = []
        for number in range(scripts):
            original = number % len(self._contents)
            shift = self._shift(random)
            copy = _copy(self._contents[original], number, max(2, questions // scripts))
            contents.append(copy)
            rows = self._questions[original][np.arange(len(copy.questions)) % len(self._questions[original])]
            vectors |= zip(copy.questions, _unit(rows + shift + self._noise(random, len(rows))), strict=True)
            held_back = self._contents[original].must_hit[0]
            beside = _unit(self._vector_of[held_back] + shift + self._noise(random, len(copy.negative) + len(copy.must_hit)))
            vectors |= zip((*copy.negative, *copy.must_hit), beside, strict=True)
            if number % max(1, scripts // asked) == 0:
                asks.append((held_back, _unit(self._vector_of[held_back] + shift)))
        return MadeUp(tuple(contents), vectors, asks)

    def _shift(self, random: np.random.Generator) -> Vectors:
        one, other = random.integers(len(self._centres), size=2)
        return np.asarray(_BETWEEN * (self._centres[one] - self._centres[other]), np.float32)

    def _noise(self, random: np.random.Generator, count: int) -> Vectors:
        return np.asarray(_WITHIN * self._within[random.integers(len(self._within), size=count)], np.float32)


def _copy(content: ScriptContent, number: int, questions: int) -> ScriptContent:
    """The script again under another name, its texts a little longer, so that each is one of its own."""

    def other(texts: Sequence[str]) -> tuple[str, ...]:
        return tuple(f"{text}{number}号" for text in texts)

    again = list(islice(cycle(content.questions), questions))
    repeated = [f"{text}{'再' * (at // len(content.questions))}" for at, text in enumerate(again)]
    standard, *similar = other(repeated)
    return replace(
        content,
        key=f"{content.key}-{number}",
        standard=standard,
        similar=tuple(similar),
        negative=other(content.negative),
        must_hit=other(content.must_hit[:1]) if number % 10 == 0 else (),
    )


def _unit(vectors: NDArray[np.floating]) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), np.float32)
