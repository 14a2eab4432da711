"""Edited examples → a new intent head, if it is no worse on examples that neither the old nor the new one was taught."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zlib import crc32

from core.arrays import Vectors
from core.embedding import KeptVectors, Progress
from intents.build import Teaching
from intents.head import INTENTS, IntentHead
from intents.shelf import HeadShelf, HeadVersion, made
from intents.teaching import Example, IntentPack
from intents.terms import Intent

# One example in five is held out, always the same ones, so that two trainings can be compared.
_HELD_OUT_OF = 5
# A fall of less than a point of the held-out examples is chance.
TOLERATED = 0.01


@dataclass(frozen=True)
class Row:
    """Of `count` held-out examples the shares that the head in use and the new one have right: the likeliest intent is one of theirs."""

    count: int
    before: float
    after: float


@dataclass(frozen=True)
class Retrained:
    """What came of it. `refused` says why the head in use stays; else it is `version` from now on. `rows` compares them on all held-out
    examples, on those that were the same before, and on those that are new or labelled anew."""

    version: HeadVersion | None
    refused: str
    rows: dict[str, Row]
    worse: tuple[tuple[Intent, Row], ...]  # the intents that lost most, worst first


def retrain(
    pack: IntentPack,
    vectors: KeptVectors,
    shelf: HeadShelf,
    *,
    taught: Sequence[Example] = (),
    force: bool = False,
    progress: Progress | None = None,
    now: datetime,
) -> Retrained:
    """Teach the pack's examples (edited or not) with those that operators `taught`, and put the head in use, unless it is worse. The
    service goes on meanwhile; it takes the new head over at its next `CurrentHead.refresh`."""
    teaching = Teaching(pack, vectors, progress)
    own, examples = teaching.key(pack.examples), teaching.with_taught(pack.examples, taught)
    current = shelf.book().version(shelf.book().current)
    old = shelf.examples(current.key) if current else ()
    rows, worse = _compared(teaching, old, examples) if old else ({}, ())
    refused = _refused(rows, old, examples)
    if refused and not force:
        shelf.decide(own)
        return Retrained(None, refused, rows, worse)
    whole = rows.get("all")
    version = replace(
        made(teaching.key(examples), teaching.reads, examples, now),
        before=whole.before if whole else None,
        after=whole.after if whole else None,
        forced=bool(refused),
    )
    shelf.keep(version, teaching.head(examples), examples, pack_key=own)
    return Retrained(version, "", rows, worse)


def held_out(text: str) -> bool:
    """Whether a comparison holds this example out: a matter of its words alone."""
    return crc32(text.encode()) % _HELD_OUT_OF == 0


def _compared(teaching: Teaching, old: Sequence[Example], new: Sequence[Example]) -> tuple[dict[str, Row], tuple[tuple[Intent, Row], ...]]:
    held = [example for example in new if held_out(example.text)]
    if not held:
        return {}, ()
    texts = {example.text for example in held}
    before, after = (_right(teaching, [one for one in some if one.text not in texts], held) for some in (old, new))
    same = {(example.text, example.intents) for example in old}
    parts = {
        "all": range(len(held)),
        "same": [at for at, one in enumerate(held) if (one.text, one.intents) in same],
        "edited": [at for at, one in enumerate(held) if (one.text, one.intents) not in same],
    }
    rows = {name: _row(before, after, some) for name, some in parts.items() if some}
    by_intent = {intent: _row(before, after, [at for at, one in enumerate(held) if one.intents[0] == intent]) for intent in INTENTS}
    lost = sorted(((i, r) for i, r in by_intent.items() if r.after < r.before), key=lambda pair: pair[1].after - pair[1].before)
    return rows, tuple(lost[:5])


def _right(teaching: Teaching, taught: Sequence[Example], held: Sequence[Example]) -> list[bool]:
    """Which held-out examples a head of these examples has right."""
    head: IntentHead = teaching.head(taught)
    best: Vectors = head.scores(*teaching.read(held)).argmax(axis=1)
    return [INTENTS[int(column)] in example.intents for column, example in zip(best, held, strict=True)]


def _row(before: Sequence[bool], after: Sequence[bool], some: Sequence[int]) -> Row:
    count = len(some)
    share = (sum(right[at] for at in some) / count if count else 0.0 for right in (before, after))
    return Row(count, *share)


def _refused(rows: dict[str, Row], old: Sequence[Example], new: Sequence[Example]) -> str:
    gone = sorted({i for one in old for i in one.intents} - {i for one in new for i in one.intents})
    if gone:
        return f"这些意图没有例句了：{'、'.join(gone)}"
    names = {"all": "留出的例句", "same": "没有改过的例句"}
    worse = [
        f"{names[name]}由 {row.before:.1%} 降到 {row.after:.1%}（{row.count} 条）"
        for name, row in rows.items()
        if name in names and _fell(row)
    ]
    if not new or min(Counter(one.intents[0] for one in new).values()) < 2:
        worse.append("有的意图只有一条例句")
    return "；".join(worse)


def _fell(row: Row) -> bool:
    return row.after < row.before - TOLERATED
