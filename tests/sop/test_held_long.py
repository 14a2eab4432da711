"""A plan held for weeks and released: whoever came to belong meanwhile hears what is still due, and nothing that is long past."""

from datetime import datetime

from core.db import Database
from sop import steer, store
from sop.terms import Skipped
from tests.sop.people import DAY, HOUR, NOW, POST, customer_plan, customers, enrolments, running, ticked, touches

NEWLY_QUIET = {"silent_days": {"at_least": 14}}
STEPS = [
    {**POST, "key": "added", "day": 0, "at": "18:00", "wordings": ["很高兴认识您"]},
    {**POST, "key": "third", "day": 3},
    {**POST, "key": "late", "day": 25},
]


def hold(database: Database) -> None:
    with database.unit_of_work() as session:
        steer.hold(store.plans(session)[0])


def release(database: Database, *, at: datetime = NOW + 21 * DAY) -> None:
    with database.unit_of_work() as session:
        steer.start(session, store.plans(session)[0], now=at)


def lived(database: Database, days: int, *, first: int = 0) -> None:
    """A look every six hours."""
    for quarter in range(4 * first, 4 * days):
        ticked(database, NOW + quarter * 6 * HOUR)


def said(database: Database) -> dict[tuple[str, str], str]:
    """What became of each step for each, and no reason is missing."""
    assert all(one.reason for one in touches(database) if one.verdict != "go")
    return {(one.subject_id, one.step): one.reason or one.verdict for one in touches(database)}


def test_who_came_during_the_hold_hears_nothing_that_is_weeks_late(database: Database) -> None:
    customers(database, 1, advisor="first", seen=NOW + DAY)
    customers(database, 1, advisor="second", seen=NOW + 20 * DAY)
    running(database, "hello", customer_plan(steps=STEPS, audience={"joined_days": {"at_least": 0}}, policy={"latest_hours": 30}))
    hold(database)
    lived(database, 21)
    release(database)
    lived(database, 50, first=21)
    first, second = "wmfirst00000", "wmsecond00000"
    assert said(database) == {
        (first, "added"): Skipped.TOO_LATE,
        (first, "third"): Skipped.TOO_LATE,
        (first, "late"): "go",
        (second, "added"): "go",
        (second, "third"): "go",
        (second, "late"): "go",
    }
    late = next(one for one in touches(database) if (one.subject_id, one.step) == (first, "late"))
    assert (late.planned - NOW).days == 26, "counted from the day he came and not from the release"
    greeted = next(one for one in touches(database) if (one.subject_id, one.step) == (second, "added"))
    assert greeted.decided_at <= greeted.latest


def test_a_condition_that_came_about_during_the_hold_counts_from_its_day(database: Database) -> None:
    customers(database, 1, seen=NOW - 300 * DAY, last_heard_at=NOW - 10 * DAY)
    running(database, "hello", customer_plan(steps=STEPS, audience=NEWLY_QUIET))
    hold(database)
    lived(database, 21)
    release(database)
    lived(database, 35, first=21)
    [one] = enrolments(database)
    assert (one.begun_at - NOW).days == 4
    assert [(touch.step, touch.reason or touch.verdict) for touch in touches(database)] == [
        ("added", Skipped.TOO_LATE),
        ("third", Skipped.TOO_LATE),
        ("late", "go"),
    ]


def test_a_held_plan_keeps_a_customer_from_no_other(database: Database) -> None:
    alone = {"exclusive": True, "latest_hours": 2}
    customers(database, 1)
    running(database, "big", customer_plan(policy={**alone, "priority": 2}, steps=[POST, {**POST, "key": "next", "day": 2}]))
    running(
        database,
        "small",
        customer_plan(policy={**alone, "priority": 1}, steps=[{**POST, "at": "11:30"}, {**POST, "key": "third", "day": 3}]),
    )
    hold(database)
    for hour in range(24):
        ticked(database, NOW + hour * HOUR)
    release(database, at=NOW + DAY)
    for hour in range(24, 80):
        ticked(database, NOW + hour * HOUR)
    assert {(one.plan, one.step): one.reason or one.verdict for one in touches(database)} == {
        ("big", "hello"): Skipped.TOO_LATE,
        ("small", "hello"): "go",
        ("big", "next"): "go",
        ("small", "third"): "go",
    }
