"""Before publishing: near-duplicates, questions that would be answered otherwise, and numbers without validity."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.ask import question_of
from core.clock import Clock
from intents.understand import Understander
from kb.claims import Claim, claims_without_validity
from kb.duplicates import Duplicate, near_duplicates
from kb.library import Library
from kb.read import Reader
from kb.regression import Change, Regression, Rehearsal
from kb.search import ScriptSearch
from kb.terms import Question, ScriptContent

# Hears what is being done, and how much of it is done, 0 to 1.
Tell = Callable[[str, float], None]
_AT_ONCE: Final = 32


@dataclass(frozen=True)
class Checked:
    """What publishing would do to `library`; duplicates and claims by the script's key, only where there are any."""

    library: Library
    regression: Regression
    duplicates: Mapping[str, Sequence[Duplicate]]
    claims: Mapping[str, Sequence[Claim]]

    @property
    def costs(self) -> bool:
        """Whether a question that is answered rightly now would not be any more."""
        return bool(self.regression.of(Change.LOST))


class Rehearsals:
    """Keeps the questions of the published library asked, because that takes long; one check goes on at a time."""

    def __init__(
        self, scripts: ScriptSearch, reader: Reader, understander: Understander, answer_at: Callable[[], float], clock: Clock
    ) -> None:
        self._scripts, self._reader, self._understander = scripts, reader, understander
        self._answer_at, self._clock = answer_at, clock
        self._turn = threading.Lock()
        self._kept: tuple[float, Rehearsal] | None = None

    def check(self, changed: Sequence[ScriptContent], *, without: Collection[str] = (), tell: Tell) -> Checked:
        """What publishing `changed` and retiring `without` would do. Seconds for a new library, well under one for the next check."""
        with self._turn:
            library, answer_at = self._scripts.library, self._answer_at()
            kept = self._kept
            if kept is None or kept[1].library is not library or kept[0] != answer_at:
                asking = _Asking(self._understander, self._clock, tell)
                kept = self._kept = (answer_at, Rehearsal(library, self._reader, asking.ask, answer_at=answer_at))
            tell("比较发布前后", 0.9)
            regression = kept[1].compare(changed, without=without)
            duplicates = {content.key: near_duplicates(library, self._reader, content) for content in changed}
        claims = {content.key: claims_without_validity(content) for content in changed}
        return Checked(library, regression, {k: d for k, d in duplicates.items() if d}, {k: c for k, c in claims.items() if c})


class _Asking:
    """Understands texts as live messages are understood, a few at a time so that it can be told how far it is."""

    def __init__(self, understander: Understander, clock: Clock, tell: Tell) -> None:
        self._understander, self._clock, self._tell = understander, clock, tell

    def ask(self, texts: Sequence[str]) -> list[Question]:
        found: list[Question] = []
        for at in range(0, len(texts), _AT_ONCE):
            self._tell(f"试问全库考题 {at}/{len(texts)}", 0.9 * at / len(texts))
            now = self._clock()
            understood = self._understander.understand_many(texts[at : at + _AT_ONCE], now=now)
            found += [question_of(one, {}, now=now) for one in understood]
        return found
