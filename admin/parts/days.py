"""Pure: a day as somebody typed it."""

from datetime import date


def as_day(text: str | None) -> date | None:
    """«2026-12-31» or «2026/12/31» as a date; None for anything else."""
    try:
        return date.fromisoformat((text or "").strip().replace("/", "-"))
    except ValueError:
        return None
