"""The lines of an evaluation file. A missing file or a line that does not fit is one sentence that names it."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from core.errors import Misconfigured

Row = TypeVar("Row")


def read_rows(path: Path, shape: str, read: Callable[[Mapping[str, Any]], Row]) -> list[Row]:
    """Every line of the file as `read` makes it; empty lines are passed over. `shape` shows what a line looks like.

    Misconfigured, with file and line, when the file is not there or has no lines, a line is not a JSON object, or `read` raises
    KeyError, TypeError or ValueError about it.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise Misconfigured(f"{path}: cannot be read ({reason})") from None
    rows = [_row(path, number, line, shape, read) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise Misconfigured(f"{path}: no lines; a line is {shape}")
    return rows


def text_of(value: object) -> str:
    """The value, which is a text with something in it; ValueError otherwise."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text that is not empty is needed")
    return value


def _row(path: Path, number: int, line: str, shape: str, read: Callable[[Mapping[str, Any]], Row]) -> Row:
    try:
        value = json.loads(line)
        if not isinstance(value, dict):
            raise TypeError("not an object")
        return read(value)
    except (KeyError, TypeError, ValueError) as error:
        why = f"{error.args[0]} is missing" if isinstance(error, KeyError) else error
        raise Misconfigured(f"{path}:{number}: {why}; a line is {shape}") from None
