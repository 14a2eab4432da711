"""`evaluate intents`: a head alone, taught anybody's intents and asked about messages that it has not seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np

from core.arrays import Vectors
from core.embedding import Form, KeptVectors
from core.text import Normaliser
from run.compose import Say
from run.evaluate import measure
from run.evaluate.readings import Seen, SignReader, learn_readings
from run.evaluate.rows import read_rows, text_of
from run.evaluate.terms import Curve, Mistake, Outcome

FOLDS = 5
WORST = 20


@dataclass(frozen=True)
class Labelled:
    """A message and its one intent."""

    text: str
    intent: str


@dataclass(frozen=True)
class Asked:
    """A message with its intent, and what the head said with which probability."""

    text: str
    truth: str
    said: str
    score: float


class Method:
    """From a text to anybody's intent: a plain normaliser, the vectors in both forms, the signs in its letters and words, the head."""

    def __init__(self, vectors: KeptVectors, say: Say) -> None:
        self._vectors = vectors
        self._normaliser = Normaliser()
        self._signs = SignReader()
        self._say = say

    def ask(self, taught: Sequence[Labelled], asked: Sequence[Labelled]) -> list[Asked]:
        """Teach the head the first, ask it about the second."""
        names = sorted({row.intent for row in taught})
        targets = np.array([[row.intent == name for name in names] for row in taught])
        scores = learn_readings(self._seen(taught), targets).scores(self._seen(asked))
        best = scores.argmax(axis=1)
        return [
            Asked(row.text, row.intent, names[column], float(some[column])) for row, some, column in zip(asked, scores, best, strict=True)
        ]

    def cross(self, rows: Sequence[Labelled]) -> list[Asked]:
        """Every row once: asked of a head that was taught the other four fifths. The fifths are the same every time."""
        fold = np.random.default_rng(0).permutation(len(rows)) % FOLDS
        answers: list[Asked] = []
        for number in range(FOLDS):
            self._say(f"  第 {number + 1}/{FOLDS} 折")
            taught = [row for row, at in zip(rows, fold, strict=True) if at != number]
            answers += self.ask(taught, [row for row, at in zip(rows, fold, strict=True) if at == number])
        return answers

    def _seen(self, rows: Sequence[Labelled]) -> Seen:
        texts = [self._normaliser.normalise(row.text).text for row in rows]
        signs = [self._signs.read(text) for text in texts]
        return Seen(tuple(self._encoded(texts, form) for form in get_args(Form)), tuple(zip(*signs, strict=True)))

    def _encoded(self, texts: Sequence[str], form: Form) -> Vectors:
        return self._vectors.encode(texts, form, progress=lambda done, of: self._say(f"  编码 {done}/{of}"))


def evaluate_intents(train: Path, test: Path, vectors: KeptVectors, *, say: Say) -> Outcome:
    """Accuracy, macro-F1 and calibration error on `test` after teaching `train`."""
    taught, asked = read_labelled(train), read_labelled(test)
    answers = Method(vectors, say).ask(taught, asked)
    return outcome_of("intents", f"{train.name} → {test.name}", answers)


def cross_evaluate_intents(file: Path, vectors: KeptVectors, *, say: Say) -> Outcome:
    """The same on one file: fifths of it are asked, the rest is taught."""
    return outcome_of(file.stem, f"{file.name}, {FOLDS} 折", Method(vectors, say).cross(read_labelled(file)))


def read_labelled(path: Path) -> list[Labelled]:
    """The rows of a file of {text, intent}."""
    return read_rows(path, '{"text": "…", "intent": "…"}', _labelled)


def outcome_of(name: str, data: str, answers: Sequence[Asked]) -> Outcome:
    """The figures, the confusion matrix, both curves, and the mistakes made with the greatest confidence."""
    truth, said = [one.truth for one in answers], [one.said for one in answers]
    scores, right = [one.score for one in answers], [one.truth == one.said for one in answers]
    wrong = sorted((one for one in answers if one.truth != one.said), key=lambda one: -one.score)
    return Outcome(
        name,
        data,
        {
            "accuracy": measure.share(right),
            "macro_f1": measure.macro_f1([frozenset([one]) for one in truth], [frozenset([one]) for one in said]),
            "ece": measure.calibration_error(scores, right),
            "messages": len(answers),
        },
        measure.confusion(truth, said),
        curves_of(scores, right),
        [Mistake(one.text, one.truth, one.said, round(one.score, 4)) for one in wrong[:WORST]],
    )


def curves_of(scores: Sequence[float], right: Sequence[bool]) -> list[Curve]:
    """Whether the probabilities mean what they say, and what is gained by answering only the surest."""
    return [
        Curve("可靠性：说有多大把握，就对了多少", "平均把握", "答对的比例", measure.reliability(scores, right)),
        Curve("覆盖与准确：只答最有把握的", "回答的比例", "其中答对的比例", measure.coverage(scores, right)),
    ]


def _labelled(row: Mapping[str, Any]) -> Labelled:
    return Labelled(text_of(row["text"]), text_of(row["intent"]))
