"""A broadcast to 2,000 groups that is cut short at any deed is finished by the next look, and no group hears it twice."""

from collections.abc import Sequence
from datetime import datetime

import pytest

from core.db import Database
from sop import tick
from sop.settle import Decision
from tests.sop.people import DEFAULTS, MINUTE, NOW, enrolments, group_plan, groups, queued, running, ticked, touches

AT = NOW + 30 * MINUTE
OWNERS, EACH = 20, 100


class Killed(BaseException):
    """The process dies here: no handler of ours sees it."""


def killed_after(deeds: int) -> "tick.Heed":
    """Dies after so many members' touches were made, before their enrolments have moved on."""
    seen: list[str] = []

    def heed(sender: str, _decisions: Sequence[Decision]) -> None:
        seen.append(sender)
        if len(seen) == deeds:
            raise Killed

    return heed


def dies(database: Database, at: datetime, deeds: int) -> None:
    with pytest.raises(Killed):
        tick.run_tick(tick.Ticker(database, DEFAULTS), now=at, heed=killed_after(deeds))


@pytest.mark.parametrize("deeds", [1, 7, OWNERS])
def test_a_broadcast_cut_short_resumes_without_repeating_one(database: Database, deeds: int) -> None:
    everybody = {id_ for owner in range(OWNERS) for id_ in groups(database, EACH, owner=f"owner{owner:02}")}
    running(database, "hello", group_plan())
    ticked(database, NOW)
    dies(database, AT, deeds)
    assert len(queued(database)) == deeds
    ticked(database, AT + MINUTE)
    ticked(database, AT + 2 * MINUTE)
    said = [id_ for row in queued(database) for id_ in row.payload["chat_ids"]]
    assert sorted(said) == sorted(everybody)
    assert len(queued(database)) == OWNERS
    assert len(touches(database)) == OWNERS * EACH
    assert all(one.ended_at is not None for one in enrolments(database))
