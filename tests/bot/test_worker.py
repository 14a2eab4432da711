"""The bell that wakes the loops."""

import time
from threading import Thread

from bot.worker import Bell


def seconds_waited(bell: Bell, at_most: float) -> float:
    began = time.monotonic()
    bell.wait(at_most)
    return time.monotonic() - began


def test_a_bell_that_rang_before_is_heard_at_once_and_once() -> None:
    bell = Bell()
    bell.ring()
    assert seconds_waited(bell, 5) < 1
    assert seconds_waited(bell, 0.05) >= 0.05, "nobody rang again"


def test_a_bell_that_rings_many_times_is_answered_once() -> None:
    bell = Bell()
    for _ in range(3):
        bell.ring()
    bell.wait(5)
    assert seconds_waited(bell, 0.05) >= 0.05


def test_the_bell_wakes_who_waits() -> None:
    bell = Bell()
    waits = Thread(target=bell.wait, args=(30,))
    waits.start()
    bell.ring()
    waits.join(5)
    assert not waits.is_alive()
