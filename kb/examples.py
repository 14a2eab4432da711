"""Questions whose answer is known, ranked as the assistant would rank them: what the confidence is learnt from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.vectors import ExactIndex
from kb.confidence import MENU, features
from kb.indexing import ReadScript, build_ranker
from kb.learning import Example
from kb.ranking import Ranker, Ranking, Rows
from kb.scoping import Scoping
from kb.terms import Question, ScriptContent

Enriched = Callable[[Sequence[Question]], Sequence[Question]]
Asked = tuple[int, Question]  # the number of a script, and a question that belongs to it

# Similar questions are held out a third at a time: every script keeps its standard question and most of the others.
PARTS: Final = 3
# So many of each kind, spread evenly over the library, teach as much as all of them, and ranking them takes seconds.
AT_MOST: Final = 1000


@dataclass(frozen=True)
class Known:
    """What the examples are made from. `strays` are questions that no script answers, each with its intent."""

    contents: Sequence[ScriptContent]
    scripts: Sequence[ReadScript]
    must_hit: Sequence[Asked]
    strays: Sequence[tuple[str, Question]]
    enriched: Enriched


def examples(known: Known, ranker: Ranker, *, at_most: int = AT_MOST) -> list[Example]:
    """Every example, in a fixed order."""
    scoping = Scoping(known.contents)
    return [
        *_held_out(known, scoping, at_most),
        *_positives(_some(known.must_hit, at_most), ranker, scoping, known.enriched),
        *_negatives(known, ranker, scoping, at_most),
        *_strays(known, ranker, scoping),
    ]


def _held_out(known: Known, scoping: Scoping, at_most: int) -> Iterator[Example]:
    for part in range(PARTS):
        kept = [replace(script, questions=_part(script, part, kept=True)) for script in known.scripts]
        left_out = [(number, question) for number, script in enumerate(known.scripts) for question in _part(script, part, kept=False)]
        if left_out:
            yield from _positives(_some(left_out, at_most // PARTS), build_ranker(kept, ExactIndex), scoping, known.enriched)


def _some(asked: Sequence[Asked], at_most: int) -> Sequence[Asked]:
    return asked[:: max(1, -(-len(asked) // at_most))]


def _part(script: ReadScript, part: int, *, kept: bool) -> tuple[Question, ...]:
    return tuple(question for at, question in enumerate(script.questions) if (at == 0 or at % PARTS != part) == kept)


def _positives(asked: Sequence[Asked], ranker: Ranker, scoping: Scoping, enriched: Enriched) -> Iterator[Example]:
    questions = enriched([question for _, question in asked])
    for (script, _), question in zip(asked, questions, strict=True):
        ranking = _rank(question, ranker, scoping)
        if len(ranking.scripts):
            is_right, is_in_menu = script == ranking.scripts[0], script in ranking.scripts[:MENU]
            yield Example(tuple(features(ranking)[0]), bool(is_right), bool(is_in_menu), group=script)


def _negatives(known: Known, ranker: Ranker, scoping: Scoping, at_most: int) -> Iterator[Example]:
    """A question that a script must not answer. When another script comes first, nobody said whether that one is right: no example."""
    asked = _some([(number, question) for number, script in enumerate(known.scripts) for question in script.negatives], at_most)
    untold = replace(ranker, negatives=Rows(ranker.negatives.vectors[:0], np.zeros_like(ranker.negatives.starts)))
    questions = known.enriched([question for _, question in asked])
    for (script, _), question in zip(asked, questions, strict=True):
        ranking = _rank(question, untold, scoping)
        if script in ranking.scripts[:1]:
            yield Example(tuple(features(ranking)[0]), is_right=False, is_in_menu=False, group=script)


def _strays(known: Known, ranker: Ranker, scoping: Scoping) -> Iterator[Example]:
    """A question that no script answers. A script about just such questions (small talk) may come first: no example either."""
    questions = known.enriched([question for _, question in known.strays])
    for number, ((intent, _), question) in enumerate(zip(known.strays, questions, strict=True)):
        ranking = _rank(question, ranker, scoping)
        if len(ranking.scripts) and known.contents[ranking.scripts[0]].intent != intent:
            yield Example(tuple(features(ranking)[0]), is_right=False, is_in_menu=False, group=-1 - number)


def _rank(question: Question, ranker: Ranker, scoping: Scoping) -> Ranking:
    return ranker.rank(question, scoping.in_scope(question), scoping.intent(question), scoping.scope(question), MENU)
