"""Pure: what every evaluation returns, ready for the terminal, for JSON and for the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Figures = Mapping[str, "float | int | str | Mapping[str, float]"]


@dataclass(frozen=True)
class Confusion:
    """How often each true label was given each label; `counts[i][j]`: truth i, said j. Labels in the order of the rows."""

    labels: Sequence[str]
    counts: Sequence[Sequence[int]]


@dataclass(frozen=True)
class Curve:
    """A line to draw: what is on each axis, and the points in the order of x."""

    title: str
    x: str
    y: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Mistake:
    """One of the worst examples: the message, what was right, what was said, how sure."""

    text: str
    truth: str
    said: str
    score: float


@dataclass(frozen=True)
class Outcome:
    """One evaluation: its name, what it was run on, its figures (the stable keys of --json), and what the page shows beside them."""

    name: str
    data: str
    figures: Figures
    confusion: Confusion | None = None
    curves: Sequence[Curve] = ()
    worst: Sequence[Mistake] = ()
    notes: Sequence[str] = field(default_factory=tuple)
