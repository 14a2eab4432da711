"""Read scripts → the ranker over them; written to a folder and read back."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.arrays import Vectors
from core.vectors import FaissIndex, VectorIndex
from kb.bm25 import Bm25
from kb.projection import Projection, unit
from kb.ranking import Ranker, Rows, plain, starts_of, terms_of
from kb.terms import Question


@dataclass(frozen=True)
class ReadScript:
    """A script's questions as the reader read them; at least one."""

    questions: tuple[Question, ...]
    negatives: tuple[Question, ...]


def build_ranker(scripts: Sequence[ReadScript], make_index: Callable[[Vectors], VectorIndex]) -> Ranker:
    """The ranker over these scripts, in their order; at least one script."""
    starts = starts_of([len(script.questions) for script in scripts])
    raw = _vectors([question for script in scripts for question in script.questions])
    owners = np.repeat(np.arange(len(scripts)), np.diff(starts))
    projection = Projection.learn(raw, owners, len(scripts))
    positives = Rows(projection.apply(raw), starts)
    negatives = [question for script in scripts for question in script.negatives]
    against = projection.apply(_vectors(negatives)) if negatives else np.empty((0, raw.shape[1]), np.float32)
    return Ranker(
        projection=projection,
        index=make_index(positives.vectors),
        positives=positives,
        negatives=Rows(against, starts_of([len(script.negatives) for script in scripts])),
        centres=unit(np.add.reduceat(positives.vectors, starts[:-1], axis=0)),
        words=Bm25.build([[term for question in script.questions for term in terms_of(question)] for script in scripts]),
        exact=exact_of([[plain(question.text) for question in script.questions] for script in scripts]),
    )


def exact_of(texts: Sequence[Sequence[str]]) -> dict[str, list[int]]:
    """Plain words of a question → the scripts that have it, from the plain words of every script's questions."""
    found: dict[str, list[int]] = {}
    for script, own in enumerate(texts):
        for text in set(own):
            found.setdefault(text, []).append(script)
    return found


def save_ranker(ranker: Ranker, folder: Path) -> None:
    """Write it into the folder."""
    if not isinstance(ranker.index, FaissIndex):
        raise TypeError("only a FAISS index can be kept")
    ranker.index.save(folder / "questions.faiss")
    ranker.words.save(folder / "words.npz")
    np.save(folder / "positives.npy", ranker.positives.vectors)
    np.save(folder / "negatives.npy", ranker.negatives.vectors)
    np.savez(
        folder / "small.npz",
        mean=ranker.projection.mean,
        matrix=ranker.projection.matrix,
        centres=ranker.centres,
        positive_starts=ranker.positives.starts,
        negative_starts=ranker.negatives.starts,
    )
    (folder / "exact.json").write_text(json.dumps(ranker.exact, ensure_ascii=False), "utf-8")


def load_ranker(folder: Path) -> Ranker:
    """The ranker that `save_ranker` wrote. Question vectors stay on disk and are read as they are looked at."""
    with np.load(folder / "small.npz") as small:
        return Ranker(
            projection=Projection(small["mean"], small["matrix"]),
            index=FaissIndex.load(folder / "questions.faiss"),
            positives=Rows(np.asarray(np.load(folder / "positives.npy", mmap_mode="r")), small["positive_starts"]),
            negatives=Rows(np.asarray(np.load(folder / "negatives.npy", mmap_mode="r")), small["negative_starts"]),
            centres=small["centres"],
            words=Bm25.load(folder / "words.npz"),
            exact=json.loads((folder / "exact.json").read_text("utf-8")),
        )


def _vectors(questions: Sequence[Question]) -> Vectors:
    return np.stack([question.vector for question in questions])
