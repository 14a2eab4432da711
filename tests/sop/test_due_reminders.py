"""When an advisor is due to be in touch."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from customers.terms import Level
from sop.due_reminders import (
    Known,
    Next,
    cards_left,
    due_by_level,
    due_by_order,
    due_by_visit,
    later_at,
    on_duty_at,
    visit_day,
    when_unanswered,
    why_not_now,
)
from sop.reminder_terms import FollowUpRules, LevelRule, ReminderKind

NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = FollowUpRules(levels={Level.H: LevelRule(DAY, 2 * HOUR), Level.O: LevelRule(3 * DAY), Level.L: LevelRule(None)})
ROSE = Known(Level.H, since=NOW - 9 * DAY, changed_at=NOW, rose=True)


def test_who_rose_is_due_within_hours_whatever_he_chats_with_the_assistant() -> None:
    due = due_by_level(replace(ROSE, heard_at=NOW + HOUR), RULES)
    assert due is not None
    assert (due.kind, due.at) == (ReminderKind.ROSE, NOW + 2 * HOUR)


@pytest.mark.parametrize(("contacted", "kind"), [(NOW - timedelta(seconds=1), ReminderKind.ROSE), (NOW, ReminderKind.LEVEL)])
def test_a_first_touch_is_a_person_who_spoke_since(contacted: datetime, kind: ReminderKind) -> None:
    due = due_by_level(replace(ROSE, contacted_at=contacted), RULES)
    assert due is not None
    assert due.kind is kind


def test_afterwards_his_own_words_count_as_well() -> None:
    due = due_by_level(replace(ROSE, contacted_at=NOW, heard_at=NOW + HOUR), RULES)
    assert due is not None
    assert due.at == NOW + HOUR + DAY


def test_who_is_lost_is_left_in_peace() -> None:
    assert due_by_level(Known(Level.L, since=NOW), RULES) is None


def test_that_he_asks_after_his_order_is_no_progress() -> None:
    due = due_by_order(Known(Level.O, since=NOW, changed_at=NOW, heard_at=NOW + DAY), RULES)
    assert due is not None
    assert due.at == NOW + 7 * DAY
    assert due_by_order(ROSE, RULES) is None


@pytest.mark.parametrize(("days", "kind"), [(-2, None), (-1, ReminderKind.VISIT_PAST), (0, None), (1, ReminderKind.VISIT_EVE), (2, None)])
def test_a_visit_is_spoken_of_the_day_before_and_the_day_after(days: int, kind: ReminderKind | None) -> None:
    due = due_by_visit(NOW.date() + days * DAY, "7", RULES, today=NOW.date())
    assert (due.kind if due else None) == kind


@pytest.mark.parametrize(
    ("value", "day"),
    [("2026-11-28", date(2026, 11, 28)), ("2026-11-28T14:00/2026-11-28T18:00", date(2026, 11, 28)), ("2026-11-28/2026-11-30", None)],
)
def test_a_stretch_of_days_is_no_day(value: str, day: date | None) -> None:
    assert visit_day(value) == day


@pytest.mark.parametrize(
    ("at", "then"),
    [(time(8, 59), "23T09:00"), (time(9), "23T09:00"), (time(19, 59), "23T19:59"), (time(20), "24T09:00")],
)
def test_off_duty_waits_for_the_next_duty(at: time, then: str) -> None:
    moment = datetime.combine(NOW.date(), at, NOW.tzinfo)
    assert on_duty_at(RULES, moment) == datetime.fromisoformat(f"2026-11-{then}:00+08:00")


def test_some_cards_are_kept_for_what_cannot_wait() -> None:
    usual = [ReminderKind.LEVEL] * (RULES.cards_a_day - RULES.kept_for_urgent)
    assert cards_left(RULES, usual[1:], ReminderKind.LEVEL)
    assert not cards_left(RULES, usual, ReminderKind.LEVEL)
    assert cards_left(RULES, usual, ReminderKind.ROSE)
    assert not cards_left(RULES, [ReminderKind.ROSE] * RULES.cards_a_day, ReminderKind.ROSE)


@pytest.mark.parametrize(
    ("asked", "waited", "then"),
    [(1, 2 * HOUR - timedelta(seconds=1), Next.WAIT), (1, 2 * HOUR, Next.AGAIN), (2, 2 * HOUR, Next.MANAGER)],
)
def test_no_answer_is_asked_again_and_then_told(asked: int, waited: timedelta, then: Next) -> None:
    assert when_unanswered(ReminderKind.ROSE, asked, NOW, RULES, now=NOW + waited) is then


@pytest.mark.parametrize(
    ("choice", "then"), [("later_1h", "23T11"), ("later_tomorrow", "24T09"), ("later_3d", "26T09"), ("lost_1", "23T11")]
)
def test_later_is_what_was_chosen(choice: str, then: str) -> None:
    assert later_at(choice, RULES, now=NOW) == datetime.fromisoformat(f"2026-11-{then}:00:00+08:00")


def test_a_promise_kept_is_not_spoken_of() -> None:
    due_at = NOW + 5 * HOUR
    kept = replace(ROSE, contacted_at=due_at - HOUR / 2)
    assert why_not_now(ReminderKind.PROMISE, due_at, NOW, kept, None) == "顾问已经联系过客户"
    assert why_not_now(ReminderKind.PROMISE, due_at, NOW, replace(ROSE, contacted_at=NOW), None) == ""
