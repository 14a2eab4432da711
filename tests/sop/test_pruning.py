"""The ledger forgets what is old, and nothing that a cap counts or a plan could say again."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from core.db import Database
from customers.models import Customer
from sop.models import Enrolment, Reminder, Touch
from sop.pruning import prune_reminders, prune_touches
from sop.reminder_terms import LIVE, FollowUp, ReminderKind, ReminderState
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


def reminder(
    database: Database,
    key: str,
    ended: datetime | None,
    state: ReminderState = ReminderState.DONE,
    *,
    kind: ReminderKind = ReminderKind.PROMISE,
    outcome: str = "contacted",
) -> None:
    """Of the one customer there is."""
    with database.unit_of_work() as session:
        customer = session.scalar(select(Customer))
        assert customer is not None
        session.add(
            Reminder(
                key=key,
                card=key,
                customer_id=customer.id,
                external_id=customer.external_id,
                advisor="wang",
                kind=kind,
                level="B",
                urgency=1,
                reason={"text": "", "words": f"{key} said", "message_id": f"m-{key}", "since": "", "story": []},
                made_at=NOW - DAY,
                due_at=NOW - DAY,
                state=state,
                outcome=outcome,
                outcome_note=f"{key} noted",
                outcome_at=ended,
                ended_at=ended,
            )
        )


def remembered(database: Database, *, before: datetime) -> list[tuple[str, str, str, str]]:
    """(reminder, words, their message, note) of what is left."""
    prune_reminders(database, before=before)
    with database.reading() as session:
        rows = session.scalars(select(Reminder).order_by(Reminder.id))
        return [(row.key, row.reason["words"], row.reason["message_id"], row.outcome_note) for row in rows]


def whole(key: str) -> tuple[str, str, str, str]:
    return key, f"{key} said", f"m-{key}", f"{key} noted"


@pytest.mark.parametrize("state", [ReminderState.DONE, ReminderState.DROPPED])
def test_reminders_go_when_they_have_been_over_for_as_long_as_talk_is_kept(database: Database, state: ReminderState) -> None:
    customers(database, 1)
    for key in ("first", "second"):
        reminder(database, key, NOW, state)
    reminder(database, "third", NOW + MINUTE, state)
    assert remembered(database, before=NOW) == [whole("first"), whole("second"), whole("third")]
    assert remembered(database, before=NOW + MINUTE) == [whole("third")]
    assert remembered(database, before=NOW + 2 * MINUTE) == [("third", "", "", "")], "the last one, lest it be made again"


@pytest.mark.parametrize("state", LIVE)
def test_a_reminder_that_is_open_stays_however_old(database: Database, state: ReminderState) -> None:
    customers(database, 1)
    reminder(database, "open", None, state)
    reminder(database, "newer", None, state)
    assert remembered(database, before=NOW + 900 * DAY) == [whole("open"), whole("newer")]


def test_that_he_has_fetched_his_car_is_known_for_ever(database: Database) -> None:
    customers(database, 1)
    reminder(database, "fetched", NOW, kind=ReminderKind.ORDER, outcome=FollowUp.DELIVERED)
    reminder(database, "newer", NOW, kind=ReminderKind.ORDER)
    assert remembered(database, before=NOW + DAY) == [("fetched", "", "", ""), ("newer", "", "", "")]


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
