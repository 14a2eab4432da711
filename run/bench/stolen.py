"""How much of the processors' time a virtual machine's host gave to others, so that a figure taken meanwhile is not mistaken for ours."""

from collections.abc import Callable
from pathlib import Path

_STAT = Path("/proc/stat")
_STEAL = 7  # proc(5): user, nice, system, idle, iowait, irq, softirq, steal; guest time is within user already


def share_stolen(before: tuple[int, int], after: tuple[int, int]) -> float:
    """Pure: of (stolen, all) ticks at two moments, the stolen share in between; 0 where no tick passed."""
    stolen, passed = after[0] - before[0], after[1] - before[1]
    return round(stolen / passed, 3) if passed > 0 else 0.0


def watch() -> Callable[[], dict[str, float]]:
    """From now on; what it returns tells `stolen_share` so far, or nothing on systems that do not count it."""
    before = _ticks()

    def so_far() -> dict[str, float]:
        after = _ticks()
        return {} if before is None or after is None else {"stolen_share": share_stolen(before, after)}

    return so_far


def _ticks() -> tuple[int, int] | None:
    if not _STAT.exists():
        return None
    ticks = [int(count) for count in _STAT.read_text(encoding="ascii").splitlines()[0].split()[1 : _STEAL + 2]]
    return ticks[_STEAL], sum(ticks)
