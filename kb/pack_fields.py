"""One mapping of a pack file, read field by field; every fault is noted with its file and line, and reading goes on."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from core.yaml_source import Fault, Source

Place = tuple[str | int, ...]


class Fields:
    """The mapping at `place` of a file. A field that is wrong is noted in `faults` and read as empty."""

    def __init__(self, source: Source, place: Place, value: Any, known: Collection[str], faults: list[Fault]) -> None:
        self._source, self._place, self._faults = source, place, faults
        self._value: dict[Any, Any] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            self.fault(f"expected a mapping with {', '.join(known)}")
        for name in self._value:
            if name not in known:
                self.fault(f"unknown key «{name}»; known: {', '.join(known)}", name)

    def fault(self, reason: str, *place: str | int) -> None:
        """Note that something below this mapping is wrong."""
        self._faults.append(self._source.fault(reason, *self._place, *place))

    def text(self, name: str, *, required: bool = False) -> str:
        """A text, stripped; empty when it is missing."""
        value = self._value.get(name, "")
        if not isinstance(value, str):
            self.fault(f"«{name}» must be a text", name)
            return ""
        if required and not value.strip():
            self.fault(f"«{name}» is missing", name)
        return value.strip()

    def texts(self, name: str, *, at_least: int = 0) -> tuple[str, ...]:
        """A list of texts."""
        values = self.items(name)
        texts = tuple(value.strip() for value in values if isinstance(value, str) and value.strip())
        if len(texts) < len(values):
            self.fault(f"«{name}» must hold texts only", name)
        if len(texts) < at_least:
            self.fault(f"«{name}» has {len(texts)}, needs at least {at_least}", name)
        return texts

    def day(self, name: str) -> date | None:
        """A date such as 2026-12-31."""
        value = self._value.get(name)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        self.fault(f"«{name}» must be a date such as 2026-12-31", name)
        return None

    def items(self, name: str) -> list[Any]:
        """A list of anything; empty when it is missing."""
        value = self._value.get(name, [])
        if isinstance(value, list):
            return value
        self.fault(f"«{name}» must be a list", name)
        return []

    def below(self, name: str, known: Collection[str]) -> "Fields":
        """The mapping under `name`; an empty one when it is missing."""
        return Fields(self._source, (*self._place, name), self._value.get(name, {}), known, self._faults)

    def each(self, name: str, known: Collection[str]) -> list["Fields"]:
        """The mappings of the list under `name`."""
        return [Fields(self._source, (*self._place, name, at), value, known, self._faults) for at, value in enumerate(self.items(name))]
