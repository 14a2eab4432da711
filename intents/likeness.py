"""A head that asks how alike a message is to every example: kernel ridge regression over [vector ⊕ n-grams of texts], in closed form.

Two messages are alike by exp(cosine − 1) of their centred vectors, and by the cosine of their n-grams. The error on an
example that is left out is its coefficient ÷ its diagonal of the inverse: Rifkin, Lippert, «Notes on Regularized Least Squares» (2007).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.arrays import Vectors
from intents.grams import Grams
from intents.linear import Targets, moved_into_place

# How much the vector counts beside the n-grams, and how little a single example is trusted. Measured, see docs/understanding.md.
_VECTOR_COUNTS = 3.0
_DOUBT = 0.7

Texts = tuple[Sequence[str], ...]  # one sequence a kind of text, each as long as there are messages


@dataclass(frozen=True)
class LikenessHead:
    """Trained: `centre` (dim,), `examples` (n, dim) centred and of length 1, `pulls` (n, labels) of each example on each label, `weights`
    (n-grams of all kinds of text, labels), `common` (labels,): how common each label is."""

    centre: Vectors
    examples: Vectors
    pulls: Vectors
    grams: tuple[Grams, ...]
    weights: Vectors
    common: Vectors

    def scores(self, vectors: Vectors, texts: Texts) -> Vectors:
        """About 1 for a label that a message carries and 0 for others, but without bounds; float32, shape (messages, labels)."""
        scores: Vectors = self.common + _alike(_centred(vectors, self.centre), self.examples) @ self.pulls
        first = 0
        for grams, some in zip(self.grams, texts, strict=True):
            for row, text in enumerate(some):
                columns, values = grams.row(_framed(text))
                scores[row] += values @ self.weights[first + columns]
            first += len(grams.names)
        return scores

    def save(self, path: Path, **beside: Vectors) -> None:
        """Two files, `.npz` and `.json`, no pickle; the `.json` comes last: with it the head is there. `beside`: its owner's."""
        path.parent.mkdir(parents=True, exist_ok=True)
        own = {"centre": self.centre, "examples": self.examples, "pulls": self.pulls, "weights": self.weights, "common": self.common}
        rarities = {f"rarity_{at}": grams.rarity for at, grams in enumerate(self.grams)}
        with moved_into_place(path.with_suffix(".npz")) as file:
            np.savez(file, **own, **rarities, **beside)  # type: ignore[arg-type]
        with moved_into_place(path.with_suffix(".json")) as file:
            file.write(json.dumps({"grams": [grams.names for grams in self.grams]}, ensure_ascii=False).encode())

    @classmethod
    def load(cls, path: Path) -> "tuple[LikenessHead, dict[str, Vectors]] | None":
        """The head that `save` wrote, and what lies beside it; None when there is none."""
        if not path.with_suffix(".json").exists():
            return None
        names = json.loads(path.with_suffix(".json").read_text("utf-8"))["grams"]
        with np.load(path.with_suffix(".npz"), allow_pickle=False) as file:
            arrays = dict(file)
        grams = tuple(Grams(some, arrays.pop(f"rarity_{at}")) for at, some in enumerate(names))
        own = {name: arrays.pop(name) for name in ("centre", "examples", "pulls", "weights", "common")}
        return cls(grams=grams, **own), arrays


def train_likeness(vectors: Vectors, texts: Texts, targets: Targets) -> tuple[LikenessHead, Vectors]:
    """The head, and what it would say of each example had it not been taught it, shape (n, labels).

    vectors (n, dim), targets (n, labels). Memory grows with n², time with n³: 2,000 examples take about a second.
    """
    from intents.solving import ridge_inverse, sparse_rows

    framed = [[_framed(text) for text in some] for some in texts]
    grams = tuple(map(Grams.of, framed))
    matrix = sparse_rows(grams, framed)
    centre = vectors.mean(axis=0)
    examples = _centred(vectors, centre)
    common = targets.mean(axis=0)
    likeness = _VECTOR_COUNTS * _alike(examples, examples).astype(np.float64) + (matrix @ matrix.T).toarray()
    inverse = ridge_inverse(likeness, _DOUBT)
    pulls = inverse @ (targets - common)
    unseen = targets - pulls / np.diag(inverse)[:, None]
    head = LikenessHead(centre, examples, _small(pulls * _VECTOR_COUNTS), grams, _small(matrix.T @ pulls), _small(common))
    return head, _small(unseen)


def _alike(some: Vectors, others: Vectors) -> Vectors:
    """Of two centred vectors: 1 for the same direction, e⁻² for opposite ones."""
    alike: Vectors = np.exp(some @ others.T - np.float32(1))
    return alike


def _centred(vectors: Vectors, centre: Vectors) -> Vectors:
    """E5's vectors share most of their direction; what is left without it tells messages apart."""
    moved = vectors - centre
    centred: Vectors = (moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6)).astype(np.float32)
    return centred


def _framed(text: str) -> str:
    """With marks where the text begins and ends: how it opens and closes tells what it is."""
    return f"\x02{text}\x03"


def _small(values: NDArray[np.float64]) -> Vectors:
    return values.astype(np.float32)
