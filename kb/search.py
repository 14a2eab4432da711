"""The front door: a question in, the scripts that may answer it out, best first."""

import threading
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from core.db import Database
from core.embedding import Progress
from kb import store
from kb.confidence import Thresholds
from kb.keep import folder_for, forget_others, open_library
from kb.library import Library
from kb.read import Reader
from kb.terms import Question, ScriptContent, ScriptMatch


class ScriptSearch:
    """Holds the current library and exchanges it when what is published has changed. One instance serves all threads.

    `strays` are questions that no script answers, each with its intent: they teach the confidence what to be unsure of.
    Finds nothing until the first `refresh`.
    """

    def __init__(self, root: Path, reader: Reader, *, strays: Mapping[str, str] | None = None) -> None:
        self._root, self._reader, self._strays = root, reader, strays or {}
        self._library = Library([])
        self._revision: int | None = None
        self._turn = threading.Lock()

    def find(self, question: Question, top: int = 5, *, intent: str | None = None) -> list[ScriptMatch]:
        """The best `top` scripts of those that are in scope and valid on the question's day; all of them if they are fewer.

        With `intent` only scripts of that intent.
        """
        return self._library.find(question, top, intent=intent)

    def match_of(self, key: str, *, today: date) -> ScriptMatch | None:
        """The script that a customer chose by himself: sure. None when it is not published or not valid on this day."""
        return self._library.match_of(key, today=today)

    def key_of(self, standard: str) -> str | None:
        """The script with this standard question; None when no published one has it."""
        return self._library.key_of(standard)

    def content(self, key: str) -> ScriptContent | None:
        """What the published version of a script says; None when it is not published (any more)."""
        return self._library.content(key)

    @property
    def library(self) -> Library:
        """What is searched at this moment; it never changes, another takes its place."""
        return self._library

    @property
    def thresholds(self) -> Thresholds:
        """From which confidence on to answer, and from which to offer a menu, as measured on this library."""
        return self._library.calibrator.thresholds

    def __len__(self) -> int:
        return len(self._library)

    def refresh(self, database: Database, *, progress: Progress | None = None, learning: Progress | None = None) -> bool:
        """Look whether what is published has changed, and take it over; True when it was. Searches go on meanwhile.

        Returns at once when another thread is at it. `progress` and `learning`: see kb/build.py.
        """
        if not self._turn.acquire(blocking=False):
            return False
        try:
            return self._take_over(database, progress, learning)
        finally:
            self._turn.release()

    def _take_over(self, database: Database, progress: Progress | None, learning: Progress | None) -> bool:
        with database.reading() as session:
            revision = store.revision(session)
            if revision == self._revision:
                return False
            published = store.published(session)
        self._library = open_library(published, self._reader, self._strays, self._root, progress=progress, learning=learning)
        self._revision = revision
        if published:
            forget_others(folder_for(published, self._reader, self._strays, self._root))
        return True
