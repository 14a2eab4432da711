"""Two wordings side by side, and what a publication would change, drawn."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from nicegui import ui

from kb.sheet_rows import SheetNames
from kb.versions_diff import FieldDiff, Kind, Line

_TAGS: Final = {Kind.ADDED: "ins", Kind.REMOVED: "del", Kind.SAME: "span"}
_SIGNS: Final = {Kind.ADDED: "+", Kind.REMOVED: "−", Kind.SAME: ""}


def show_diff(differences: Sequence[FieldDiff], names: SheetNames) -> None:
    """Field by field; lines that stay are left out of long lists."""
    if not differences:
        ui.label("两个版本内容相同").classes("soft")
    for one in differences:
        ui.label(one.field).classes("soft")
        lines = [line for line in one.lines if line.kind is not Kind.SAME]
        ui.html("".join(_line(line, _known(one.field, names)) for line in lines), sanitize=False).classes("diff")


def _line(line: Line, names: Mapping[str, str]) -> str:
    if names:
        body = escape(names.get(line.text, line.text))
    else:
        body = "".join(f"<{_TAGS[piece.kind]}>{escape(piece.text)}</{_TAGS[piece.kind]}>" for piece in line.pieces)
    return f'<div class="{line.kind}"><b>{_SIGNS[line.kind]}</b>{body}</div>'


def _known(field: str, names: SheetNames) -> Mapping[str, str]:
    """What keys of a field are called; empty for a field of words."""
    known = {"意图": names.intents, "适用车型": names.models, "适用版本": names.trims, "适用城市": names.cities, "适用门店": names.stores}
    return names.materials if field.startswith("附件") else known.get(field, {})
