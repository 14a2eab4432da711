"""A rehearsal is of one plan: what others say beside it is not counted, and what operators decided about its subjects holds in it too."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.db import Base, Database
from customers.models import Advisor
from sop import steer
from sop.models import Enrolment
from sop.playbill import cast_lines, lines, summary
from sop.rehearse import Rehearsal, prepare, rehearse
from sop.terms import Go
from sop.tick import Ticker
from tests.sop.people import DAY, DEFAULTS, NOW, POST, enrolments, group_plan, groups, running, ticked


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Database]:
    """An empty database with all tables."""
    database = Database(f"sqlite:///{tmp_path / 'scratch.db'}")
    Base.metadata.create_all(database.engine)
    yield database
    database.close()


def played(database: Database, scratch: Database, plan: str, days: int) -> Rehearsal:
    cast = prepare(database, scratch, plan, start=NOW)
    return rehearse(Ticker(scratch, DEFAULTS), cast, start=NOW, end=NOW + days * DAY)


def steered(database: Database, chat_id: str, **columns: Any) -> None:
    with database.unit_of_work() as session:
        one = session.query(Enrolment).filter_by(subject_id=chat_id).one()
        if "hold" in columns:
            steer.hold_one(session, one, "li", now=NOW)
        else:
            steer.hold_track(one, "li", track=columns["track"], now=NOW)


def test_what_an_advisor_is_sent_is_nothing_to_confirm(database: Database, scratch: Database) -> None:
    with database.unit_of_work() as session:
        session.add_all(Advisor(userid=one, name=one) for one in ("wang", "chen"))
    running(database, "tips", {"title": "每日一课", "kind": "advisor_card", "steps": [POST]})
    rehearsal = played(database, scratch, "tips", 1)
    told = [*lines(rehearsal.decided, {}), *summary(rehearsal.cast, rehearsal.decided)]
    assert "共发出 2 次触达" in told
    assert not [line for line in told if "确认" in line]


def test_a_group_post_is_confirmed_by_its_owner(database: Database, scratch: Database) -> None:
    groups(database, 3)
    running(database, "hello", group_plan())
    rehearsal = played(database, scratch, "hello", 1)
    assert "11-23 周一 10:30  发  hello · hello → 3 个群，待确认：owner 3" in list(lines(rehearsal.decided, {}))
    assert list(summary(rehearsal.cast, rehearsal.decided)) == ["共发出 3 次触达", "需要确认的群发任务 1 个：owner 1 个"]


def test_other_plans_are_heard_but_not_counted(database: Database, scratch: Database) -> None:
    groups(database, 3)
    running(database, "hello", group_plan())
    running(database, "other", group_plan(steps=[{**POST, "at": "15:00"}]))
    rehearsal = played(database, scratch, "hello", 1)
    assert [line for line in lines(rehearsal.decided, {}) if "发  other" in line]
    assert list(summary(rehearsal.cast, rehearsal.decided)) == [
        "共发出 3 次触达（同时运行的其他计划另有 3 次，不计在内）",
        "需要确认的群发任务 1 个：owner 1 个",
    ]


def test_what_an_operator_holds_or_keeps_on_its_track_stays_so(database: Database, scratch: Database) -> None:
    held, kept, _ = groups(database, 3)
    tracks = [{"key": "young", "title": "新", "from_week": 1}, {"key": "old", "title": "老", "from_week": 2}]
    steps = [{**POST, "key": "young", "track": "young", "day": 8}, {**POST, "key": "old", "track": "old", "day": 3}]
    running(database, "life", group_plan(tracks=tracks, steps=steps, policy={"begins": "joined"}))
    ticked(database, NOW)
    steered(database, held, hold=True)
    steered(database, kept, track="old")
    rehearsal = played(database, scratch, "life", 12)
    assert [line for line in cast_lines(rehearsal.cast) if "运营" in line] == [
        "其中 1 个现在被运营暂停，排练里也一直暂停",
        "其中 1 个现在被运营固定在一轨，排练里也不换轨",
    ]
    went = {one.asked.subject.id: (at - NOW).days for at, _, one in rehearsal.decided if isinstance(one.verdict, Go) and one.step == "old"}
    assert (held in went, went[kept], len(went)) == (False, 3, 2), "the one that is kept is there at once, the third after a week"
    assert next(one for one in enrolments(scratch) if one.subject_id == kept).track_held_by == "li"
