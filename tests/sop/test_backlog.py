"""A plan that counts days from entering speaks to who comes to belong, and not to everybody who belonged before it was switched on."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.db import Base, Database
from customers.models import Customer, CustomerTag, LevelChange
from sop import steer
from sop.look_ahead import preview
from sop.playbill import cast_lines
from sop.preview import told
from sop.rehearse import prepare
from sop.standing import no_talks
from sop.store import content_of, plan
from sop.terms import Skipped, TouchKind
from tests.sop.people import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    POST,
    customer_plan,
    customers,
    enrolments,
    groups,
    policy,
    queued,
    running,
    ticked,
    verdicts,
)

SILENT = {"silent_days": {"at_least": 14}}
STEPS = [{**POST, "day": 1}]


def silent(database: Database, name: str, since: datetime) -> str:
    [external_id] = customers(database, 1, advisor=name, seen=NOW - 300 * DAY, last_heard_at=since)
    return external_id


def entered(database: Database, at: datetime = NOW) -> list[str]:
    ticked(database, at)
    return [one.subject_id for one in enrolments(database)]


@pytest.mark.parametrize(
    ("within", "ago", "enters"),
    [
        (0, 14 * DAY, False),
        (0, 300 * DAY, False),
        (3, 17 * DAY, False),
        (3, 17 * DAY - MINUTE, True),
        (3, 14 * DAY, True),
        (3, 14 * DAY - MINUTE, False),
    ],
)
def test_at_its_start_a_plan_takes_only_who_fell_silent_within_its_days(
    database: Database, within: int, ago: timedelta, enters: bool
) -> None:
    silent(database, "wang", NOW - ago)
    running(database, "silent", customer_plan(audience=SILENT, policy={"within_days": within}, steps=STEPS))
    assert bool(entered(database)) is enters


def test_who_falls_silent_later_enters_and_the_backlog_never_does(database: Database) -> None:
    silent(database, "backlog", NOW - 100 * DAY)
    later = silent(database, "later", NOW - 13 * DAY)
    running(database, "silent", customer_plan(audience=SILENT, steps=STEPS))
    assert entered(database) == []
    assert entered(database, NOW + DAY) == [later]
    assert entered(database, NOW + 60 * DAY) == [later]


def test_who_of_the_backlog_speaks_and_falls_silent_again_enters(database: Database) -> None:
    back = silent(database, "backlog", NOW - 100 * DAY)
    running(database, "silent", customer_plan(audience=SILENT, steps=STEPS))
    assert entered(database) == []
    with database.unit_of_work() as session:
        session.query(Customer).filter_by(external_id=back).one().last_heard_at = NOW + HOUR
    assert entered(database, NOW + 14 * DAY) == []
    assert entered(database, NOW + 14 * DAY + HOUR) == [back]


def tagged(database: Database, external_id: str, since: datetime) -> None:
    with database.unit_of_work() as session:
        of = session.query(Customer).filter_by(external_id=external_id).one()
        tag = session.query(CustomerTag).filter_by(customer_id=of.id).one_or_none()
        if tag is not None:
            tag.since = since
            return
        more = {"message_id": "", "words": "", "confidence": 1.0}
        session.add(CustomerTag(customer_id=of.id, group="试驾", name="已试驾", since=since, **more))


def test_a_tag_counts_from_when_it_was_given_and_a_second_time_only_when_given_again(database: Database) -> None:
    before, after = customers(database, 2, seen=NOW - 300 * DAY)
    tagged(database, before, NOW - 5 * DAY)
    tagged(database, after, NOW + HOUR)
    running(database, "driven", customer_plan(audience={"tag": "试驾/已试驾"}, policy={"again_after_days": 30}, steps=STEPS))
    assert entered(database, NOW + 2 * HOUR) == [after]
    ticked(database, NOW + 2 * DAY)
    assert entered(database, NOW + 90 * DAY) == [after], "it is still the same test drive"
    tagged(database, after, NOW + 90 * DAY)
    assert entered(database, NOW + 91 * DAY) == [after, after]


def test_a_level_counts_from_when_it_was_reached(database: Database) -> None:
    long_ago, lately = customers(database, 2, seen=NOW - 300 * DAY, level="O")
    with database.unit_of_work() as session:
        for external_id, at in ((long_ago, NOW - 90 * DAY), (lately, NOW - 2 * DAY)):
            of = session.query(Customer).filter_by(external_id=external_id).one()
            session.add(LevelChange(customer_id=of.id, before="H", after="O", reason={}, changed_at=at))
    running(database, "ordered", customer_plan(audience={"level": ["O"]}, policy={"within_days": 3}, steps=STEPS))
    assert entered(database) == [lately]


@pytest.mark.parametrize(
    "changed",
    [
        {"audience": {}, "steps": STEPS},
        {"audience": SILENT, "steps": [{"key": "one", "title": "群发", "date": "2026-11-24", "at": "10:30", "wordings": ["您好"]}]},
        {"audience": SILENT, "steps": STEPS, "policy": {"begins": "joined"}},
    ],
    ids=["it asks for nothing that came about at a moment", "it says something on a date", "its days count from joining"],
)
def test_other_plans_take_everybody(database: Database, changed: dict[str, Any]) -> None:
    known = silent(database, "wang", NOW - 100 * DAY)
    running(database, "other", customer_plan(**changed))
    assert entered(database) == [known]


def test_groups_that_were_there_before_are_a_plans_too(database: Database) -> None:
    groups(database, 2, made=NOW - 100 * DAY)
    running(database, "community", {"title": "社群", "kind": "group_post", "audience": {"size": {"at_least": 2}}, "steps": [POST]})
    assert len(entered(database)) == 2


def test_preview_says_how_many_are_left_out_and_why(database: Database) -> None:
    silent(database, "backlog", NOW - 100 * DAY)
    silent(database, "lately", NOW - 15 * DAY)
    running(database, "silent", customer_plan(audience=SILENT, policy={"within_days": 3}, steps=STEPS))
    with database.reading() as session:
        row = plan(session, "silent")
        assert row is not None
        counts = preview(session, row, no_talks, at=NOW)
    assert counts.skip[Skipped.BEFORE] == 1
    assert told(counts, TouchKind.MASS_MESSAGE) == "2 位客户：1 位现在发，1 位不发：计划启动前就已符合条件"


def test_a_rehearsal_says_how_many_are_left_out(database: Database, tmp_path: Path) -> None:
    silent(database, "backlog", NOW - 100 * DAY)
    silent(database, "lately", NOW - 15 * DAY)
    running(
        database, "silent", customer_plan(audience=SILENT, policy={"within_days": 3}, steps=[*STEPS, {**STEPS[0], "key": "b", "off": True}])
    )
    scratch = Database(f"sqlite:///{tmp_path / 'scratch.db'}")
    Base.metadata.create_all(scratch.engine)
    cast = prepare(database, scratch, "silent", start=NOW)
    assert list(cast_lines(cast)) == [
        "会入组的 1 个，全部参加排练",
        "另有 1 个在计划启动前 3 天就已符合条件，不入组（计划里的 within_days 可以放宽）",
        "已停用、不会发的步骤 1 个：问候",
    ]
    ticked(scratch, NOW)
    assert [one.subject_id for one in enrolments(scratch)] == ["wmlately00000"]
    scratch.close()


def test_a_step_that_is_switched_off_is_not_said_and_what_waits_of_it_is_skipped(database: Database) -> None:
    groups(database, 1)
    policy(database, {"quiet": [{"kinds": ["group_post"], "from": "10:00", "to": "11:00"}]})
    plain = {"title": "社群", "kind": "group_post"}
    other = {**POST, "key": "other", "title": "另一条", "day": 1}
    running(database, "community", {**plain, "steps": [POST, other]})
    ticked(database, NOW + 30 * MINUTE)
    assert verdicts(database) == [("wait", "免打扰时段")]
    with database.unit_of_work() as session:
        row = plan(session, "community")
        assert row is not None
        assert (
            steer.change(session, row, {**plain, "steps": [{**POST, "off": True}, {**other, "off": True}]}, "li", now=NOW + 31 * MINUTE)
            == []
        )
        assert [step.is_off for step in content_of(row).steps] == [True, True]
    for moment in (NOW + HOUR, NOW + 2 * HOUR, NOW + 2 * DAY):
        ticked(database, moment)
    assert verdicts(database) == [("skip", Skipped.STEP_OFF)]
    assert queued(database) == []
