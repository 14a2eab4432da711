"""Pure: WeCom's loosely typed values, read without ever failing: what is missing or odd reads as empty."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

# A moment that is missing or impossible reads as this one, which every rule takes for long past.
LONG_AGO = datetime.fromtimestamp(0, UTC)


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object of an answer, its strings fit for any database. ValueError when it is something else."""
    try:
        value = _storable(json.loads(body.decode("utf-8", "replace")))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def text(values: Mapping[str, Any], key: str) -> str:
    """A string, or a number in its place as a string; else empty."""
    value = values.get(key)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def whole(values: Mapping[str, Any], key: str, default: int = -1) -> int:
    """A whole number, also one written as a string; else `default`."""
    try:
        return int(text(values, key))
    except ValueError:
        return default


def part(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """An object inside an object; else an empty one."""
    value = values.get(key)
    return value if isinstance(value, dict) else {}


def parts(values: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects of a list; else none."""
    value = values.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts(values: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The strings of a list; else none."""
    value = values.get(key)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def moment(seconds: str) -> datetime:
    """Unix seconds → an aware moment in UTC; LONG_AGO when they are none."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return LONG_AGO


def _storable(value: Any) -> Any:
    # Half an emoji (a lone surrogate, as in a nickname cut too short) has no UTF-8, and PostgreSQL keeps no NUL: one such character
    # would stop its whole page of messages for ever.
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return [_storable(item) for item in value] if isinstance(value, list) else value
