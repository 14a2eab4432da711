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


def test_a_ring_wakes_one_and_rings_that_nobody_waits_for_do_not_pile_up() -> None:
    bell = Bell()
    for _ in range(100):
        bell.ring()
    heard = sum(bell.wait(0) for _ in range(100))
    assert 2 <= heard < 10


def test_the_bell_wakes_who_waits() -> None:
    bell = Bell()
    waits = Thread(target=bell.wait, args=(30,))
    waits.start()
    bell.ring()
    waits.join(5)
    assert not waits.is_alive()
