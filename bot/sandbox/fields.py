"""Pure: one call of the API as its function sees it, and the reading of its fields with the errcode each mistake gets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.sandbox.terms import ApiError, Json

INVALID = 40058
MISSING = 40063


@dataclass(frozen=True)
class Asked:
    """A call that carries a good access token. `fields` is the JSON body; `raw` the bytes, for uploads."""

    query: Mapping[str, str]
    fields: Json
    raw: bytes
    content_type: str
    now: datetime


def parsed(body: bytes) -> Json:
    """The JSON object of a POST; 40058 with WeCom's own warning for anything else."""
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ApiError(INVALID, "invalid argument. Warning: wrong json format.")
    return value


def text_of(
    fields: Mapping[str, Any],
    name: str,
    *,
    required: bool = True,
    most_bytes: int | None = None,
    most_chars: int | None = None,
    missing: int = MISSING,
    wrong: int = INVALID,
) -> str:
    """A string field. Bytes are bytes of UTF-8. `missing` and `wrong` are the errcodes of the two ways to get it wrong."""
    value = fields.get(name)
    if value in (None, ""):
        if required:
            raise ApiError(missing, f"{name} is missing or empty")
        return ""
    if not isinstance(value, str):
        raise ApiError(wrong, f"{name} must be a string")
    if most_bytes is not None and len(value.encode()) > most_bytes:
        raise ApiError(wrong, f"{name} exceeds {most_bytes} bytes")
    if most_chars is not None and len(value) > most_chars:
        raise ApiError(wrong, f"{name} exceeds {most_chars} characters")
    return value


def integer_of(fields: Mapping[str, Any], name: str, *, least: int, most: int, default: int | None = None, wrong: int = INVALID) -> int:
    """An integer field within bounds; without a default it is required."""
    value = fields.get(name, default)
    if value is None:
        raise ApiError(MISSING, f"{name} is missing")
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ApiError(wrong, f"{name} must be an integer from {least} to {most}")
    return value


def number_of(fields: Mapping[str, Any], name: str) -> float:
    """A required number."""
    value = fields.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ApiError(INVALID, f"{name} must be a number")
    return float(value)


def object_of(fields: Mapping[str, Any], name: str, *, missing: int = MISSING) -> Json:
    """A required JSON object."""
    value = fields.get(name)
    if value is None:
        raise ApiError(missing, f"{name} is missing")
    if not isinstance(value, dict):
        raise ApiError(INVALID, f"{name} must be an object")
    return value


def list_of(fields: Mapping[str, Any], name: str, *, kind: type, most: int, wrong: int = INVALID) -> list[Any]:
    """A list of things of one kind; empty when the field is not there. A string where a list belongs is 40035."""
    value = fields.get(name) or []
    if isinstance(value, str):
        raise ApiError(40035, f"{name} must be an array, not a string")
    if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
        raise ApiError(INVALID, f"{name} must be a list of {kind.__name__}")
    if len(value) > most:
        raise ApiError(wrong, f"{name} holds more than {most}")
    return value
