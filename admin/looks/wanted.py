"""Pure: which part of a list is wanted: filters, order and page, as the address says them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

SIZES = (20, 50, 100)
_RESERVED = ("sort", "page", "size")


@dataclass(frozen=True)
class Wanted:
    """`page` counts from 1; `sort` is a column's name, empty for the list's own order."""

    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False
    page: int = 1
    size: int = SIZES[0]

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.page - 1) * self.size

    def get(self, name: str) -> str:
        """A filter's value; empty when it is not set."""
        return self.filters.get(name, "")

    def filtered(self, name: str, value: str) -> "Wanted":
        """The same list with this filter set or cleared, from its first page."""
        filters = {**self.filters, name: value}
        return replace(self, filters={key: kept for key, kept in filters.items() if kept}, page=1)

    def as_query(self) -> dict[str, str]:
        """For the address; what is as usual is left out."""
        sort = ("-" if self.descending else "") + self.sort
        page, size = str(self.page) if self.page > 1 else "", str(self.size) if self.size != SIZES[0] else ""
        said = {**self.filters, "sort": sort, "page": page, "size": size}
        return {name: value for name, value in said.items() if value}


def wanted_of(query: Mapping[str, str], *, filters: Collection[str], sortable: Collection[str]) -> Wanted:
    """From an address; what it says of unknown filters, columns or sizes is passed over."""
    sort = query.get("sort", "")
    name = sort.removeprefix("-")
    kept = {key: value for key in filters if (value := query.get(key, "").strip()) and key not in _RESERVED}
    page, size = _number(query.get("page", "")), _number(query.get("size", ""))
    sorted_by = name if name in sortable else ""
    return Wanted(kept, sorted_by, bool(sorted_by) and sort.startswith("-"), max(page, 1), size if size in SIZES else SIZES[0])


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
