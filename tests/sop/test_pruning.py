"""The ledger forgets what is old, and nothing that a cap counts or a plan could say again."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from core.db import Database
from sop.models import Enrolment, Touch
from sop.pruning import prune_touches
from tests.sop.people import DAY, MINUTE, NOW, customers, enrolments, group_plan, groups, policy, queued, running, ticked, touches


def line(database: Database, key: str, at: datetime, *, verdict: str = "go", plan: str = "other", subject: str = "wm1") -> None:
    with database.unit_of_work() as session:
        session.add(
            Touch(
                key=key,
                plan=plan,
                step="s",
                subject_kind="customer",
                subject_id=subject,
                kind="mass_message",
                planned=at,
                latest=at,
                verdict=verdict,
                decided_at=at,
            )
        )


def left(database: Database, *, keep: timedelta, now: datetime) -> list[str]:
    prune_touches(database, before=now - keep, now=now)
    return [touch.key for touch in touches(database)]


def test_both_sides_of_what_is_kept(database: Database) -> None:
    line(database, "older", NOW - MINUTE)
    line(database, "just", NOW)
    assert left(database, keep=730 * DAY, now=NOW + 730 * DAY - MINUTE) == ["older", "just"]
    assert left(database, keep=730 * DAY, now=NOW + 730 * DAY) == ["just"]


def test_what_a_cap_may_count_stays_however_little_is_kept(database: Database) -> None:
    line(database, "one", NOW)
    assert left(database, keep=30 * DAY, now=NOW + 35 * DAY) == ["one"]
    assert left(database, keep=30 * DAY, now=NOW + 35 * DAY + MINUTE) == []


def test_what_waits_stays(database: Database) -> None:
    line(database, "waits", NOW, verdict="wait")
    line(database, "skipped", NOW, verdict="skip")
    assert left(database, keep=30 * DAY, now=NOW + 90 * DAY) == ["waits"]


def test_a_step_that_its_subject_has_not_come_past_is_not_said_twice(database: Database) -> None:
    # A crash came between the deed and the enrolment's next step, and nobody looked for months.
    groups(database, 1)
    running(database, "hello", group_plan())
    ticked(database, NOW)
    before = {row.id: row.next_at for row in enrolments(database)}
    ticked(database, NOW + 30 * MINUTE)
    with database.unit_of_work() as session:
        for row in session.scalars(select(Enrolment)):
            row.next_at, row.ended_at, row.planned_until = before[row.id], None, NOW
    [kept] = left(database, keep=30 * DAY, now=NOW + 90 * DAY)
    assert kept.startswith("touch:hello:hello:group:")
    ticked(database, NOW + 90 * DAY)
    assert len(queued(database)) == 1
    assert left(database, keep=30 * DAY, now=NOW + 90 * DAY) == []


@pytest.mark.parametrize("days", [1, 40])
def test_who_was_in_a_plan_does_not_enter_again_because_its_lines_are_gone(database: Database, days: int) -> None:
    customers(database, 1)
    policy(database, {})
    running(database, "hello", {"title": "问候", "kind": "mass_message", "steps": [{**group_plan()["steps"][0], "key": "a"}]})
    for moment in (NOW, NOW + 30 * MINUTE):
        ticked(database, moment)
    assert len(left(database, keep=30 * DAY, now=NOW + days * DAY)) == (1 if days == 1 else 0)
    ticked(database, NOW + days * DAY)
    ticked(database, NOW + days * DAY + 30 * MINUTE)
    assert len(queued(database)) == 1
