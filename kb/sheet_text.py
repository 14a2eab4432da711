"""Pure: texts → cells of a spreadsheet and back, without losing a character and without hiding one."""

import re
from typing import Final

# What XML cannot hold, what Excel reads as something else (_x000D_), and the backslash that marks all of them.
_ODD: Final = re.compile("x(?=[0-9a-fA-F]{4}_)|[\\\\\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MARKED: Final = re.compile(r"\\(\\|n|u[0-9a-fA-F]{4})")
_EDGES: Final = re.compile(r"^\s+|\s+$")


def as_cell(text: str) -> str:
    """The text as a cell's whole content; white space at its ends is marked, because it is dropped from what people type."""
    return _EDGES.sub(_marks, _ODD.sub(_marks, text))


def as_line(text: str) -> str:
    """The text as one line of a cell that holds one value a line."""
    return as_cell(text).replace("\n", "\\n")


def from_cell(cell: str) -> str:
    """The text of a whole cell: stripped, then what is marked made itself again."""
    return _MARKED.sub(_meant, _plain_breaks(cell).strip())


def from_lines(cell: str) -> tuple[str, ...]:
    """The texts of a cell that holds one value a line; empty lines hold none."""
    return tuple(_MARKED.sub(_meant, line.strip()) for line in _plain_breaks(cell).split("\n") if line.strip())


def _plain_breaks(cell: str) -> str:
    """What is pasted from Windows has other ends of lines; Excel writes one of them as _x000D_."""
    return cell.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")


def _marks(found: re.Match[str]) -> str:
    return "".join({"\\": r"\\", "\n": r"\n"}.get(character, f"\\u{ord(character):04x}") for character in found[0])


def _meant(found: re.Match[str]) -> str:
    mark = found[1]
    return {"\\": "\\", "n": "\n"}.get(mark) or chr(int(mark[1:], 16))
