"""What the host took is told as a share of all processor time in between."""

from run.bench.stolen import share_stolen, watch


def test_the_share_is_of_what_passed_in_between() -> None:
    assert share_stolen((100, 1000), (150, 1200)) == 0.25
    assert share_stolen((100, 1000), (100, 1200)) == 0.0


def test_no_time_no_share() -> None:
    assert share_stolen((100, 1000), (100, 1000)) == 0.0


def test_a_machine_that_counts_tells_a_share() -> None:
    assert all(0 <= share <= 1 for share in watch()().values())
