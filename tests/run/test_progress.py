"""How long it still takes is reckoned from the measured rate."""

from run.progress import EVERY, progress_of


class Watch:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """What `perf_counter` would say."""
        return self.now


def steps(of: int, *, a_step: float, kept: bool = True, times: int = 1) -> list[str]:
    said: list[str] = []
    watch = Watch()
    tell = progress_of(said.append, "编码例句", kept=kept, seconds=watch)
    for _ in range(times):
        for done in (*range(64, of, 64), of):
            watch.now += 64 * a_step
            tell(done, of)
    return said


def test_what_is_left_is_told_and_that_it_is_done_once() -> None:
    said = steps(3 * EVERY, a_step=0.1)
    assert said == [
        "  编码例句 512/1536，约还需 2 分钟，只有第一次",
        "  编码例句 1024/1536，约还需不到 1 分钟，只有第一次",
        "  编码例句 1536/1536",
    ]


def test_what_every_change_repeats_is_not_called_the_first_time() -> None:
    assert steps(2 * EVERY, a_step=0.2, kept=False)[0] == "  编码例句 512/1024，约还需 2 分钟"


def test_the_second_piece_of_work_has_a_rate_of_its_own() -> None:
    first, second = steps(2 * EVERY, a_step=0.2, times=2)[::2]
    assert first == second
