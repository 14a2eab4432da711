"""Pure: plain data → caps and quiet hours of the touch policy."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import time, timedelta
from typing import Any

from sop.policy import Cap, QuietHours, TouchPolicy
from sop.terms import TouchKind
from sop.windows import LONGEST, Span, Window

Place = tuple[str | int, ...]
_CAP_KEYS = {"name", "at_most", "per", "kinds", "levels"}
_POLICY_KEYS = {"caps", "quiet", "chat_rest_minutes"}


class Unreadable(ValueError):
    """Something in plain data has no meaning; `place` is the path to it."""

    def __init__(self, place: Place, reason: str) -> None:
        super().__init__(reason)
        self.place, self.reason = place, reason


def read_policy(value: Any, place: Place = ()) -> TouchPolicy:
    """The policy that holds for all plans. Unreadable names the place of the first fault."""
    body = mapping(value, place, _POLICY_KEYS)
    minutes = whole(body.get("chat_rest_minutes", 30), (*place, "chat_rest_minutes"))
    caps = read_caps(body.get("caps", []), (*place, "caps"))
    return TouchPolicy(caps, dict(_quiet(body.get("quiet", []), (*place, "quiet"))), timedelta(minutes=minutes))


def read_caps(value: Any, place: Place, *, plan: str = "") -> tuple[Cap, ...]:
    """Caps; those of a plan count its own touches only."""
    return tuple(_cap(body, (*place, number), plan) for number, body in enumerate(listed(value, place)))


def read_hours(value: Any, place: Place) -> tuple[QuietHours, ...]:
    """Stretches of quiet hours of a plan; the plan has one kind, so they name none."""
    return tuple(
        _hours(mapping(body, (*place, number), {"from", "to"}), (*place, number)) for number, body in enumerate(listed(value, place))
    )


def read_time(value: Any, place: Place) -> time:
    """«09:30», in quotes: YAML takes a bare one for a number."""
    try:
        return time.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unreadable(place, f'«{value}» is no time of day such as "09:30" (in quotes)') from None


def read_kinds(value: Any, place: Place) -> frozenset[TouchKind]:
    """Kinds of touches by their names."""
    return frozenset(read_kind(one, (*place, number)) for number, one in enumerate(listed(value, place)))


def read_kind(value: Any, place: Place) -> TouchKind:
    """One kind by its name."""
    if value not in [kind.value for kind in TouchKind]:
        raise Unreadable(place, f"«{value}» is no kind; known: {' '.join(TouchKind)}")
    return TouchKind(value)


def mapping(value: Any, place: Place, known: set[str]) -> Mapping[str, Any]:
    """A mapping with no other than these keys."""
    if not isinstance(value, Mapping):
        raise Unreadable(place, "a mapping is expected here")
    unknown = [str(key) for key in value if key not in known]
    if unknown:
        raise Unreadable((*place, unknown[0]), f"unknown key «{unknown[0]}»; known: {' '.join(sorted(known))}")
    return value


def listed(value: Any, place: Place) -> Sequence[Any]:
    """A list."""
    if not isinstance(value, list | tuple):
        raise Unreadable(place, "a list is expected here")
    return value


def whole(value: Any, place: Place, *, least: int = 0) -> int:
    """A whole number, not below `least`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise Unreadable(place, f"«{value}» is no whole number from {least} on")
    return value


def words(body: Mapping[str, Any], key: str, place: Place) -> str:
    """The words at this key; they must be there."""
    value = body.get(key)
    if not isinstance(value, str) or not value.strip():
        raise Unreadable(place, f"«{key}» is missing")
    return value.strip()


def _cap(value: Any, place: Place, plan: str) -> Cap:
    body = mapping(value, place, _CAP_KEYS)
    return Cap(
        words(body, "name", place),
        whole(body.get("at_most"), (*place, "at_most")),
        _window(body.get("per"), (*place, "per")),
        read_kinds(body.get("kinds", []), (*place, "kinds")),
        plan,
        frozenset(str(one) for one in listed(body.get("levels", []), (*place, "levels"))),
    )


def _window(value: Any, place: Place) -> Window:
    """«day», «week», «month» by the calendar; {days: 7} or {hours: 12} rolling."""
    if value in [span.value for span in Span]:
        return Window(span=Span(value))
    body = mapping(value, place, {"days", "hours"})
    length = timedelta(days=whole(body.get("days", 0), place), hours=whole(body.get("hours", 0), place))
    if not length:
        raise Unreadable(place, "a window is day, week, month, {days: N} or {hours: N}")
    if length > LONGEST:
        raise Unreadable(place, f"a window is at most {LONGEST.days} days: further back nobody counts")
    return Window(rolling=length)


def _quiet(value: Any, place: Place) -> Iterator[tuple[TouchKind, QuietHours]]:
    for number, one in enumerate(listed(value, place)):
        body = mapping(one, (*place, number), {"kinds", "from", "to"})
        hours = _hours(body, (*place, number))
        yield from ((kind, hours) for kind in read_kinds(body.get("kinds", []), (*place, number, "kinds")))


def _hours(body: Mapping[str, Any], place: Place) -> QuietHours:
    return QuietHours(*(read_time(body.get(end), (*place, end)) for end in ("from", "to")))
