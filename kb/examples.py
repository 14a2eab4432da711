"""Questions whose answer is known, ranked as the assistant would rank them: what the confidence is learnt from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np

from core.embedding import Progress
from core.vectors import FaissIndex
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
# So many of each kind, spread evenly over the library: with them the share of right answers above a threshold is known to within 0.02,
# and a library of 10,000 scripts has learnt as fast as one of 300.
AT_MOST: Final = 1000


@dataclass(frozen=True)
class Known:
    """What the examples are made from. `strays` are questions that no script answers, each with its intent."""

    contents: Sequence[ScriptContent]
    scripts: Sequence[ReadScript]
    must_hit: Sequence[Asked]
    strays: Sequence[tuple[str, Question]]
    enriched: Enriched


@dataclass(frozen=True)
class _Trial:
    """Questions to ask a ranker, which is made when it is needed, because one takes the memory of a library; and what an answer shows."""

    asked: Sequence[Asked]
    ranker: Callable[[], Ranker]
    shown: Callable[[int, Ranking], Example | None]


def examples(known: Known, ranker: Ranker, *, at_most: int = AT_MOST, progress: Progress | None = None) -> list[Example]:
    """Every example, in a fixed order; `progress` hears how many questions have been asked."""
    scoping = Scoping(known.contents)
    trials = [
        *_held_out(known, at_most),
        _must_hit(known, ranker, at_most),
        _negatives(known, ranker, at_most),
        _strays(known, ranker, at_most),
    ]
    questions = known.enriched([question for trial in trials for _, question in trial.asked])
    read = iter(enumerate(questions, start=1))
    found: list[Example | None] = []
    for trial in trials:
        ranked_by = trial.ranker() if trial.asked else ranker
        for script, _ in trial.asked:
            done, question = next(read)
            found.append(trial.shown(script, _rank(question, ranked_by, scoping)))
            if progress:
                progress(done, len(questions))
    return [example for example in found if example]


def _held_out(known: Known, at_most: int) -> Iterator[_Trial]:
    for part in range(PARTS):
        left_out = [(number, question) for number, script in enumerate(known.scripts) for question in _part(script, part, kept=False)]
        yield _Trial(_some(left_out, at_most // PARTS), partial(_ranker_without, known, part), _right_or_wrong)


def _ranker_without(known: Known, part: int) -> Ranker:
    return build_ranker([replace(script, questions=_part(script, part, kept=True)) for script in known.scripts], FaissIndex.build)


def _part(script: ReadScript, part: int, *, kept: bool) -> tuple[Question, ...]:
    return tuple(question for at, question in enumerate(script.questions) if (at == 0 or at % PARTS != part) == kept)


def _must_hit(known: Known, ranker: Ranker, at_most: int) -> _Trial:
    """Those that are indexed as well, as a correction leaves them, are certain to be found: they say nothing of the others."""
    held_out = [(number, question) for number, question in known.must_hit if question.text not in _indexed(known.scripts[number])]
    return _Trial(_some(held_out, at_most), lambda: ranker, _right_or_wrong)


def _indexed(script: ReadScript) -> set[str]:
    return {question.text for question in script.questions}


def _right_or_wrong(script: int, ranking: Ranking) -> Example | None:
    if not len(ranking.scripts):
        return None
    is_right, is_in_menu = script == ranking.scripts[0], script in ranking.scripts[:MENU]
    return Example(tuple(features(ranking)[0]), bool(is_right), bool(is_in_menu), group=script)


def _negatives(known: Known, ranker: Ranker, at_most: int) -> _Trial:
    """A question that a script must not answer. When another script comes first, nobody said whether that one is right: no example."""

    def shown(script: int, ranking: Ranking) -> Example | None:
        return _wrong(script, ranking) if script in ranking.scripts[:1] else None

    asked = [(number, question) for number, script in enumerate(known.scripts) for question in script.negatives]
    untold = replace(ranker, negatives=Rows(ranker.negatives.vectors[:0], np.zeros_like(ranker.negatives.starts)))
    return _Trial(_some(asked, at_most), lambda: untold, shown)


def _strays(known: Known, ranker: Ranker, at_most: int) -> _Trial:
    """A question that no script answers. A script about just such questions (small talk) may come first: no example either."""

    def shown(stray: int, ranking: Ranking) -> Example | None:
        is_answered = not len(ranking.scripts) or known.contents[ranking.scripts[0]].intent == known.strays[stray][0]
        return None if is_answered else _wrong(-1 - stray, ranking)

    asked = [(number, question) for number, (_, question) in enumerate(known.strays)]
    return _Trial(_some(asked, at_most), lambda: ranker, shown)


def _wrong(group: int, ranking: Ranking) -> Example:
    return Example(tuple(features(ranking)[0]), is_right=False, is_in_menu=False, group=group)


def _some(asked: Sequence[Asked], at_most: int) -> Sequence[Asked]:
    return asked[:: max(1, -(-len(asked) // at_most))]


def _rank(question: Question, ranker: Ranker, scoping: Scoping) -> Ranking:
    return ranker.rank(question, scoping.in_scope(question), scoping.intent(question), scoping.scope(question), MENU)
