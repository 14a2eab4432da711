"""How well unanswered questions are grouped: `python -m run.evaluate.gaps`, on paraphrases of scripts that the library has not seen."""

from pathlib import Path

import numpy as np
import typer

from admin.gap_groups import added, grouped
from core.arrays import Vectors
from core.embedding import KeptVectors, make_embedder
from core.settings import load_settings
from intents.build import build_normaliser
from kb.projection import Projection
from run.pack import load_pack

TURNS = 1500
AT_A_TIME = 50
THRESHOLDS = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6)


def main(folder: Path = Path("data")) -> None:
    """Half of the pack's scripts teach the projection; the questions of the others arrive in a fixed random order, some at a time."""
    vectors, scripts = questions(folder)
    seen = scripts % 2 == 0
    owners = np.unique(scripts[seen], return_inverse=True)[1]
    projection = Projection.learn(vectors[seen], owners, int(owners.max()) + 1)
    order = np.random.default_rng(1).permutation(np.flatnonzero(~seen))[:TURNS]
    typer.echo("从此算同义  同组同题  同题同组  组数  只有一条")
    for same_from in THRESHOLDS:
        groups = mined(vectors[order], projection, same_from)
        purity, completeness = agreement(groups, scripts[order])
        sizes = np.bincount(groups)
        typer.echo(f"{same_from:>8.2f}  {purity:>8.3f}  {completeness:>8.3f}  {len(sizes):>4}  {(sizes == 1).sum():>8}")


def questions(folder: Path) -> tuple[Vectors, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Vectors of every question of the shipped pack, and the number of its script."""
    settings = load_settings()
    pack = load_pack(settings.pack_folder())
    plain = build_normaliser(pack.intents.lexicon)
    asked = [(number, text) for number, one in enumerate(pack.scripts.contents) for text in (*one.questions, *one.must_hit)]
    kept = KeptVectors(make_embedder(settings.encoder), folder / "vectors")
    return kept.encode([plain.normalise(text).text for _, text in asked]), np.array([number for number, _ in asked])


def mined(vectors: Vectors, projection: Projection, same_from: float) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The group of each turn, when they come `AT_A_TIME`."""
    groups = np.zeros(len(vectors), np.int64)
    centres, counts = np.zeros((0, vectors.shape[1]), np.float32), np.zeros(0, np.int64)
    for start in range(0, len(vectors), AT_A_TIME):
        some = vectors[start : start + AT_A_TIME]
        found = grouped(projection.apply(some), projection.apply(centres), same_from=same_from)
        for at, centre in found.joined:
            centres[centre] = added(centres[centre], int(counts[centre]), some[at : at + 1])
            counts[centre] += 1
            groups[start + at] = centre
        for group in found.made:
            groups[[start + at for at in group]] = len(centres)
            centres = np.vstack([centres, some[list(group)].mean(axis=0)])
            counts = np.append(counts, len(group))
    return groups


def agreement(groups: np.ndarray[tuple[int], np.dtype[np.int64]], truth: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[float, float]:
    """B-cubed precision and recall: of who shares a turn's group the share of its script, and of its script the share in its group."""
    together, same = groups[:, None] == groups[None], truth[:, None] == truth[None]
    both = (together & same).sum(axis=1)
    return float((both / together.sum(axis=1)).mean()), float((both / same.sum(axis=1)).mean())


if __name__ == "__main__":
    typer.run(main)
