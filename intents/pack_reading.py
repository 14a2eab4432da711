"""Reads YAML that may be wrong: each question answers with what is right and notes the rest as faults with file and line."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from core.errors import PackFaulty
from core.text import Normaliser
from core.yaml_source import Fault, Source

Place = tuple[str | int, ...]


class Part:
    """One value in a file and where it stands."""

    def __init__(self, source: Source, value: Any, place: Place, faults: list[Fault]) -> None:
        self._source, self._place, self._faults = source, place, faults
        self.value = value

    def fault(self, reason: str) -> None:
        """Note that this value is wrong."""
        self._faults.append(self._source.fault(reason, *self._place))

    def items(self, known: Collection[str] | None = None) -> dict[str, "Part"]:
        """The parts of a mapping; with `known`, other keys are faults and left out."""
        if not isinstance(self.value, dict):
            self.fault("a mapping is expected here")
            return {}
        parts = {str(key): self._part(key, value) for key, value in self.value.items()}
        for key in parts.keys() - (parts.keys() if known is None else set(known)):
            parts.pop(key).fault(f"unknown key «{key}»")
        return parts

    def each(self) -> list["Part"]:
        """The parts of a list."""
        if not isinstance(self.value, list):
            self.fault("a list is expected here")
            return []
        return [self._part(at, value) for at, value in enumerate(self.value)]

    def text(self) -> str:
        """A text, stripped; empty when it is none."""
        if isinstance(self.value, str) and self.value.strip():
            return self.value.strip()
        self.fault(f"a text is expected here, not «{self.value}»; quote it if it is one")
        return ""

    def texts(self) -> list[str]:
        """The texts of a list."""
        return [text for part in self.each() if (text := part.text())]

    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """The regular expressions of a list."""
        compiled = (part.pattern() for part in self.each())
        return tuple(pattern for pattern in compiled if pattern)

    def pattern(self) -> re.Pattern[str] | None:
        """A regular expression that finds at least one character."""
        try:
            pattern = re.compile(self.text())
        except re.error as error:
            self.fault(f"not a regular expression: {error}")
            return None
        if pattern.match(""):
            self.fault("this pattern is found everywhere, also in nothing")
            return None
        return pattern

    def _part(self, key: Any, value: Any) -> "Part":
        return Part(self._source, value, (*self._place, key), self._faults)


def open_part(path: Path, folder: Path, faults: list[Fault]) -> Part | None:
    """The whole of a file; None, and a fault, when it cannot be read."""
    name = path.relative_to(folder).as_posix()
    try:
        source = Source(path, name)
    except PackFaulty as error:
        where, _, reason = str(error).removeprefix(f"{name}:").partition(": ")
        faults.append(Fault(name, int(where), reason))
        return None
    faults += source.repeated
    return Part(source, source.value, (), faults)


_NORMALISER = Normaliser()


def plain(text: str) -> str:
    """The form in which the pack's words are compared with normalised messages."""
    return _NORMALISER.normalise(text).text


def plain_each(texts: Collection[str]) -> Iterator[str]:
    """Each of them, plain; empty ones dropped."""
    return (word for text in texts if (word := plain(text)))
