"""Pure: how a purchase level is shown: in this order, with these colours."""

from collections.abc import Mapping

from customers.rules import LEVEL_NAMES
from customers.terms import Level

# Nearest to a purchase first; the silent and the lost last.
ORDER = (Level.O, Level.H, Level.A, Level.B, Level.C, Level.N, Level.L)
TONES: Mapping[Level, str] = {Level.O: "good", Level.H: "bad", Level.A: "warn", Level.B: "info", Level.C: "", Level.N: "", Level.L: ""}


def level_name(level: str) -> str:
    """«H 一周内可能成交»."""
    return f"{level} {LEVEL_NAMES[Level(level)]}"


def level_tone(level: str) -> str:
    """A CSS class beside «chip»."""
    return TONES[Level(level)]
