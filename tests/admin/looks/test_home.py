"""What the first page counts, in Shanghai's days and within sight."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.looks.home import DAYS, Home, Standing, first_day, home, kind_of
from admin.looks.tasks import tasks
from admin.looks.wanted import Wanted
from admin.terms import Role, Who
from bot.models import KfSession, Utterance
from core.db import Database
from customers.models import Customer
from sop.models import Reminder
from tests.bot.test_boxes import heard, stopped

ADMIN = Who(1, "admin", "管理员", Role.ADMIN)
MANAGER = Who(2, "wang", "王", Role.STORE_MANAGER, store="s1")
NOON = datetime.fromisoformat("2026-11-20T12:00:00+08:00")


def say(
    database: Database, who: str, at: datetime, decision: str = "", why: str = "", *, speaker: str = "customer", script: str = ""
) -> None:
    line = Utterance(
        msgid=f"{who}{at}{speaker}", external_id=who, speaker=speaker, words="字", said_at=at, decision=decision, why=why, script=script
    )
    with database.unit_of_work() as session:
        session.add(line)


def people(database: Database, people: Sequence[tuple[str, str, str, datetime]]) -> None:
    with database.unit_of_work() as session:
        for external_id, store, channel, at in people:
            session.add(Customer(external_id=external_id, store=store, channel=channel, level="H", first_seen_at=at))


def remind(session: Session, external_id: str, due: datetime, state: str = "open") -> None:
    key = f"{external_id}{due}{state}"
    customer = session.scalars(select(Customer).where(Customer.external_id == external_id)).one()
    words = {"external_id": external_id, "advisor": "zhou", "kind": "level", "level": "H", "reason": {}}
    session.add(Reminder(key=key, card=key, customer_id=customer.id, urgency=1, made_at=NOON, due_at=due, state=state, **words))


def look(database: Database, who: Who = ADMIN, now: datetime = NOON) -> Home:
    with database.reading() as session:
        return home(session, who, now=now)


def test_a_day_begins_at_midnight_in_shanghai(database: Database) -> None:
    midnight = NOON.replace(hour=0)
    say(database, "li", midnight - timedelta(seconds=1))
    say(database, "li", midnight)
    say(database, "li", NOON)
    found = look(database)
    assert [day for day, _ in found.days][-2:] == ["2026-11-19", "2026-11-20"]
    assert [tally.conversations for _, tally in found.days][-2:] == [1, 1]
    assert (found.today.conversations, found.month.conversations) == (1, 2)


def test_thirty_days_count_and_no_moment_before(database: Database) -> None:
    say(database, "li", first_day(NOON))
    say(database, "wu", first_day(NOON) - timedelta(seconds=1))
    found = look(database)
    assert len(found.days) == DAYS
    assert found.days[0][1].conversations == 1
    assert found.month.conversations == 1


@pytest.mark.parametrize(
    ("decision", "why", "options", "kind"),
    [
        ("answer", "", True, "answered"),
        ("acknowledge", "courtesy", False, "answered"),
        ("opt_out", "", False, "answered"),
        ("clarify", "", True, "asked_back"),
        ("clarify", "", False, "unanswered"),
        ("hand_off", "complaint", False, "handed_off"),
        ("pass_on", "media", False, "handed_off"),
        ("pass_on", "not_covered", False, "unanswered"),
        ("hand_off", "not_understood_twice", False, "unanswered"),
        ("quiet", "", False, ""),
        ("", "", False, ""),
    ],
)
def test_every_decision_counts_in_one_figure_and_a_silence_in_none(decision: str, why: str, options: bool, kind: str) -> None:
    assert kind_of(decision, why, options) == kind


def test_the_share_is_of_the_turns_that_were_decided(database: Database) -> None:
    for minute, (decision, why) in enumerate(
        [("answer", ""), ("answer", ""), ("hand_off", "complaint"), ("pass_on", "not_covered"), ("quiet", "")]
    ):
        say(database, "li", NOON + timedelta(minutes=minute), decision, why, script="p@1" if decision == "answer" else "")
    today = look(database).today
    assert (today.answered, today.handed_off, today.unanswered, today.turns, today.share) == (2, 1, 1, 4, 0.5)
    assert look(database, now=NOON + timedelta(days=1)).today.share is None


def test_the_first_reply_is_the_median_over_conversations(database: Database) -> None:
    for who, seconds in (("li", 2.0), ("wu", 4.0), ("he", 60.0)):
        say(database, who, NOON)
        say(database, who, NOON + timedelta(seconds=1))
        say(database, who, NOON + timedelta(seconds=seconds), speaker="assistant")
        say(database, who, NOON + timedelta(seconds=seconds + 9), speaker="person")
    say(database, "xu", NOON - timedelta(seconds=5), speaker="assistant")  # a greeting before he spoke is no reply
    say(database, "xu", NOON)
    assert look(database).today.first_reply == pytest.approx(4.0, abs=0.01)
    assert look(database, now=NOON + timedelta(days=1)).today.first_reply is None


def test_a_store_manager_sees_his_store_only(database: Database) -> None:
    people(database, [("li", "s1", "qr", NOON), ("wu", "s2", "ad", NOON), ("he", "", "", NOON - timedelta(days=40))])
    for who in ("li", "wu", "he"):
        say(database, who, NOON, "answer")
    with database.unit_of_work() as session:
        for who in ("li", "wu"):
            session.add(KfSession(open_kfid="kf", external_id=who, waiting_since=NOON))
            remind(session, who, NOON)
    stopped(database, "a")
    heard(database, "m1")
    all_of_them, his = look(database), look(database, MANAGER)
    assert (all_of_them.today.conversations, his.today.conversations) == (3, 1)
    assert (all_of_them.customers, his.customers) == (3, 1)
    assert (all_of_them.today.new_customers, his.today.new_customers) == (2, 1)
    assert (all_of_them.channels, his.channels) == ([("ad", 1), ("qr", 1)], [("qr", 1)])
    assert (all_of_them.people, his.people) == (Standing(2, NOON), Standing(1, NOON))
    assert (all_of_them.follow_ups.count, his.follow_ups.count) == (2, 1)
    assert (all_of_them.inbox.count, all_of_them.outbox.count, his.inbox.count, his.outbox.count) == (1, 1, 0, 0)


@pytest.mark.parametrize("who", [ADMIN, MANAGER, Who(3, "zhou", "周", Role.ADVISOR, userid="zhou")])
def test_what_is_to_be_followed_up_is_what_the_list_shows_when_it_is_opened(database: Database, who: Who) -> None:
    people(database, [("li", "s1", "", NOON), ("wu", "s2", "", NOON)])
    day = timedelta(days=1)
    with database.unit_of_work() as session:
        for external_id, due, state in (
            ("li", NOON - day, "asked"),
            ("li", NOON + timedelta(hours=3), "open"),
            ("li", NOON + day, "open"),
            ("li", NOON - 2 * day, "done"),
            ("wu", NOON - timedelta(hours=1), "unheard"),
        ):
            remind(session, external_id, due, state)
    with database.reading() as session:
        rows, total = tasks(session, who, Wanted(), {}, now=NOON)
    counted = look(database, who).follow_ups
    assert counted == Standing(total, NOON - day)
    assert total == len(rows) == {Role.ADMIN: 3, Role.STORE_MANAGER: 2, Role.ADVISOR: 3}[who.role]


def test_a_new_installation_has_nothing_to_count(database: Database) -> None:
    found = look(database)
    assert found.customers == 0
    assert found.month.turns == 0
    assert found.month.first_reply is None
    assert found.people == Standing()
