"""An immutable snapshot of what is published, ready to be searched."""

from collections.abc import Mapping, Sequence
from datetime import date

from kb.confidence import SURE, UNTAUGHT, Calibrator
from kb.ranking import Ranker
from kb.scoping import Scoping
from kb.store import Published
from kb.terms import Question, ScriptContent, ScriptMatch


class Library:
    """Published scripts with everything that a search needs. Any number of threads may search it at once."""

    def __init__(self, published: Sequence[Published], ranker: Ranker | None = None, calibrator: Calibrator = UNTAUGHT) -> None:
        self.published = published
        self._scoping = Scoping([script.content for script in published])
        self._by_key = {script.content.key: script for script in published}
        self._key_by_standard = {script.content.standard: script.content.key for script in published}
        self.ranker, self.calibrator = ranker, calibrator

    def __len__(self) -> int:
        return len(self.published)

    def content(self, key: str) -> ScriptContent | None:
        """What the published version says; None when nothing of that key is published."""
        script = self._by_key.get(key)
        return script.content if script else None

    def key_of(self, standard: str) -> str | None:
        """The key of the script with this standard question."""
        return self._key_by_standard.get(standard)

    def match_of(self, key: str, *, today: date) -> ScriptMatch | None:
        """A script that was chosen, not searched; None when it is not published or not valid today."""
        script = self._by_key.get(key)
        if script is None or not script.content.is_valid_on(today):
            return None
        return _match(script, score=1.0, confidence=SURE, parts={"exact": 1.0})

    def find(self, question: Question, top: int, *, intent: str | None = None) -> list[ScriptMatch]:
        """The best `top` of the scripts that may answer, or all of them if they are fewer; best first. `intent` narrows to one intent."""
        allowed = self._scoping.allowed(question)
        if intent is not None:
            allowed &= self._scoping.of_intent(intent)
        if self.ranker is None or not allowed.any():
            return []
        # Two at least are ranked, because how sure we may be depends on the lead over the second.
        ranking = self.ranker.rank(question, allowed, self._scoping.intent(question), self._scoping.scope(question), max(top, 2))
        confidences = self.calibrator.confidences(ranking)
        rows = enumerate(zip(ranking.scripts, ranking.scores, confidences, strict=True))
        return [
            _match(self.published[script], float(score), float(confidence), {name: float(part[at]) for name, part in ranking.parts.items()})
            for at, (script, score, confidence) in rows
        ][:top]


def _match(script: Published, score: float, confidence: float, parts: Mapping[str, float]) -> ScriptMatch:
    content = script.content
    return ScriptMatch(content.key, script.version, content.title, content.standard, content.intent, score, confidence, parts)
