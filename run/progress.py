"""How far a long piece of work is, and how long it will still take, for the person at the terminal."""

from collections.abc import Callable
from math import ceil
from time import perf_counter

EVERY = 512


def progress_of(
    say: Callable[[str], None], what: str, *, kept: bool = True, seconds: Callable[[], float] = perf_counter
) -> Callable[[int, int], None]:
    """To be called with (done, of). `kept`: its results stay in the data folder, so that the next start has not to do it again."""
    last = 0
    first = (0, seconds())

    def tell(done: int, of: int) -> None:
        nonlocal last, first
        now = seconds()
        if done <= last:
            # The next piece of work under the same name: its rate is measured from its own first step on.
            first = (done, now)
        last = done
        if done == of or done % EVERY == 0:
            steps, took = done - first[0], now - first[1]
            left = (of - done) * took / steps if steps > 0 else 0.0
            say(f"  {what} {done}/{of}" + (_still(left) + ("，只有第一次" if kept else "") if left else ""))

    return tell


def _still(seconds: float) -> str:
    return "，约还需不到 1 分钟" if seconds < 60 else f"，约还需 {ceil(seconds / 60)} 分钟"
