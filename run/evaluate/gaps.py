"""How well unanswered questions are grouped: `python -m run.evaluate.gaps`, on scripts of which neither library nor head has seen anything.

Half of the pack's scripts teach both, the questions of the others arrive in a fixed random order, some at a time, as the miner gets them.
What is to be chosen was chosen on one half and is reported on the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import typer

from admin import gap_signs
from admin.gap_groups import Mask, Numbers, added, grouped
from admin.gap_signs import Signs, intent_signs, model_signs, points
from core.arrays import Vectors
from core.clock import utc_now
from core.embedding import KeptVectors, make_embedder
from core.settings import load_settings
from intents.build import Teaching, build_normaliser, build_tokeniser
from intents.clauses import ClauseReader
from intents.slots import SlotFinder
from intents.teaching import Example
from intents.terms import Intent
from kb.projection import Projection
from run.pack import Pack, load_pack

TURNS = 1500
AT_A_TIME = 50
THRESHOLDS = (0.6, 0.65, 0.7, gap_signs.SAME_FROM, 0.75, 0.8)


@dataclass(frozen=True)
class Questions:
    """Those of the pack's scripts, normalised, and the number of the script of each."""

    texts: Sequence[str]
    vectors: Vectors
    scripts: Numbers


def main(folder: Path = Path("data")) -> None:
    """`folder` is that of the product, for the vectors kept there."""
    settings = load_settings()
    pack, kept = load_pack(settings.pack_folder()), KeptVectors(make_embedder(settings.encoder), folder / "vectors")
    asked = questions(pack, kept)
    even = asked.scripts % 2 == 0
    for name, seen in (("选参数用的一半", ~even), ("报告的一半", even)):
        order = np.random.default_rng(1).permutation(np.flatnonzero(~seen))[:TURNS]
        projection, signs = taught(pack, kept, asked, seen)
        typer.echo(f"{name}\n从此算同义  同组同题  同题同组  组数  只有一条")
        for same_from in THRESHOLDS:
            groups = mined(asked.vectors[order], [signs[at] for at in order], projection, same_from)
            purity, completeness = agreement(groups, asked.scripts[order])
            sizes = np.bincount(groups)
            typer.echo(f"{same_from:>8.3f}  {purity:>8.3f}  {completeness:>8.3f}  {len(sizes):>4}  {(sizes == 1).sum():>8}")


def questions(pack: Pack, kept: KeptVectors) -> Questions:
    """All of them, must_hit too."""
    plain = build_normaliser(pack.intents.lexicon)
    asked = [(number, text) for number, one in enumerate(pack.scripts.contents) for text in (*one.questions, *one.must_hit)]
    texts = [plain.normalise(text).text for _, text in asked]
    return Questions(texts, kept.encode(texts), np.array([number for number, _ in asked]))


def taught(pack: Pack, kept: KeptVectors, asked: Questions, seen: Mask) -> tuple[Projection, list[Signs]]:
    """The projection that the scripts of the seen questions teach, and the signs of all questions by a head that knows only those scripts,
    and no utterance that is a question of the others."""
    owners = np.unique(asked.scripts[seen], return_inverse=True)[1]
    projection = Projection.learn(asked.vectors[seen], owners, int(owners.max()) + 1)
    known, plain = set(asked.scripts[seen].tolist()), build_normaliser(pack.intents.lexicon)
    unseen = {text for text, is_seen in zip(asked.texts, seen, strict=True) if not is_seen}
    own = [
        Example(text, (Intent(content.intent),))
        for number, content in enumerate(pack.scripts.contents)
        if number in known
        for text in content.questions
    ]
    head = Teaching(pack.intents, kept).head(
        [one for one in (*pack.intents.examples, *own) if plain.normalise(one.text).text not in unseen]
    )
    intents = intent_signs(head, ClauseReader(pack.intents.lexicon.question_words), asked.texts, asked.vectors)
    slots, tokeniser, now = SlotFinder(pack.intents.names), build_tokeniser(pack.intents), utc_now()
    models = [model_signs(slots, tokeniser, text, now=now) for text in asked.texts]
    return projection, [{**some, **others} for some, others in zip(intents, models, strict=True)]


def mined(vectors: Vectors, signs: Sequence[Signs], projection: Projection, same_from: float) -> Numbers:
    """The group of each turn, when they come `AT_A_TIME` and no operator touches anything."""
    groups: list[list[int]] = []
    centres, meant = np.zeros((0, vectors.shape[1]), np.float32), list[Signs]()
    for start in range(0, len(vectors), AT_A_TIME):
        some = vectors[start : start + AT_A_TIME]
        found = points(np.vstack([some, centres]), [*signs[start : start + AT_A_TIME], *meant], projection)
        counts, free = np.array([len(group) for group in groups], np.int64), np.ones(len(groups), bool)
        grouping = grouped(found[: len(some)], found[len(some) :], counts, free, same_from=same_from)
        for turn, number in grouping.joined:
            groups[number].append(start + turn)
        for gone, stays in grouping.merged:
            groups[stays] += groups[gone]
            groups[gone] = []
        groups = [group for group in groups if group] + [[start + turn for turn in group] for group in grouping.made]
        centres = np.stack([added(np.zeros_like(some[0]), 0, vectors[group]) for group in groups])
        meant = [gap_signs.mean(*((signs[turn], 1) for turn in group)) for group in groups]
    numbers = np.zeros(len(vectors), np.int64)
    for number, group in enumerate(groups):
        numbers[group] = number
    return numbers


def agreement(groups: Numbers, truth: Numbers) -> tuple[float, float]:
    """B-cubed precision and recall: of who shares a turn's group the share of its script, and of its script the share in its group."""
    together, same = groups[:, None] == groups[None], truth[:, None] == truth[None]
    both = (together & same).sum(axis=1)
    return float((both / together.sum(axis=1)).mean()), float((both / same.sum(axis=1)).mean())


if __name__ == "__main__":
    typer.run(main)
