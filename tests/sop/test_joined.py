"""A plan by mass message counts from the day on which the customer became a member's contact, and ends where its goal is reached."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.db import Base, Database
from customers.models import SlotRecord
from customers.recognise import begin_follow, end_follow, recognise
from sop import store
from sop.look_ahead import preview
from sop.rehearse import prepare
from sop.standing import no_talks
from tests.sop.people import DAY, HOUR, MINUTE, NOW, POST, customer_plan, enrolments, running, ticked, touches, verdicts

LI = "wm-li"
SHIPPED = Path(__file__).resolve().parents[2] / "packs/ev_dealer"
DAYS = (0, 1, 3)
STEPS = [{**POST, "key": f"d{day}", "title": f"第 {day} 天", "day": day, "at": "18:30"} for day in DAYS]
NEW = {"joined_days": {"at_most": 1}}
VISIT = {"slot": "visit_time"}
ONLY_MASS = {"steps": STEPS, "policy": {"begins": "joined", "latest_hours": 30}}


def new_friend(database: Database, **changed: Any) -> None:
    running(database, "new-friend", customer_plan(audience=NEW, **{**ONLY_MASS, **changed}))


def talks(database: Database, at: datetime = NOW) -> None:
    with database.unit_of_work() as session:
        recognise(session, LI, now=at).last_heard_at = at


def adds(database: Database, advisor: str, at: datetime) -> None:
    with database.unit_of_work() as session:
        begin_follow(session, recognise(session, LI, now=at), advisor, channel="", now=at)


def deletes(database: Database, advisor: str, at: datetime) -> None:
    with database.unit_of_work() as session:
        end_follow(session, recognise(session, LI, now=at), advisor, ended_by="customer", now=at)


def settles_a_visit(database: Database, at: datetime) -> None:
    with database.unit_of_work() as session:
        of = recognise(session, LI, now=at)
        more = {"message_id": f"m{at}", "words": "周六", "start": 0, "end": 2, "confidence": 1.0}
        session.add(SlotRecord(customer_id=of.id, name="visit_time", value="sat", said_at=at, **more))


def runs(database: Database, until: timedelta, *, since: timedelta = timedelta(0)) -> None:
    at = NOW + since
    while at <= NOW + until:
        ticked(database, at)
        at += HOUR / 2


def said(database: Database) -> list[tuple[str, str, str]]:
    return [(touch.step, touch.verdict, f"{touch.planned.astimezone(NOW.tzinfo):%m-%d}") for touch in touches(database)]


def test_who_talks_on_monday_and_adds_the_advisor_on_thursday_hears_every_day_from_thursday_on(database: Database) -> None:
    new_friend(database)
    talks(database)
    runs(database, 3 * DAY)
    assert not enrolments(database), "nobody can send him anything yet"
    adds(database, "zhang", NOW + 3 * DAY + MINUTE)
    runs(database, 7 * DAY, since=3 * DAY + HOUR)
    assert said(database) == [("d0", "go", "11-26"), ("d1", "go", "11-27"), ("d3", "go", "11-29")]
    assert enrolments(database)[0].begun_at == NOW + 3 * DAY + MINUTE


def test_of_two_advisors_the_first_counts_while_he_has_him(database: Database) -> None:
    adds(database, "zhang", NOW - 2 * DAY)
    adds(database, "chen", NOW)
    new_friend(database)
    ticked(database, NOW)
    assert not enrolments(database), "he joined the day before yesterday, and a second advisor is no new beginning"
    deletes(database, "zhang", NOW + MINUTE)
    ticked(database, NOW + HOUR)
    assert [one.begun_at for one in enrolments(database)] == [NOW]


def test_who_was_deleted_and_added_again_joined_again_and_enters_once(database: Database) -> None:
    adds(database, "zhang", NOW - 9 * DAY)
    deletes(database, "zhang", NOW - 8 * DAY)
    new_friend(database)
    ticked(database, NOW)
    assert not enrolments(database)
    for again in (NOW + HOUR, NOW + 20 * DAY):
        adds(database, "zhang", again)
        ticked(database, again + HOUR)
        deletes(database, "zhang", again + DAY)
    assert [one.begun_at for one in enrolments(database)] == [NOW + HOUR]


def test_a_plan_into_kf_conversations_counts_from_the_first_contact_and_needs_no_advisor(database: Database) -> None:
    talks(database, NOW - HOUR)
    new_friend(database, kind="kf_message")
    ticked(database, NOW)
    assert [one.begun_at for one in enrolments(database)] == [NOW - HOUR]


@pytest.mark.parametrize("audience", [{}, {"not": {"joined_days": {"at_least": 5}}}])
def test_days_that_count_from_joining_need_an_advisor_whatever_the_rule(database: Database, audience: dict[str, Any]) -> None:
    talks(database)
    running(database, "new-friend", customer_plan(audience=audience, **ONLY_MASS))
    ticked(database, NOW)
    assert not enrolments(database)
    adds(database, "zhang", NOW + MINUTE)
    ticked(database, NOW + HOUR)
    assert [one.begun_at for one in enrolments(database)] == [NOW + MINUTE]


@pytest.mark.parametrize(("booked", "enters"), [(MINUTE, False), (timedelta(0), False), (-MINUTE, True)])
def test_who_reached_the_goal_since_he_joined_does_not_enter(database: Database, booked: timedelta, enters: bool) -> None:
    adds(database, "zhang", NOW)
    settles_a_visit(database, NOW + booked)
    new_friend(database, goal=VISIT)
    ticked(database, NOW + 40 * MINUTE)
    assert bool(enrolments(database)) is enters
    with database.reading() as session:
        row = store.plan(session, "new-friend")
        assert row is not None
        assert preview(session, row, no_talks, at=NOW + 40 * MINUTE).go == int(enters)


def test_a_goal_between_joining_and_the_look_that_enrolled_him_ends_the_plan(database: Database) -> None:
    adds(database, "zhang", NOW)
    new_friend(database, goal=VISIT)
    ticked(database, NOW + 40 * MINUTE)
    # The message was worked off after the look, though it was written before it.
    settles_a_visit(database, NOW + 30 * MINUTE)
    runs(database, 2 * DAY, since=HOUR)
    assert verdicts(database) == [("skip", "目标已达成，提前离开")]


def test_who_has_spoken_before_he_enters_has_not_reached_the_goal_of_speaking(database: Database) -> None:
    talks(database, NOW - MINUTE)
    adds(database, "zhang", NOW)
    new_friend(database, goal={"heard": True})
    ticked(database, NOW)
    assert len(enrolments(database)) == 1


@pytest.mark.parametrize(("ago", "enters"), [(2 * DAY, False), (4 * DAY, True)])
def test_the_shipped_plan_leaves_alone_who_booked_in_the_chat_that_led_to_the_advisor(
    database: Database, ago: timedelta, enters: bool
) -> None:
    shipped = yaml.safe_load((SHIPPED / "sop/individual.yaml").read_text("utf-8"))
    settles_a_visit(database, NOW - ago)
    adds(database, "zhang", NOW)
    running(database, "new-friend", shipped["new-friend"])
    ticked(database, NOW + HOUR)
    assert bool(enrolments(database)) is enters


@pytest.mark.parametrize("there", [0, 1])
def test_a_rehearsal_has_the_days_of_who_joined(database: Database, tmp_path: Path, there: int) -> None:
    talks(database, NOW - 5 * DAY)
    if there:
        adds(database, "zhang", NOW)
    new_friend(database)
    scratch = Database(f"sqlite:///{tmp_path / 'scratch.db'}")
    Base.metadata.create_all(scratch.engine)
    cast = prepare(database, scratch, "new-friend", start=NOW)
    assert (cast.of, cast.made_up, cast.left_out) == (there, not there, 0)
    ticked(scratch, NOW)
    assert len(enrolments(scratch)) == cast.taking_part
    assert {one.begun_at for one in enrolments(scratch)} == {NOW}
    scratch.close()
