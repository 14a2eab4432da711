"""`evaluate focus`: what messages speak of and how they judge it, learnt from anybody's labels alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.arrays import Vectors
from core.embedding import KeptVectors
from core.text import Normaliser
from intents.clauses import ClauseReader
from intents.judging import GENERAL_MARKS, Judge
from intents.linear import Groups, LinearHead, Rows
from intents.teaching import Lexicon
from run.compose import Say
from run.evaluate import measure
from run.evaluate.rows import read_rows, text_of
from run.evaluate.subjects import Seen, SubjectHeads, WordSigns, learn_subjects, there, threshold
from run.evaluate.terms import Mistake, Outcome
from run.pack import load_pack

FOLDS = 5
WORST = 20
# Measured by cross-validation, see docs/understanding.md.
_SENTIMENTS: dict[str, Any] = {"scale": 1.5, "doubt": 1.5, "longest": 4, "telling": False}


@dataclass(frozen=True)
class Labelled:
    """A message and its (subject, sentiment) pairs."""

    text: str
    labels: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """A message, what was right, what was said, and how sure the least sure subject was."""

    row: Labelled
    said: Mapping[str, str]
    score: float


@dataclass(frozen=True)
class FocusMethod:
    """Learnt: a subject is there from `given_at` on, and the likeliest one always if `always_one`."""

    names: Sequence[str]
    sentiments: Sequence[str]
    subjects: SubjectHeads
    judged: LinearHead
    judge: Judge
    given_at: float
    always_one: bool

    def ask(self, seen: Seen) -> list[tuple[dict[str, str], float]]:
        """For each message its subjects with their sentiments, and the score of the weakest of them."""
        of_clauses = self.subjects.of_clauses(seen)
        scores = self.subjects.of_messages(seen, of_clauses)
        given = there(scores, self.given_at, always_one=self.always_one)
        pairs = np.argwhere(given)
        judged = self.judged.logits(_pair_rows(seen, pairs, of_clauses, self.judge)).reshape(
            len(pairs), len(self.names), len(self.sentiments)
        )
        said: list[dict[str, str]] = [{} for _ in seen.texts]
        for (message, subject), leanings in zip(pairs, judged, strict=True):
            said[message][self.names[subject]] = self.sentiments[int(leanings[subject].argmax())]
        return [(some, float(row[on].min()) if on.any() else 0.0) for some, row, on in zip(said, scores, given, strict=True)]


class Reader:
    """From messages to what the heads see; the pack lends its question words and its words of praise and blame."""

    def __init__(self, vectors: KeptVectors, lexicon: Lexicon, say: Say) -> None:
        self._vectors = vectors
        self._normaliser = Normaliser()
        self._clauses = ClauseReader(lexicon.question_words)
        self._words = WordSigns()
        self._say = say
        self.judge = Judge(replace(lexicon, of_point={}))

    def read(self, rows: Sequence[Labelled]) -> Seen:
        """The messages as the heads see them."""
        texts = [self._normaliser.normalise(row.text).text for row in rows]
        vectors = self._vectors.encode(texts, progress=lambda done, of: self._say(f"  编码 {done}/{of}"))
        return Seen(texts, [self._words.write(text) for text in texts], [self._clauses.read(text) for text in texts], vectors)

    def cross(self, rows: Sequence[Labelled], folds: int) -> list[Asked]:
        """Every row once: asked of heads that were taught the other folds. The folds are the same every time."""
        fold = np.random.default_rng(0).permutation(len(rows)) % folds
        asked: list[Asked] = []
        for number in range(folds):
            self._say(f"  第 {number + 1}/{folds} 折")
            taught = [row for row, at in zip(rows, fold, strict=True) if at != number]
            asked += self.ask(taught, [row for row, at in zip(rows, fold, strict=True) if at == number])
        return asked

    def ask(self, taught: Sequence[Labelled], asked: Sequence[Labelled]) -> list[Asked]:
        """Teach the heads the first, ask them about the second."""
        method = learn_focus(taught, self.read(taught), self.judge)
        return [Asked(row, said, score) for row, (said, score) in zip(asked, method.ask(self.read(asked)), strict=True)]


def learn_focus(taught: Sequence[Labelled], seen: Seen, judge: Judge) -> FocusMethod:
    """Both heads and the threshold, from these messages alone."""
    from intents.ridge import train_ridge  # scikit-learn, which nothing else here needs

    names = sorted({subject for row in taught for subject, _ in row.labels})
    sentiments = sorted({sentiment for row in taught for _, sentiment in row.labels})
    targets = np.array([[any(subject == name for subject, _ in row.labels) for name in names] for row in taught])
    always_one = bool(targets.any(axis=1).all())
    given_at = threshold(seen, targets, always_one=always_one)
    subjects = learn_subjects(seen, targets)
    labels = [(at, names.index(subject), sentiment) for at, row in enumerate(taught) for subject, sentiment in sorted(row.labels)]
    pairs = np.array([(at, subject) for at, subject, _ in labels])
    leanings = np.array([[sentiment == one for one in sentiments] for _, _, sentiment in labels])
    judged = train_ridge(_pair_rows(seen, pairs, subjects.of_clauses(seen), judge), leanings, groups=pairs[:, 1], **_SENTIMENTS)
    return FocusMethod(names, sentiments, subjects, judged, judge, given_at, always_one)


def evaluate_focus(train: Path, test: Path, vectors: KeptVectors, *, pack: Path, say: Say) -> Outcome:
    """Micro-F1 of the subjects, and of subjects with sentiment, on `test` after teaching `train`. The pack lends words, no examples."""
    taught, asked = read_labelled(train), read_labelled(test)
    return _outcome("focus", f"{train.name} → {test.name}", _reader(vectors, pack, say).ask(taught, asked))


def evaluate_focus_folds(data: Path, vectors: KeptVectors, *, pack: Path, folds: int = FOLDS, say: Say) -> Outcome:
    """The same on one file: each fold is asked after the others were taught."""
    return _outcome(data.stem, f"{data.name}, {folds} 折", _reader(vectors, pack, say).cross(read_labelled(data), folds))


def read_labelled(path: Path) -> list[Labelled]:
    """The rows of a file of {text, labels}."""
    return read_rows(path, '{"text": "…", "labels": [{"subject": "…", "sentiment": "…"}]}', _labelled)


def _reader(vectors: KeptVectors, pack: Path, say: Say) -> Reader:
    return Reader(vectors, load_pack(pack).intents.lexicon, say)


def _pair_rows(seen: Seen, pairs: Groups, of_clauses: Sequence[Vectors], judge: Judge) -> Rows:
    """A row for each (message, subject): the message, the clauses about the subject, and the judgements in both."""
    texts, near, marks = [], [], []
    for message, subject in pairs:
        texts.append(seen.texts[message])
        clauses, scores = seen.clauses[message], of_clauses[message]
        best = int(scores[:, subject].argmax()) if len(scores) else 0
        near.append(",".join(clause.text for clause in clauses[max(0, best - 1) : best + 2]))
        marks.append(judge.general_marks(clauses[best : best + 1], near[-1], texts[-1]))
    at = np.array([message for message, _ in pairs], np.int64)
    return Rows(seen.vectors[at], (texts, near), np.array(marks, np.float32).reshape(len(texts), GENERAL_MARKS))


def _outcome(name: str, data: str, asked: Sequence[Asked]) -> Outcome:
    truth = [frozenset(subject for subject, _ in one.row.labels) for one in asked]
    felt = [frozenset(" ".join(pair) for pair in one.row.labels) for one in asked]
    told = [frozenset(" ".join(pair) for pair in one.said.items()) for one in asked]
    wrong = sorted((one for one, right, said in zip(asked, felt, told, strict=True) if right != said), key=lambda one: -one.score)
    figures = {
        "subject_micro_f1": measure.micro_f1(truth, [frozenset(one.said) for one in asked]),
        "subject_sentiment_micro_f1": measure.micro_f1(felt, told),
        "messages": len(asked),
    }
    return Outcome(name, data, figures, worst=[_mistake(one) for one in wrong[:WORST]])


def _mistake(asked: Asked) -> Mistake:
    truth = "、".join(" ".join(pair) for pair in sorted(asked.row.labels))
    said = "、".join(" ".join(pair) for pair in sorted(asked.said.items()))
    return Mistake(asked.row.text, truth, said, round(asked.score, 4))


def _labelled(row: Mapping[str, Any]) -> Labelled:
    return Labelled(text_of(row["text"]), frozenset((text_of(one["subject"]), text_of(one["sentiment"])) for one in row["labels"]))
