"""Before publishing: which questions the library would answer otherwise if some scripts said something else.

The library as it is published is asked every question whose answer is named (must_hit) or forbidden (negative), and so is the library as it
would be. The present calibrator judges both: what a change would teach is not learnt, because that takes long and moves all a little.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Final

from core.vectors import FaissIndex
from kb.content import content_hash
from kb.indexing import ReadScript, build_ranker
from kb.library import Library
from kb.read import Reader
from kb.store import Published
from kb.terms import Question, ScriptContent, ScriptMatch

# Texts → questions as a live message would ask them: with intents, models and so on. kb does not understand messages, its callers do.
Ask = Callable[[Sequence[str]], Sequence[Question]]

# What is indexed holds on any day.
_ANY_DAY: Final = date(2000, 1, 1)
# What a script's version is called before it has one.
_CANDIDATE: Final = 0
# So deep is looked for a question's own script; further down its confidence is as good as none.
_LOOKED_AT: Final = 5


@dataclass(frozen=True)
class Probe:
    """A question, the key of its script, and whether that script must answer it (or must not)."""

    text: str
    key: str
    must: bool


@dataclass(frozen=True)
class Standing:
    """Who comes first for a question and how sure that is; `own` is the confidence of the question's own script, 0 below the best five."""

    first: str | None = None
    title: str = ""
    confidence: float = 0.0
    own: float = 0.0


class Change(StrEnum):
    """What becomes of a question. Right: its script comes first, or a forbidden one does not. In the order of how much it matters."""

    LOST = "lost"  # right before, wrong after
    MISSED = "missed"  # a question of the changed script itself, wrong also after
    LESS_SURE = "less_sure"  # its script stays first, but would no longer be sent alone
    GAINED = "gained"  # wrong before, right after
    SURER = "surer"  # its script stays first, and would now be sent alone


@dataclass(frozen=True)
class Moved:
    """A question that would fare otherwise, before and after."""

    probe: Probe
    change: Change
    before: Standing
    after: Standing


@dataclass(frozen=True)
class Regression:
    """How many questions were asked, and those that would fare otherwise: in the order of Change, the surest first."""

    asked: int
    moved: tuple[Moved, ...]

    def of(self, change: Change) -> list[Moved]:
        """Those of one kind."""
        return [moved for moved in self.moved if moved.change == change]


class Rehearsal:
    """The published library with all its questions asked, so that a candidate costs only its own asking. One for each library.

    Making it asks every question once. `answer_at` is the confidence from which a script is sent alone. Any number of threads may compare.
    """

    def __init__(self, library: Library, reader: Reader, ask: Ask, *, answer_at: float) -> None:
        self.library, self._reader, self._ask, self._answer_at = library, reader, ask, answer_at
        contents = [script.content for script in library.published]
        self._read = _read_scripts(contents, reader)
        self._questions = self._asked(probes_of(contents))
        self._before = _standings(self._questions, library)

    def compare(self, changed: Sequence[ScriptContent], *, without: Collection[str] = ()) -> Regression:
        """What publishing `changed` (new scripts, or new wordings of old ones) and retiring `without` would do.

        A question that only the change brings is asked of the published library too; one that the change takes away is asked of neither.
        """
        own = {content.key for content in changed}
        new = [probe for probe in probes_of(changed) if probe not in self._questions]
        fresh = self._asked(new)
        asked = {probe: question for probe, question in self._questions.items() if probe.key not in own | set(without)}
        asked |= {probe: self._questions[probe] for probe in probes_of(changed) if probe in self._questions} | fresh
        before = self._before | _standings(fresh, self.library)
        after = _standings(asked, self.candidate(changed, without=without))
        kinds = {
            probe: change_of(probe, before[probe], after[probe], answer_at=self._answer_at, is_own=probe.key in own) for probe in asked
        }
        moved = [Moved(probe, kind, before[probe], after[probe]) for probe, kind in kinds.items() if kind]
        order = list(Change)
        return Regression(
            len(asked), tuple(sorted(moved, key=lambda one: (order.index(one.change), -one.after.confidence, one.probe.text)))
        )

    def candidate(self, changed: Sequence[ScriptContent], *, without: Collection[str] = ()) -> Library:
        """The library as it would be, with the present calibrator."""
        scripts = {script.content.key: script for script in self.library.published if script.content.key not in without}
        scripts |= {content.key: Published(_CANDIDATE, content_hash(content), content) for content in changed}
        published = [scripts[key] for key in sorted(scripts)]
        read = self._read | _read_scripts(changed, self._reader)
        ranker = build_ranker([read[script.content.key] for script in published], FaissIndex.build) if published else None
        return Library(published, ranker, self.library.calibrator)

    def _asked(self, probes: Sequence[Probe]) -> dict[Probe, Question]:
        return dict(zip(probes, self._ask([probe.text for probe in probes]), strict=True)) if probes else {}


def probes_of(contents: Sequence[ScriptContent]) -> list[Probe]:
    """Every question whose answer the contents name or forbid."""
    must = [Probe(text, content.key, True) for content in contents for text in content.must_hit]
    return must + [Probe(text, content.key, False) for content in contents for text in content.negative]


def change_of(probe: Probe, before: Standing, after: Standing, *, answer_at: float, is_own: bool) -> Change | None:
    """What became of a question; None when nothing worth telling did. `is_own`: it belongs to a changed script."""
    was_right, is_right = ((standing.first == probe.key) == probe.must for standing in (before, after))
    if was_right != is_right:
        return Change.GAINED if is_right else Change.LOST
    if not is_right:
        return Change.MISSED if is_own else None
    was_sure, is_sure = (standing.confidence >= answer_at for standing in (before, after))
    if not probe.must or was_sure == is_sure:
        return None
    return Change.SURER if is_sure else Change.LESS_SURE


def _standings(questions: Mapping[Probe, Question], library: Library) -> dict[Probe, Standing]:
    return {probe: _standing(probe, library.find(question, _LOOKED_AT)) for probe, question in questions.items()}


def _standing(probe: Probe, matches: Sequence[ScriptMatch]) -> Standing:
    if not matches:
        return Standing()
    own = next((match.confidence for match in matches if match.key == probe.key), 0.0)
    return Standing(matches[0].key, matches[0].title, matches[0].confidence, own)


def _read_scripts(contents: Sequence[ScriptContent], reader: Reader) -> dict[str, ReadScript]:
    """Every script's questions by its key; texts that were encoded before cost no encoding."""
    read = iter(reader.read([text for content in contents for text in (*content.questions, *content.negative)], _ANY_DAY))
    return {content.key: ReadScript(_take(read, len(content.questions)), _take(read, len(content.negative))) for content in contents}


def _take(questions: Iterator[Question], count: int) -> tuple[Question, ...]:
    return tuple(islice(questions, count))
