"""A list as every page shows it: the database filters, orders and pages; what is shown stands in the address."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nicegui import events, ui
from sqlalchemy.orm import Session

from admin.desk import Desk
from admin.looks.wanted import SIZES, Wanted, wanted_of

Row = dict[str, Any]
Load = Callable[[Session, Wanted], tuple[Sequence[Row], int]]  # the rows of the wanted page, and how many there are in all


@dataclass(frozen=True)
class Column:
    """`cell` is a Vue template for the cell («props.row.…»), plain text without one. A `short` one is never broken into lines."""

    name: str
    label: str
    sortable: bool = False
    align: str = "left"
    cell: str = ""
    on_phone: bool = True
    short: bool = False


@dataclass(frozen=True)
class Filter:
    """Something to narrow a list by: free text, or one of `options` (value → label)."""

    name: str
    label: str
    options: Mapping[str, str] | None = None


class Listing:
    """Rows need an «id»; `to` names the row's address, which a click opens."""

    def __init__(
        self,
        desk: Desk,
        columns: Sequence[Column],
        load: Load,
        *,
        filters: Sequence[Filter] = (),
        empty: str,
        to: Callable[[Row], str] | None = None,
        on_click: Callable[[Row], Awaitable[None]] | None = None,
        on_select: Callable[[Sequence[Row]], Awaitable[None]] | None = None,
    ) -> None:
        self._desk, self._columns, self._load, self._filters = desk, columns, load, filters
        self._empty, self._to, self._on_click, self._on_select = empty, to, on_click, on_select
        sortable = [column.name for column in columns if column.sortable]
        self.wanted = wanted_of(desk.query, filters=[one.name for one in filters], sortable=sortable)
        self._table: ui.table
        self._fields: dict[str, ui.input | ui.select] = {}

    async def show(self) -> None:
        """Build filters and table, and load the first rows."""
        if self._filters:
            with ui.row().classes("filters"):
                for one in self._filters:
                    self._filter(one)
        self._table = ui.table(rows=[], columns=[self._column(one) for one in self._columns], row_key="id", pagination=self._pagination(0))
        self._table.classes("listing").props(
            'flat dense :grid="window.innerWidth < 600" binary-state-sort :rows-per-page-options="[20,50,100]"'
        )
        self._table.props(f'no-data-label="{self._empty}"')
        for column in self._columns:
            if column.cell:
                self._table.add_slot(f"body-cell-{column.name}", f'<q-td :props="props">{column.cell}</q-td>')
        self._table.add_slot("item", _card(self._columns, selectable=self._on_select is not None))
        self._table.on("request", self._asked)
        if self._to or self._on_click:
            self._table.classes("clickable").on("rowClick", self._clicked, [[], ["id"], None])
        if self._on_select:
            self._table.set_selection("multiple").on_select(self._selected)
        await self.reload()

    async def reload(self) -> None:
        """Look again; what is shown stays as it is filtered and ordered."""
        await self._look(by_itself=False)

    async def reload_by_itself(self) -> None:
        """The same where nobody asked for it; see Desk.look."""
        await self._look(by_itself=True)

    async def _look(self, *, by_itself: bool) -> None:
        rows, total = await self._desk.look(lambda session: self._load(session, self.wanted), by_itself=by_itself)
        if not rows and total and self.wanted.page > 1:
            # The last page has gone away, for example because its rows were settled.
            self.wanted = replace(self.wanted, page=-(-total // self.wanted.size))
            rows, total = await self._desk.look(lambda session: self._load(session, self.wanted), by_itself=by_itself)
        self._table.rows = [self._row(row) for row in rows]
        self._table.selected = []
        self._table.pagination = self._pagination(total)
        self._table.update()
        self._desk.keep_address({**self._others(), **self.wanted.as_query()})

    async def narrow(self, name: str, value: str) -> None:
        """Set a filter from elsewhere on the page."""
        await self.narrow_all({name: value})

    async def narrow_all(self, values: Mapping[str, str]) -> None:
        """Set several at once; the fields above the list show them, too."""
        for name, value in values.items():
            self.wanted = self.wanted.filtered(name, value)
        for name, value in values.items():
            field = self._fields.get(name)
            if field is not None and (not isinstance(field, ui.select) or value in field.options):
                field.value = value
        await self.reload()

    def _row(self, row: Row) -> Row:
        return {**row, "_to": self._to(row)} if self._to else row

    def _others(self) -> dict[str, str]:
        """What else the address says, for example which tab is open."""
        mine = {"sort", "page", "size", *(one.name for one in self._filters)}
        return {name: value for name, value in self._desk.query.items() if name not in mine}

    async def _asked(self, event: events.GenericEventArguments) -> None:
        asked = event.args["pagination"]
        size = asked["rowsPerPage"] if asked["rowsPerPage"] in SIZES else SIZES[0]
        sort, descending = asked.get("sortBy") or "", bool(asked.get("descending"))
        self.wanted = replace(self.wanted, sort=sort, descending=descending, page=max(1, int(asked["page"])), size=size)
        await self.reload()

    async def _clicked(self, event: events.GenericEventArguments) -> None:
        row = next((row for row in self._table.rows if row["id"] == event.args[1]["id"]), None)
        if row is None:
            return
        if self._to:
            ui.navigate.to(row["_to"])
        elif self._on_click:
            await self._on_click(row)

    async def _selected(self, event: events.TableSelectionEventArguments) -> None:
        if self._on_select:
            await self._on_select(event.selection)

    def _filter(self, one: Filter) -> None:
        async def changed(event: events.ValueChangeEventArguments[Any]) -> None:
            value = str(event.value or "").strip()
            # Not by `narrow`: what is being typed stays as it is. The field is told of a narrowing from elsewhere, too.
            if value != self.wanted.get(one.name):
                self.wanted = self.wanted.filtered(one.name, value)
                await self.reload()

        value = self.wanted.get(one.name)
        if one.options is None:
            field = ui.input(one.label, value=value, on_change=changed).props('dense outlined clearable debounce="400"').classes("filter")
            self._fields[one.name] = field
            return
        options = {"": f"全部{one.label}", **one.options}
        known = value if value in options else ""
        self._fields[one.name] = (
            ui.select(options, value=known, on_change=changed)
            .props("dense outlined options-dense")
            .classes("filter")
            .props(f"aria-label={one.label}")
        )

    def _column(self, column: Column) -> dict[str, Any]:
        shown = {"align": column.align, "classes": "short" if column.short else ""}
        return {"name": column.name, "label": column.label, "field": column.name, "sortable": column.sortable, **shown}

    def _pagination(self, total: int) -> dict[str, Any]:
        wanted = self.wanted
        return {
            "page": wanted.page,
            "rowsPerPage": wanted.size,
            "sortBy": wanted.sort or None,
            "descending": wanted.descending,
            "rowsNumber": total,
        }


def _card(columns: Sequence[Column], *, selectable: bool) -> str:
    """On a phone a row is a card: its first column is the heading, the others follow with their labels."""
    shown = [column for column in columns if column.on_phone]
    lines = "".join(
        f'<div class="line"><span class="soft">{column.label}</span><span>{column.cell or _text(column)}</span></div>'
        for column in shown[1:]
    )
    tick = '<q-checkbox dense v-model="props.selected" @click.stop class="tick" aria-label="选择"></q-checkbox>' if selectable else ""
    head = tick + (shown[0].cell or _text(shown[0]))
    return (
        '<div class="col-12"><div class="row-card" @click="$parent.$emit(\'rowClick\', $event, props.row)">'
        f'<div class="strong">{head}</div>{lines}</div></div>'
    )


def _text(column: Column) -> str:
    return "{{ props.row." + column.name + " }}"
