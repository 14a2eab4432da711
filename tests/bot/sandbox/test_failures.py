"""Failures on demand."""

from bot.sandbox.failures import Failures
from bot.sandbox.terms import Timeout


def test_a_failure_is_used_up_and_only_on_its_path() -> None:
    failures = Failures()
    failures.add("kf/send_msg", 45009, 2)
    assert failures.next("/cgi-bin/kf/sync_msg") is None
    assert [failures.next("/cgi-bin/kf/send_msg") for _ in range(3)] == [45009, 45009, None]


def test_a_path_of_its_own_comes_before_the_star() -> None:
    failures = Failures()
    failures.add("*", -1, 1)
    failures.add("/cgi-bin/gettoken", Timeout.LOST, 1)
    assert failures.next("/cgi-bin/gettoken") is Timeout.LOST
    assert failures.next("/cgi-bin/gettoken") == -1


def test_what_is_waiting_can_be_seen_and_cleared() -> None:
    failures = Failures()
    failures.add("kf/send_msg", 45009, 2)
    failures.add("kf/send_msg", Timeout.TAKEN, 1)
    assert failures.waiting() == [("kf/send_msg", "45009", 2), ("kf/send_msg", "timeout_taken", 1)]
    failures.clear()
    assert failures.waiting() == []
