"""Failures on demand: which of the next calls is refused, or never answered."""

from collections import defaultdict, deque

from bot.sandbox.terms import Timeout

Failure = int | Timeout
EVERY = "*"


class Failures:
    """A queue of failures per path; `*` stands for any path and is asked last."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, deque[Failure]] = defaultdict(deque)

    def add(self, path: str, failure: Failure, times: int) -> None:
        """The next `times` calls of this path (with or without /cgi-bin/) fail so."""
        self._waiting[_short(path)].extend([failure] * times)

    def next(self, path: str) -> Failure | None:
        """The failure that this call must suffer; it is used up by asking."""
        for key in (_short(path), EVERY):
            if self._waiting[key]:
                return self._waiting[key].popleft()
        return None

    def clear(self) -> None:
        """Nothing fails any more."""
        self._waiting.clear()

    def waiting(self) -> list[tuple[str, str, int]]:
        """(path, failure, how many times more), for the page."""
        lines: list[tuple[str, str, int]] = []
        for path, queue in self._waiting.items():
            for failure in dict.fromkeys(queue):
                lines.append((path, str(failure), queue.count(failure)))
        return lines


def _short(path: str) -> str:
    return path.removeprefix("/").removeprefix("cgi-bin/")
