"""What a customer cares about: the pack's words, weighed by a head that reads each clause, with polarity and the words that show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.arrays import Vectors
from customers.terms import FocusMention, FocusPoint, Polarity, Span
from intents.clauses import Clause, ClauseReader
from intents.grams import grams_of
from intents.judging import MARKS, Judge
from intents.linear import LinearHead, Rows, Targets, probability, train_linear
from intents.lookup import Lookup
from intents.teaching import FocusSentence, Lexicon

# Part of the fingerprint under which the heads are kept: raise it when the method changes.
METHOD = "focus-1"
POINTS = tuple(FocusPoint)
POLARITIES = tuple(Polarity)
MENTIONED_AT = 0.5
# What a lexicon word adds to the head's log-odds. Measured on real messages: the pack itself would trust its own words blindly.
_A_WORD_COUNTS = 3.0
# The pack teaches the three polarities alike; two of three mentions in real talk are neutral.
_NEUTRAL_IS_COMMON = np.array([3.0 if polarity is Polarity.NEUTRAL else 1.0 for polarity in POLARITIES], np.float32)
# «贷款不考虑», «不考虑贷款»: a refusal within so many characters of the words takes the mention back.
_REFUSAL_REACH = 4


@dataclass(frozen=True)
class FocusHeads:
    """`points`: log-odds of each focus point for one clause; `polarity`: of each polarity for one point in one clause."""

    points: LinearHead
    polarity: LinearHead

    def save(self, folder: Path) -> None:
        """Keep both; see LinearHead.save."""
        self.points.save(folder / "points")
        self.polarity.save(folder / "polarity")

    @classmethod
    def load(cls, folder: Path) -> "FocusHeads | None":
        """The heads kept there; None when one is missing."""
        points, polarity = LinearHead.load(folder / "points"), LinearHead.load(folder / "polarity")
        return cls(points, polarity) if points and polarity else None


def train_focus(sentences: Sequence[FocusSentence], vectors: Vectors, reader: ClauseReader, judge: Judge) -> FocusHeads:
    """Learn from the pack's sentences; their texts are normalised, `vectors` (n, dim) theirs."""
    texts = [sentence.text for sentence in sentences]
    targets = np.array([[sentence.point is point for point in POINTS] for sentence in sentences])
    points = train_linear(Rows(vectors, (texts,), _no_marks(len(texts))), targets, scale=1.0)
    rows = _stacked([_taught_rows(sentence, vector, reader, judge) for sentence, vector in zip(sentences, vectors, strict=True)])
    polarities = np.array([[sentence.polarity is polarity for polarity in POLARITIES] for sentence in sentences if sentence.point])
    return FocusHeads(points, train_linear(rows, polarities, scale=3.0, strength=3.0))


class PointWords:
    """The lexicon: which points a text names, and with which words."""

    def __init__(self, words: Mapping[FocusPoint, Sequence[str]]) -> None:
        self._point_of = {word: point for point, some in words.items() for word in some}
        self._lookup = Lookup(self._point_of)

    def find(self, clause: Clause) -> dict[FocusPoint, Span]:
        """The first words for each point that is named, as a place in the message."""
        found: dict[FocusPoint, Span] = {}
        for words in self._lookup.find(clause.text):
            found.setdefault(self._point_of[words.word], Span(words.word, clause.start + words.start, clause.start + words.end))
        return found


class FocusFinder:
    """Finds focus points in messages; does not know where its heads come from."""

    def __init__(self, heads: FocusHeads, words: PointWords, judge: Judge, lexicon: Lexicon) -> None:
        self._heads = heads
        self._words = words
        self._judge = judge
        self._refusals = Lookup(lexicon.not_about_it)

    def find(self, text: str, clauses: Sequence[Clause], vector: Vectors) -> tuple[FocusMention, ...]:
        """The points of one normalised message, likeliest first; spans are places in `text`, `vector` (dim,) is the whole message's."""
        if not clauses:
            return ()
        named = [self._words.find(clause) for clause in clauses]
        scores = self._scores(clauses, named, vector)
        there = scores >= MENTIONED_AT
        polarities = self._polarities(text, clauses, there, vector)
        mentions = []
        for column in np.flatnonzero(there.any(axis=0)):
            best = int(scores[:, column].argmax())
            span = named[best].get(POINTS[column]) or self._telling(clauses[best], int(column))
            mentions.append(FocusMention(POINTS[column], polarities[POINTS[column]], span, round(float(scores[best, column]), 4)))
        return tuple(sorted(mentions, key=lambda mention: -mention.score))

    def _scores(self, clauses: Sequence[Clause], named: Sequence[Mapping[FocusPoint, Span]], vector: Vectors) -> Vectors:
        """The probability of each point in each clause, shape (clauses, points)."""
        rows = Rows(np.repeat(vector[None], len(clauses), 0), ([clause.text for clause in clauses],), _no_marks(len(clauses)))
        hits = np.array([[point in some for point in POINTS] for some in named], np.float32)
        scores = probability(self._heads.points.logits(rows) + hits * np.float32(_A_WORD_COUNTS))
        for at, (clause, some) in enumerate(zip(clauses, named, strict=True)):
            scores[at, [POINTS.index(point) for point, span in some.items() if self._is_refused(clause, span)]] = 0
        return scores

    def _is_refused(self, clause: Clause, span: Span) -> bool:
        if clause.asks:
            return False
        start, end = span.start - clause.start, span.end - clause.start
        return any(
            start - refusal.end <= _REFUSAL_REACH and refusal.start - end <= _REFUSAL_REACH for refusal in self._refusals.find(clause.text)
        )

    def _polarities(self, text: str, clauses: Sequence[Clause], there: Targets, vector: Vectors) -> dict[FocusPoint, Polarity]:
        """The polarity of each point over all clauses that speak of it; `there` has shape (clauses, points)."""
        spoken = [(column, clauses[at]) for column, at in np.argwhere(there.T)]
        rows = _polarity_rows(text, clauses, [(POINTS[column], clause) for column, clause in spoken], vector, self._judge)
        likely = probability(self._heads.polarity.logits(rows))
        shares = likely / likely.sum(axis=1, keepdims=True) * _NEUTRAL_IS_COMMON
        columns = np.array([column for column, _ in spoken], np.int64)
        return {POINTS[column]: POLARITIES[int(shares[columns == column].sum(axis=0).argmax())] for column in set(columns.tolist())}

    def _telling(self, clause: Clause, column: int) -> Span:
        """The characters of the clause that speak most for the point, when no word of the lexicon does."""
        head = self._heads.points
        first = len(head.weights) - len(head.grams[0].names)
        grams = sorted({gram for gram in grams_of(clause.text) if len(gram) > 1 and gram in clause.text})
        weighed = [(_weight(head, gram, first, column), gram) for gram in grams]
        words = max(weighed)[1] if weighed else clause.text
        start = clause.start + clause.text.index(words)
        return Span(words, start, start + len(words))


def _weight(head: LinearHead, gram: str, first: int, column: int) -> float:
    columns, values = head.grams[0].row(gram)
    return float(values @ head.weights[first + columns, column])


def _taught_rows(sentence: FocusSentence, vector: Vectors, reader: ClauseReader, judge: Judge) -> Rows:
    clauses = reader.read(sentence.text)
    own = next((clause for clause in clauses if sentence.words in clause.text), Clause(sentence.text, 0, False))
    return _polarity_rows(sentence.text, clauses, [(sentence.point, own)] if sentence.point else [], vector, judge)


def _polarity_rows(
    text: str, clauses: Sequence[Clause], spoken: Sequence[tuple[FocusPoint, Clause]], vector: Vectors, judge: Judge
) -> Rows:
    """A row for each point in each clause that speaks of it: the clause, its message, and the judgements in both."""
    asks = any(clause.asks for clause in clauses)
    tones = {point: judge.tone(text, point) for point, _ in spoken}
    marks = [judge.marks(clause, point, whole=tones[point], asks=asks) for point, clause in spoken]
    texts = ([clause.text for _, clause in spoken], [text] * len(spoken))
    return Rows(np.repeat(vector[None], len(spoken), 0), texts, np.array(marks, np.float32).reshape(len(spoken), MARKS))


def _stacked(rows: Sequence[Rows]) -> Rows:
    """All of them in one; there is at least one."""
    texts = tuple([text for some in rows for text in some.texts[field]] for field in range(len(rows[0].texts)))
    return Rows(np.vstack([some.vectors for some in rows]), texts, np.vstack([some.marks for some in rows]))


def _no_marks(count: int) -> Vectors:
    return np.zeros((count, 0), np.float32)
