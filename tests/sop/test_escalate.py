"""A reminder that no advisor hears reaches a manager once; where there is none it says so, and waits for one."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from core.db import Database
from customers.models import Customer, Follow, SlotRecord
from sop.escalate import NOBODY
from sop.find_reminders import hand_on
from sop.follow_up import FollowUps
from sop.models import Reminder
from sop.remind import Reminding
from sop.reminder_card import Portrait, card_payload
from sop.reminder_store import unheard_counts
from sop.reminder_terms import FollowUp, ReminderKind, ReminderState
from tests.sop.advised import DAY, FOLLOW_UPS, HOUR, LEVELS, MINUTE, NOW, advisor, reminding, rose, rows, told
from tests.sop.people import touches

BOSS: dict[str, Any] = {"managers": lambda _s, store: ["boss"] if store == "sh-pudong" else []}
LIST, CARD = ("advisor_text", ["chen"]), ("advisor_card", ["chen"])
SOMEBODY: dict[str, Any] = {"all_managers": lambda _s: ["boss", "chief"]}


def looked(reminds: Reminding, *moments: datetime) -> None:
    for moment in moments:
        reminds.minute(moment)


def states(database: Database) -> list[tuple[str, str]]:
    return [(row.kind, row.state) for row in rows(database)]


@pytest.mark.parametrize(
    ("store", "to"),
    [("sh-pudong", ["boss"]), ("bj-chaoyang", ["boss", "chief"]), ("", ["boss", "chief"])],
    ids=["his store's manager", "the store has none: all managers", "no store is known: all managers"],
)
def test_a_customer_without_an_advisor_who_rises_is_a_managers_card_once(database: Database, store: str, to: list[str]) -> None:
    rose(database, "晴天", store=store)
    reminds = reminding(database, **BOSS, **SOMEBODY)
    looked(reminds, NOW, NOW + 2 * HOUR - MINUTE)
    assert told(database) == []
    looked(reminds, NOW + 2 * HOUR, NOW + 2 * HOUR + MINUTE, NOW + 6 * HOUR, NOW + DAY, NOW + 3 * DAY)

    assert told(database) == [("advisor_card", to)]
    [row] = rows(database)
    assert (row.kind, row.state, row.advisor, row.escalated_at) == (ReminderKind.ROSE, ReminderState.ESCALATED, "", NOW + 2 * HOUR)


def test_without_any_manager_it_is_listed_with_its_reason_until_there_is_one(database: Database) -> None:
    rose(database, "晴天")
    with capture_logs() as lines:
        looked(reminding(database), *(NOW + 2 * HOUR + number * MINUTE for number in range(30)))
    assert told(database) == []
    assert [line["event"] for line in lines] == ["no manager to tell of reminders"]
    [row] = rows(database)
    assert (row.state, row.escalated_at, row.reason["unheard"]) == (ReminderState.UNHEARD, None, NOBODY)
    with database.reading() as session:
        assert unheard_counts(session) == (0, 1)

    looked(reminding(database, **SOMEBODY), NOW + DAY)
    assert told(database) == [("advisor_card", ["boss", "chief"])]
    [row] = rows(database)
    assert (row.state, row.escalated_at, row.reason["unheard"]) == (ReminderState.ESCALATED, NOW + DAY, "")


def test_who_gets_an_advisor_before_a_manager_is_there_is_his(database: Database) -> None:
    external_id = rose(database, "晴天")
    looked(reminding(database), NOW, NOW + 3 * HOUR)
    advisor(database, "chen")
    with database.unit_of_work() as session:
        customer = session.query(Customer).filter_by(external_id=external_id).one()
        customer.advisor = "chen"
        session.add(Follow(customer_id=customer.id, advisor="chen", since=NOW + 3 * HOUR))
    looked(reminding(database, **SOMEBODY), NOW + 4 * HOUR, NOW + 4 * HOUR + MINUTE)

    assert told(database) == [("advisor_card", ["chen"])]
    [row] = rows(database)
    assert (row.advisor, row.state, row.reason["unheard"]) == ("chen", ReminderState.ASKED, "")
    assert row.reason["story"][-1]["text"] == "客户换了顾问：之前没有顾问，还没有提醒"


def test_a_manager_gets_so_many_cards_a_day_and_the_rest_in_one_text(database: Database) -> None:
    for number in range(5):
        rose(database, f"客户{number}")
    looked(reminding(database, replace(FOLLOW_UPS, cards_a_day=3), **SOMEBODY), NOW, NOW + 2 * HOUR, NOW + 3 * HOUR)
    assert [channel for channel, _ in told(database)] == ["advisor_card"] * 3 + ["advisor_text"]
    assert {row.state for row in rows(database)} == {ReminderState.ESCALATED}


def test_managers_are_not_told_of_last_year_and_of_no_regular_follow_up(database: Database) -> None:
    rose(database, "早就升级的", at=NOW - 10 * DAY)
    with database.unit_of_work() as session:
        session.add(Customer(external_id="wm-b", level="B", first_seen_at=NOW - 60 * DAY))
    looked(reminding(database, **SOMEBODY), NOW, NOW + DAY)
    assert states(database) == []


def test_a_manager_answers_the_card_of_a_customer_without_an_advisor(database: Database) -> None:
    rose(database, "晴天")
    reminds = reminding(database, **SOMEBODY)
    looked(reminds, NOW, NOW + 2 * HOUR)
    with database.unit_of_work() as session:
        row = session.query(Reminder).one()
        shown = FollowUps(FOLLOW_UPS, LEVELS, reminds.ports).clicked(
            session, f"{row.card}-1", "boss", FollowUp.CONTACTED, {}, NOW + 3 * HOUR
        )
    assert shown is not None
    assert shown.startswith("boss：已联系")
    looked(reminds, NOW + 3 * HOUR, NOW + 2 * DAY)
    assert len(told(database)) == 1


def test_an_advisors_unanswered_card_is_not_marked_as_reported_when_nobody_was_told(database: Database) -> None:
    advisor(database, "chen", store="sh-pudong")
    rose(database, "晴天", by="chen")
    looked(reminding(database), *(NOW + hours * HOUR for hours in (0, 2, 4, 6, 7)))
    assert told(database) == [LIST, CARD, CARD]
    [row] = rows(database)
    assert (row.state, row.escalated_at) == (ReminderState.UNHEARD, None)
    with database.reading() as session:
        assert unheard_counts(session) == (1, 0)

    looked(reminding(database, **BOSS), NOW + 8 * HOUR, NOW + 9 * HOUR)
    assert told(database)[3:] == [("advisor_text", ["boss"])]
    assert states(database) == [(ReminderKind.ROSE, ReminderState.ESCALATED)]


def test_a_visit_that_nobody_heard_of_is_not_told_when_it_is_over(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = Customer(external_id="wm-1", level="B", first_seen_at=NOW)
        session.add(customer)
        session.flush()
        evidence = {"message_id": "m1", "words": "明天下午来", "start": 0, "end": 5, "confidence": 1.0, "said_at": NOW}
        session.add(SlotRecord(customer_id=customer.id, name="visit_time", value="2026-11-24T15:00", **evidence))
    looked(reminding(database), NOW, NOW + 7 * HOUR)
    assert states(database) == [(ReminderKind.VISIT_EVE, ReminderState.UNHEARD)]
    looked(reminding(database, **SOMEBODY), NOW + DAY)
    assert states(database) == [(ReminderKind.VISIT_EVE, ReminderState.DROPPED)]
    looked(reminding(database, **SOMEBODY), NOW + 2 * DAY)
    assert told(database) == [("advisor_card", ["boss", "chief"])], "what is asked then is how the visit went"
    assert states(database)[1:] == [(ReminderKind.VISIT_PAST, ReminderState.ESCALATED)]


def test_what_an_advisor_who_left_cannot_hear_waits_for_a_manager_too(database: Database) -> None:
    advisor(database, "chen", store="sh-pudong", is_active=False)
    rose(database, "晴天", by="chen")
    looked(reminding(database), NOW, NOW + 2 * HOUR, NOW + 3 * HOUR)
    assert [row.state for row in rows(database)] == [ReminderState.UNHEARD]
    looked(reminding(database, **BOSS), NOW + 4 * HOUR)
    [(channel, members)] = told(database)
    assert (channel, members) == ("advisor_text", ["boss"])


def test_what_goes_to_advisors_and_managers_stands_in_the_one_ledger(database: Database) -> None:
    advisor(database, "chen", store="sh-pudong")
    rose(database, "晴天", by="chen")
    looked(reminding(database, **BOSS), *(NOW + hours * HOUR for hours in (0, 2, 4, 6)))
    lines = [(touch.plan, touch.step, touch.subject_kind, touch.subject_id, touch.verdict) for touch in touches(database)]
    assert lines == [
        ("reminders", "digest", "advisor", "chen", "go"),
        ("reminders", "rose", "advisor", "chen", "go"),
        ("reminders", "rose", "advisor", "chen", "go"),
        ("reminders", "escalated", "advisor", "boss", "go"),
    ]
    assert all(touch.outbox_key for touch in touches(database))


@pytest.mark.parametrize("hours", [13, 14])
def test_the_eve_of_a_visit_ends_with_its_day_and_holds_back_nothing(database: Database, hours: int) -> None:
    advisor(database, "chen", store="sh-pudong")
    with database.unit_of_work() as session:
        customer = Customer(external_id="wm-1", advisor="chen", level="C", first_seen_at=NOW)
        session.add(customer)
        session.flush()
        evidence = {"message_id": "m1", "words": "明天下午来", "start": 0, "end": 5, "confidence": 1.0, "said_at": NOW}
        session.add(SlotRecord(customer_id=customer.id, name="visit_time", value="2026-11-24T15:00", **evidence))
    reminds = reminding(database, replace(FOLLOW_UPS, urgent_again_after=HOUR), **BOSS)
    looked(reminds, *(NOW + hour * HOUR for hour in (7, 8, 9)))
    assert states(database) == [(ReminderKind.VISIT_EVE, ReminderState.ESCALATED)], "nobody answered, the manager knows"
    # At 23:00 it is the eve still, at midnight it is not.
    looked(reminds, NOW + hours * HOUR)
    is_over = hours == 14
    [eve] = rows(database)
    assert (eve.state == ReminderState.DROPPED, eve.dropped_why) == (is_over, "约定到店的日子已经到了" if is_over else "")
    looked(reminds, NOW + 2 * DAY - HOUR)
    assert states(database) == [(ReminderKind.VISIT_EVE, ReminderState.DROPPED), (ReminderKind.VISIT_PAST, ReminderState.ASKED)]


def test_what_a_card_says_of_who_had_the_customer_before_is_whole(database: Database) -> None:
    rose(database, "晴天", by="chen")
    looked(reminding(database), NOW)
    [row] = rows(database)
    row.asked = 12
    hand_on(row, "lina", "客户换了顾问", now=NOW)
    [fact] = handed_over(row)
    assert fact == "提醒过 12 次，原顾问 chen"
    assert len(fact) <= 26, "so much a card shows of a fact"
    assert row.reason["story"][0]["text"] == "客户换了顾问：原顾问 chen，提醒过 12 次"


def handed_over(row: Reminder) -> list[str]:
    """The fact «交接» of its card."""
    about = Portrait("晴天", "H 级", "", "", [], "", "", None)
    return [value for name, value in card_payload(row, ["lina"], about, FOLLOW_UPS)["facts"] if name == "交接"]
