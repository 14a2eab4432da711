"""Which subjects messages speak of, learnt from anybody's labels: a head over letters, one over words, and what the clauses say alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.arrays import Vectors
from core.text import Tokeniser
from intents.clauses import Clause
from intents.linear import LinearHead, Rows, Targets

# How much each of the three counts. Measured by cross-validation, as is the rest, see docs/understanding.md.
_LETTERS, _WORDS, _CLAUSE = np.float32(0.4), np.float32(0.4), np.float32(0.2)
_SCALE, _DOUBT = 1.2, 0.4
_WORDS_TOGETHER: Final = 2
# Where Unicode has room for everybody's own characters: so many that no set of messages has more words.
_FIRST_OWN: Final = 0xF0000


@dataclass(frozen=True)
class Seen:
    """Messages as the heads see them: normalised texts, their words (see WordSigns), their clauses, vectors (n, dim)."""

    texts: Sequence[str]
    words: Sequence[str]
    clauses: Sequence[Sequence[Clause]]
    vectors: Vectors

    def rows(self, texts: Sequence[str]) -> Rows:
        """A row a message, with these texts of theirs."""
        return Rows(self.vectors, (texts,), np.zeros((len(texts), 0), np.float32))

    def some(self, chosen: NDArray[np.int64]) -> "Seen":
        """These messages only."""
        return Seen(
            [self.texts[i] for i in chosen], [self.words[i] for i in chosen], [self.clauses[i] for i in chosen], self.vectors[chosen]
        )


class WordSigns:
    """Writes each word as one character, so that n-grams of words are n-grams of characters."""

    def __init__(self) -> None:
        self._tokeniser = Tokeniser()
        self._sign_of: dict[str, str] = {}

    def write(self, text: str) -> str:
        """The words of a normalised text, a character each; the same word gets the same one for as long as this lives."""
        return "".join(self._sign_of.setdefault(word, chr(_FIRST_OWN + len(self._sign_of))) for word in self._tokeniser.tokens(text))


@dataclass(frozen=True)
class SubjectHeads:
    """Both heads, over the same subjects."""

    letters: LinearHead
    words: LinearHead

    def of_clauses(self, seen: Seen) -> list[Vectors]:
        """The scores of each subject in each clause of each message, as if the clause were all that it says."""
        counts = [len(clauses) for clauses in seen.clauses]
        texts = [clause.text for clauses in seen.clauses for clause in clauses]
        rows = Rows(np.repeat(seen.vectors, counts, axis=0), (texts,), np.zeros((len(texts), 0), np.float32))
        return np.split(self.letters.logits(rows), np.cumsum(counts)[:-1])

    def of_messages(self, seen: Seen, of_clauses: Sequence[Vectors]) -> Vectors:
        """The scores of each subject in each message, float32, shape (n, subjects): about 1 where it is there. `of_clauses`: theirs."""
        letters, words = self.letters.logits(seen.rows(seen.texts)), self.words.logits(seen.rows(seen.words))
        strongest = [some.max(axis=0) if len(some) else whole for some, whole in zip(of_clauses, letters, strict=True)]
        scores: Vectors = _LETTERS * letters + _WORDS * words + _CLAUSE * np.stack(strongest)
        return scores


def learn_subjects(seen: Seen, targets: Targets) -> SubjectHeads:
    """Teach both heads; targets (n, subjects)."""
    from intents.ridge import train_ridge  # scikit-learn, which asking does not need

    letters = train_ridge(seen.rows(seen.texts), targets, scale=_SCALE, doubt=_DOUBT)
    return SubjectHeads(letters, train_ridge(seen.rows(seen.words), targets, scale=_SCALE, doubt=_DOUBT, longest=_WORDS_TOGETHER))


def threshold(seen: Seen, targets: Targets, *, always_one: bool) -> float:
    """The score from which a subject is to be given, by what heads that were taught two thirds say of the other one."""
    from intents.solving import thirds

    scores = np.zeros(targets.shape, np.float32)
    for taught, asked in thirds(len(targets)):
        heads, unseen = learn_subjects(seen.some(taught), targets[taught]), seen.some(asked)
        scores[asked] = heads.of_messages(unseen, heads.of_clauses(unseen))
    return _best_threshold(scores, targets, always_one=always_one)


def there(scores: Vectors, given_at: float, *, always_one: bool) -> Targets:
    """Which subjects are given: all from `given_at` on; the likeliest in any case if `always_one`."""
    given: Targets = scores >= given_at
    if always_one:
        given[np.arange(len(scores)), scores.argmax(axis=1)] = True
    return given


def _best_threshold(scores: Vectors, targets: Targets, *, always_one: bool) -> float:
    """The score from which a subject is given when the micro-F1 shall be highest."""

    def f1(at: float) -> float:
        given = there(scores, at, always_one=always_one)
        return float(2 * (given & targets).sum() / max(1, given.sum() + targets.sum()))

    candidates: list[float] = np.quantile(scores, np.linspace(0.5, 0.99, 99)).tolist()
    reached = [f1(at) for at in candidates]
    # Where many do equally well, the one in their middle is farthest from doing worse.
    best = [at for at, figure in zip(candidates, reached, strict=True) if figure == max(reached)]
    return best[len(best) // 2]
