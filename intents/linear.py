"""A linear head: a logistic regression a label over [vector × scale ⊕ marks ⊕ n-grams of texts]; scikit-learn trains it, numpy uses it."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from core.arrays import Vectors
from intents.grams import Grams

Targets = NDArray[np.bool_]
Groups = NDArray[np.int64]  # the number of the group that each row belongs to
# A label that no example has: its probability is as good as none.
_NEVER = -12.0


@dataclass(frozen=True)
class Rows:
    """What a head looks at, n rows of it: vectors (n, dim); `texts`: one sequence a kind of text, n long each; marks (n, m), m may be 0."""

    vectors: Vectors
    texts: tuple[Sequence[str], ...]
    marks: Vectors

    def __len__(self) -> int:
        return len(self.vectors)

    def some(self, chosen: NDArray[np.int64]) -> "Rows":
        """These rows only."""
        return Rows(self.vectors[chosen], tuple([texts[i] for i in chosen] for texts in self.texts), self.marks[chosen])


class LinearHead:
    """Trained weights. `weights` has a row per column of the input: the vector's, then the marks', then each text's n-grams."""

    def __init__(self, scale: float, grams: Sequence[Grams], weights: Vectors, bias: Vectors, calibration: Vectors | None = None) -> None:
        self.scale = scale
        self.grams = tuple(grams)
        self.weights = weights
        self.bias = bias
        # What the owner of the head turns its log-odds into probabilities with; kept along with it.
        self.calibration = np.array([1, 0], np.float32) if calibration is None else calibration

    def logits(self, rows: Rows) -> Vectors:
        """Log-odds of every label, float32, shape (n, labels)."""
        if not len(rows):
            return np.zeros((0, len(self.bias)), np.float32)
        dense = np.hstack([rows.vectors * np.float32(self.scale), rows.marks])
        first = dense.shape[1]
        logits: Vectors = dense @ self.weights[:first] + self.bias
        for grams, texts in zip(self.grams, rows.texts, strict=True):
            # Rows about one message share its text: each text is weighed once.
            weighed = {text: self._weigh(grams, text, first) for text in set(texts)}
            logits += np.stack([weighed[text] for text in texts])
            first += len(grams.names)
        return logits

    def _weigh(self, grams: Grams, text: str, first: int) -> Vectors:
        columns, values = grams.row(text)
        weighed: Vectors = values @ self.weights[first + columns]
        return weighed

    def save(self, path: Path) -> None:
        """Two files, `.npz` and `.json`; no pickle. Each is moved into place whole, the `.json` last: with it the head is there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        rarities = {f"rarity_{at}": grams.rarity for at, grams in enumerate(self.grams)}
        arrays = {"weights": self.weights, "bias": self.bias, "calibration": self.calibration, **rarities}
        with moved_into_place(path.with_suffix(".npz")) as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
        with moved_into_place(path.with_suffix(".json")) as file:
            file.write(json.dumps({"scale": self.scale, "grams": [grams.names for grams in self.grams]}, ensure_ascii=False).encode())

    @classmethod
    def load(cls, path: Path) -> "LinearHead | None":
        """The head that `save` wrote; None when there is none."""
        if not path.with_suffix(".json").exists():
            return None
        meta = json.loads(path.with_suffix(".json").read_text("utf-8"))
        with np.load(path.with_suffix(".npz"), allow_pickle=False) as arrays:
            grams = [Grams(names, arrays[f"rarity_{at}"]) for at, names in enumerate(meta["grams"])]
            return cls(meta["scale"], grams, arrays["weights"], arrays["bias"], arrays["calibration"])


def train_linear(rows: Rows, targets: Targets, *, scale: float, strength: float = 1.0) -> LinearHead:
    """Fit one logistic regression a label; targets (n, labels). A higher `strength` trusts the examples more (scikit-learn's C)."""
    from intents.solving import logistic, sparse_rows

    grams = [Grams.of(texts) for texts in rows.texts]
    matrix = sparse_rows(grams, rows.texts, np.hstack([rows.vectors * scale, rows.marks]))
    settled = [_settled(column, matrix.shape[1]) for column in targets.T]
    fitted = [known or logistic(matrix, column, strength) for known, column in zip(settled, targets.T, strict=True)]
    weights = np.stack([weights for weights, _ in fitted], axis=1)
    return LinearHead(scale, grams, weights.astype(np.float32), np.array([bias for _, bias in fitted], np.float32))


def calibrate(signs: Vectors, truth: NDArray[np.bool_]) -> Vectors:
    """Weights, the bias last, that turn signs (n, k) into log-odds of the truth (n,); shape (k + 1,)."""
    from intents.solving import logistic_of_signs

    weights, bias = _settled(truth, signs.shape[1]) or logistic_of_signs(signs, truth)
    return np.array([*weights, bias], np.float32)


def probability(logits: Vectors) -> Vectors:
    """Log-odds → probability, float32."""
    return (1 / (1 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)


@contextmanager
def moved_into_place(path: Path) -> Iterator[BinaryIO]:
    """A file to write that stands at `path` only once it is whole."""
    # Two processes that start together may both train; whoever comes last replaces a file with its equal.
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        yield file
    beside.replace(path)


def _settled(truth: NDArray[np.bool_], columns: int) -> tuple[Vectors, float] | None:
    """(weights, bias) where there is nothing to learn, because it is always or never so."""
    if truth.any() and not truth.all():
        return None
    return np.zeros(columns, np.float32), -_NEVER if truth.all() else _NEVER
