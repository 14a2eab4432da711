"""A broadcast to 2,000 groups by real processes: two at the same time, and some that are killed in the middle of it."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import pytest

from core.db import Database
from sop.models import Touch
from tests.sop.people import MINUTE, NOW, enrolments, group_plan, groups, queued, running, ticked, touches
from tests.stories.mortal import Moment, Told

ROOT = Path(__file__).resolve().parents[2]
AT = NOW + 30 * MINUTE
OWNERS, EACH = 20, 100
HEARD_WITHIN_SECONDS = 30.0
# So long nobody is heard of who waits for another's commit.
WAITS_SECONDS = 0.5


class Scheduler:
    """A process of its own that looks at the plans at a moment."""

    def __init__(self, database: Database, at: datetime) -> None:
        self.line, theirs = Pipe()
        url = database.engine.url.render_as_string(hide_password=False)
        command = [sys.executable, "-m", "tests.stories.mortal_tick", str(theirs.fileno()), url, at.isoformat()]
        self.process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()])
        theirs.close()
        assert self.hears() == Told()

    def hears(self) -> Any:
        """Its next word."""
        assert self.line.poll(HEARD_WITHIN_SECONDS), "nothing heard"
        return self.line.recv()

    def goes_on(self) -> None:
        """Let it begin, or commit."""
        self.line.send(None)

    def comes_to_commit(self, number: int) -> None:
        """It has begun, and stands before its n-th commit: the statements are made, nothing counts yet."""
        for _ in range(number):
            self.goes_on()
            assert self.hears() == Moment("a commit")

    def is_killed(self) -> None:
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait(HEARD_WITHIN_SECONDS) == -signal.SIGKILL
        self.line.close()

    def ends(self) -> None:
        """At the latest now."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(HEARD_WITHIN_SECONDS)


Start = Callable[[datetime], Scheduler]


@pytest.fixture
def start(database: Database) -> Iterator[Start]:
    """Starts schedulers on the database; all are gone afterwards."""
    born: list[Scheduler] = []

    def begin(at: datetime) -> Scheduler:
        born.append(Scheduler(database, at))
        return born[-1]

    yield begin
    for one in born:
        one.ends()


@pytest.fixture
def everybody(database: Database) -> set[str]:
    """2,000 groups of twenty owners, all of whom are to hear the same at half past ten."""
    ids = {id_ for owner in range(OWNERS) for id_ in groups(database, EACH, owner=f"owner{owner:02}")}
    running(database, "hello", group_plan())
    ticked(database, NOW)
    # Audiences are looked through every ten minutes: not at half past ten again.
    ticked(database, AT - MINUTE)
    return ids


def finish(*schedulers: Scheduler) -> list[int]:
    """Let them all go on as they please until each has told how many touches it made."""
    made: dict[Connection, int] = {}
    lines = [one.line for one in schedulers]
    while len(made) < len(lines):
        for line in wait([one for one in lines if one not in made], HEARD_WITHIN_SECONDS):
            assert isinstance(line, Connection)
            word = line.recv()
            if isinstance(word, Told):
                made[line] = word.status
            else:
                line.send(None)
    return [made[line] for line in lines]


def said(database: Database) -> list[str]:
    """Every group for every task that it stands in."""
    return sorted(id_ for row in queued(database) for id_ in row.payload["chat_ids"])


def is_whole(database: Database, everybody: set[str]) -> None:
    """Nobody left out and nobody twice, one task an owner, and nothing left to look at."""
    lines: list[Touch] = touches(database)
    assert said(database) == sorted(everybody)
    assert len(queued(database)) == OWNERS
    assert sorted(one.subject_id for one in lines) == sorted(everybody)
    assert {one.outbox_key for one in lines} == {row.key for row in queued(database)}
    assert all(one.ended_at is not None for one in enrolments(database))


def test_killed_in_the_middle_it_is_finished_by_the_next_without_repeating_one(
    database: Database, everybody: set[str], start: Start
) -> None:
    """Each owner costs two commits: his task with its lines, then how his groups go on. One dies before either."""
    first = start(AT)
    first.comes_to_commit(7)
    first.is_killed()
    assert len(said(database)) == 3 * EACH, "the fourth owner's task was written and not committed"

    second = start(AT + MINUTE)
    second.comes_to_commit(2 * 5)
    second.is_killed()
    assert len(said(database)) == 8 * EACH, "the eighth owner's task is there, his groups have not moved on"

    third = start(AT + 2 * MINUTE)
    third.goes_on()
    assert finish(third) == [12 * EACH]
    is_whole(database, everybody)


def test_two_at_the_same_time_make_each_touch_once(database: Database, everybody: set[str], start: Start) -> None:
    one, other = start(AT), start(AT)
    one.comes_to_commit(1)
    other.goes_on()
    assert not other.line.poll(WAITS_SECONDS), "it wants to make the same task and waits for the first"
    one.goes_on()

    assert sum(finish(one, other)) == OWNERS * EACH
    is_whole(database, everybody)
