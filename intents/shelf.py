"""The intent heads that were made, each with the examples that made it; which one is in use; and the way back to an older one."""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from core.errors import Refused
from intents.head import IntentHead
from intents.teaching import Example
from intents.terms import Intent

_BOOK = "intents.json"
# As many heads as are kept to go back to, the one in use among them; and as many of the heads for focus points.
KEPT = 5
FOCUS_KEPT = 3


@dataclass(frozen=True)
class HeadVersion:
    """A head: `key` is the fingerprint of whatever made it, `reads` that of all but the examples. `before` and `after` are the shares of
    held-out examples that the head in use then and this one had right; None where there was nothing to compare with."""

    key: str
    reads: str
    made_at: str  # ISO 8601
    examples: int
    before: float | None = None
    after: float | None = None
    forced: bool = False


@dataclass(frozen=True)
class Book:
    """`current` is in use; `decided` is the key of the pack's own examples when that was decided, so that an edited pack is noticed."""

    current: str = ""
    decided: str = ""
    versions: tuple[HeadVersion, ...] = ()

    def version(self, key: str) -> HeadVersion | None:
        """The version of this key."""
        return next((one for one in self.versions if one.key == key), None)


class HeadShelf:
    """Heads in a folder. Every file is moved into place whole, the book last; two processes may look at once, one at a time may write."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def book(self) -> Book:
        """What the shelf says now; empty when there is none."""
        path = self._folder / _BOOK
        if not path.exists():
            return Book()
        data = json.loads(path.read_text("utf-8"))
        return Book(data["current"], data["decided"], tuple(HeadVersion(**one) for one in data["versions"]))

    def head(self, key: str) -> IntentHead | None:
        """The head of this version; None when its files are gone."""
        return IntentHead.load(self._folder / f"intents-{key}")

    def examples(self, key: str) -> tuple[Example, ...]:
        """The examples that made this version; none when its file is gone."""
        path = self._folder / f"intents-{key}.examples.jsonl"
        if not path.exists():
            return ()
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return tuple(Example(row["text"], tuple(Intent(name) for name in row["intents"])) for row in rows)

    def keep(self, version: HeadVersion, head: IntentHead, examples: Sequence[Example], *, pack_key: str) -> None:
        """Put a head on the shelf and in use, decided for the pack's own examples of this key; the oldest beyond `KEPT` go."""
        head.save(self._folder / f"intents-{version.key}")
        lines = [json.dumps({"text": one.text, "intents": list(one.intents)}, ensure_ascii=False) for one in examples]
        self._write(f"intents-{version.key}.examples.jsonl", "\n".join(lines))
        book = self.book()
        others = [one for one in book.versions if one.key != version.key]
        self._write_book(Book(version.key, pack_key, (*others, version)[-KEPT:]))
        self._forget_others()

    def decide(self, pack_key: str) -> None:
        """The head in use stays, although the pack's examples are these by now."""
        self._write_book(replace(self.book(), decided=pack_key))

    def roll_back(self, to: str = "") -> HeadVersion:
        """Use an older head, by default the one made before the one in use. Refused when there is none, or it reads texts differently."""
        book = self.book()
        current = book.version(book.current)
        fitting = [one for one in book.versions if current and one.reads == current.reads and self.head(one.key)]
        older = fitting[: fitting.index(current)] if current in fitting else []
        chosen = next((one for one in fitting if to and one.key.startswith(to)), None) if to else (older[-1] if older else None)
        if chosen is None:
            raise Refused(f"there is no version «{to}» to go back to" if to else "there is no older version to go back to")
        self._write_book(replace(book, current=chosen.key))
        return chosen

    def _write_book(self, book: Book) -> None:
        self._write(_BOOK, json.dumps({**asdict(book), "versions": [asdict(one) for one in book.versions]}, ensure_ascii=False, indent=1))

    def _write(self, name: str, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        beside = self._folder / f"{name}.{os.getpid()}"
        beside.write_text(text, "utf-8")
        beside.replace(self._folder / name)

    def _forget_others(self) -> None:
        known = {one.key for one in self.book().versions}
        for path in self._folder.glob("intents-*"):
            if path.name.removeprefix("intents-").partition(".")[0] not in known:
                path.unlink(missing_ok=True)

    def forget_old_focus(self) -> None:
        """The heads for focus points that were used longest ago go."""
        for folder in sorted(self._folder.glob("focus-*"), key=lambda path: path.stat().st_mtime)[:-FOCUS_KEPT]:
            shutil.rmtree(folder, ignore_errors=True)


class CurrentHead:
    """The head in use; can be exchanged while others ask it."""

    def __init__(self, shelf: HeadShelf, key: str, reads: str, head: IntentHead) -> None:
        self.shelf = shelf
        self._reads = reads
        self._key_and_head = key, head

    @property
    def key(self) -> str:
        """Which version it is."""
        return self._key_and_head[0]

    @property
    def head(self) -> IntentHead:
        """The head itself: what one message began with, it ends with."""
        return self._key_and_head[1]

    def refresh(self) -> bool:
        """Look whether the shelf says another by now, and take it over; True when it did."""
        book = self.shelf.book()
        version = book.version(book.current)
        # A head that reads texts by other words or another encoder belongs to another service.
        other = version if version and version.key != self.key and version.reads == self._reads else None
        head = self.shelf.head(other.key) if other else None
        if other and head:
            self._key_and_head = other.key, head
        return head is not None


def made(key: str, reads: str, examples: Sequence[Example], now: datetime) -> HeadVersion:
    """A version made just now, compared with nothing."""
    return HeadVersion(key, reads, now.isoformat(timespec="seconds"), len(examples))
