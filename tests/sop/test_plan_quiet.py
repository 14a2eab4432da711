"""A plan's own quiet hours hold besides those for all plans: read with faults by place, kept by the tick, told by preview and rehearsal."""

from datetime import datetime, time
from pathlib import Path

import pytest

from core.db import Base, Database
from sop import store
from sop.look_ahead import preview
from sop.plan_reading import read_plan
from sop.playbill import lines, summary
from sop.policy import QuietHours, TouchPolicy, may_touch
from sop.preview import told
from sop.rehearse import prepare, rehearse
from sop.standing import no_talks
from sop.terms import Asked, Go, Held, Skip, Skipped, Standing, Subject, TouchKind, Wait
from sop.tick import Ticker
from tests.sop.people import DAY, DEFAULTS, HOUR, MINUTE, NOW, POST, group_plan, groups, policy, running, ticked, touches, verdicts

FOR_ALL = {"quiet": [{"kinds": ["group_post"], "from": "21:00", "to": "09:00"}]}
LATE_MORNING = {"policy": {"quiet": [{"from": "10:00", "to": "11:00"}]}}


def verdict(clock: str, *own: QuietHours, patient: bool = True) -> object:
    """Of a touch that is asked for at this time of a Wednesday, under quiet hours for all from nine in the evening to nine."""
    now = datetime.fromisoformat(f"2026-11-25T{clock}:00+08:00")
    asked = Asked("k", Subject("group", "wr1"), TouchKind.GROUP_POST, "hello", now, now + (2 * DAY if patient else HOUR))
    for_all = TouchPolicy(quiet={TouchKind.GROUP_POST: QuietHours()})
    return may_touch(asked, Standing(), for_all.stricter((), own), now=now)


def wait(why: Held, until: str) -> Wait:
    return Wait(why, datetime.fromisoformat(f"2026-11-{until}:00+08:00"))


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("11:59", Go()),
        ("12:00", wait(Held.PLAN_QUIET, "25T14:00")),
        ("13:59", wait(Held.PLAN_QUIET, "25T14:00")),
        ("14:00", Go()),
        ("20:59", Go()),
        ("21:00", wait(Held.QUIET_HOURS, "26T09:00")),
        ("08:59", wait(Held.QUIET_HOURS, "25T09:00")),
        ("09:00", Go()),
    ],
)
def test_a_plan_is_quiet_at_its_own_hours_and_at_those_for_all(clock: str, expected: object) -> None:
    assert verdict(clock, QuietHours(time(12), time(14))) == expected


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("19:59", Go()),
        ("20:00", wait(Held.PLAN_QUIET, "26T10:00")),
        ("21:00", wait(Held.QUIET_HOURS, "26T10:00")),
        ("08:59", wait(Held.QUIET_HOURS, "25T10:00")),
        ("09:00", wait(Held.PLAN_QUIET, "25T10:00")),
        ("09:59", wait(Held.PLAN_QUIET, "25T10:00")),
        ("10:00", Go()),
    ],
)
def test_hours_that_run_into_each_other_are_waited_out_together(clock: str, expected: object) -> None:
    assert verdict(clock, QuietHours(time(20), time(22)), QuietHours(time(8), time(10))) == expected


def test_a_plan_is_never_less_quiet_than_all() -> None:
    assert verdict("21:30", QuietHours(time(22), time(23))) == wait(Held.QUIET_HOURS, "26T09:00")


def test_hours_that_leave_no_minute_are_looked_at_again_and_end_too_late() -> None:
    all_day = QuietHours(time(9), time(21))
    found = verdict("10:00", all_day)
    assert isinstance(found, Wait)
    assert found.until > datetime.fromisoformat("2026-11-26T09:59:00+08:00")
    assert verdict("10:00", all_day, patient=False) == Skip(Skipped.TOO_LATE, Held.PLAN_QUIET)


@pytest.mark.parametrize(
    ("quiet", "place"),
    [
        ([{"from": "9点", "to": "10:00"}], (0, "from")),
        ([{"from": "09:00", "to": "10:00"}, {"from": "12:00"}], (1, "to")),
        ([{"kinds": ["moment"], "from": "09:00", "to": "10:00"}], (0, "kinds")),
        ({"from": "09:00", "to": "10:00"}, ()),
    ],
)
def test_a_fault_in_them_names_its_place(quiet: object, place: tuple[object, ...]) -> None:
    content, faults = read_plan("hello", group_plan(policy={"quiet": quiet}))
    assert content is None
    assert [where for where, _ in faults] == [("policy", "quiet", *place)]


def test_only_the_plan_that_has_them_waits(database: Database) -> None:
    policy(database, FOR_ALL)
    groups(database, 1)
    running(database, "hello", group_plan(**LATE_MORNING))
    running(database, "other", group_plan(steps=[{**POST, "at": "10:29"}]))
    for at in (NOW, NOW + 29 * MINUTE, NOW + 30 * MINUTE, NOW + HOUR - MINUTE):
        ticked(database, at)
    assert {one.plan: (one.verdict, one.reason) for one in touches(database)} == {"other": ("go", ""), "hello": ("wait", Held.PLAN_QUIET)}
    ticked(database, NOW + HOUR)
    assert verdicts(database) == [("go", ""), ("go", "")]


def test_the_preview_names_them(database: Database) -> None:
    policy(database, FOR_ALL)
    groups(database, 2)
    running(database, "hello", group_plan(**LATE_MORNING))
    with database.reading() as session:
        [plan] = store.plans(session)
        said = [told(preview(session, plan, no_talks, at=at), TouchKind.GROUP_POST) for at in (NOW, NOW + HOUR, NOW + 12 * HOUR)]
    assert said == ["2 个群：2 个等计划自己的免打扰时段结束", "2 个群：2 个现在发", "2 个群：2 个等免打扰时段结束"]


def test_the_rehearsal_waits_for_them_and_says_so(database: Database, tmp_path: Path) -> None:
    groups(database, 2)
    running(database, "hello", group_plan(**LATE_MORNING))
    scratch = Database(f"sqlite:///{tmp_path}/scratch.db")
    Base.metadata.create_all(scratch.engine)
    cast = prepare(database, scratch, "hello", start=NOW)
    decided = rehearse(Ticker(scratch, DEFAULTS), cast, start=NOW, end=NOW + DAY).decided
    played = list(lines(decided, {}))
    assert "11-23 周一 10:30  等  hello · hello：2 个群等计划自己的免打扰时段结束（到 11-23 11:00）" in played
    assert any(line.startswith("11-23 周一 11:00  发") for line in played)
    assert "等待：等计划自己的免打扰时段结束 2 次" in list(summary(cast, decided))
