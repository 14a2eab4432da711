"""Plans as arithmetic: what falls due since the last look, which wording, which track."""

from dataclasses import replace
from datetime import datetime

import pytest

from sop.plan import MOMENT, Member, next_look, planned_touches, wording_number
from sop.plan_reading import read_plan
from sop.plan_terms import Choose, PlanContent
from sop.preview import counted, told
from sop.terms import Go, Held, Skip, Skipped, Subject, TouchKind, Verdict, Wait
from sop.tracks import Track, track_for
from sop.workdays import is_workday
from tests.sop.people import DAY, HOUR, MINUTE, NOW, POST, group_plan

GROUP = Subject("group", "wr1")
TRACKS = [
    Track("fast", "快速转化", 1, frozenset({"new", "warming"})),
    Track("good", "经营好感", 3, frozenset({"warming", "mature"})),
    Track("long", "长期关系", 5, frozenset({"mature", "ageing"})),
]


def plan(**changed: object) -> PlanContent:
    content, faults = read_plan("hello", group_plan(**changed))
    assert content is not None, faults
    return content


def due(content: PlanContent, member: Member, now: datetime) -> list[datetime]:
    return [asked.planned for asked, _ in planned_touches(content, member, now=now, is_workday=is_workday)]


def test_a_step_is_due_from_its_minute_on_and_once() -> None:
    member, at = Member(GROUP, NOW, NOW), NOW + 30 * MINUTE
    assert due(plan(), member, at - MOMENT) == []
    assert due(plan(), member, at) == [at]
    assert due(plan(), replace(member, planned_until=at + MOMENT), at + HOUR) == []


def test_the_next_look_is_at_the_next_step_and_never_when_there_is_none() -> None:
    member = Member(GROUP, NOW, NOW)
    assert next_look(plan(), member, after=NOW, is_workday=is_workday) == NOW + 30 * MINUTE
    assert next_look(plan(), member, after=NOW + 30 * MINUTE, is_workday=is_workday) is None


def test_a_step_that_is_off_is_not_due_but_keeps_its_hearers_in_the_plan() -> None:
    content, member, at = plan(steps=[{**POST, "off": True}]), Member(GROUP, NOW, NOW), NOW + 30 * MINUTE
    assert due(content, member, at) == []
    assert next_look(content, member, after=NOW, is_workday=is_workday) == at
    assert next_look(content, member, after=at, is_workday=is_workday) is None


def test_a_track_s_steps_count_from_its_own_beginning() -> None:
    steps = [{**POST, "track": "good", "day": 1}]
    content = plan(steps=steps, tracks=[{"key": "good", "title": "好感", "from_week": 3}])
    member = Member(GROUP, NOW - 10 * DAY, NOW, "good", NOW)
    assert due(content, member, NOW + 3 * DAY) == [NOW + DAY + 30 * MINUTE]
    assert due(content, replace(member, track=""), NOW + 3 * DAY) == []


@pytest.mark.parametrize(
    ("week", "stage", "key"),
    [
        (1, "new", "fast"),
        (2, "warming", "fast"),
        (3, "warming", "good"),
        (2, "mature", "good"),
        (3, "new", "fast"),
        (4, "ageing", "long"),
        (9, "ageing", "long"),
        (9, "warming", "good"),
        (9, "new", "long"),
        (3, "", "good"),
    ],
)
def test_the_track_follows_the_age_and_the_stage_moves_it_by_one(week: int, stage: str, key: str) -> None:
    assert track_for(TRACKS, week=week, stage=stage).key == key


def test_a_moved_group_is_told_why() -> None:
    assert track_for(TRACKS, week=2, stage="mature").why == "建群第 2 周，按群龄是“快速转化”；生命周期是“成熟”，提前进入“经营好感”"


def test_wordings_rotate_through_all_of_them() -> None:
    weekly = {"key": "w", "title": "每周", "weekdays": [2, 4], "at": "10:30", "wordings": ["一", "二", "三"]}
    step = plan(steps=[weekly]).steps[0]
    moments = [NOW + (1 + 2 * (number % 2) + 7 * (number // 2)) * DAY for number in range(6)]
    turns = [wording_number(step, GROUP, moment, round_=1) for moment in moments]
    assert sorted(turns[:3]) == [0, 1, 2]
    assert turns[:3] == turns[3:]


def test_a_split_is_stable_and_about_even() -> None:
    step = replace(plan(steps=[{**POST, "wordings": ["一", "二"], "choose": "split"}]).steps[0])
    assert step.choose is Choose.SPLIT
    numbers = [wording_number(step, Subject("customer", f"wm{n}"), NOW, round_=1) for n in range(1000)]
    assert numbers == [wording_number(step, Subject("customer", f"wm{n}"), NOW + DAY, round_=2) for n in range(1000)]
    assert 400 < sum(numbers) < 600


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"steps": [{**POST, "at": 630}]}, ("steps", 0, "at")),
        ({"steps": [{**POST, "colour": "red"}]}, ("steps", 0, "colour")),
        ({"steps": [POST, POST]}, ("steps", 1, "key")),
        ({"steps": [{**POST, "track": "none"}]}, ("steps", 0, "track")),
        ({"steps": [{**POST, "wordings": ["{称呼}好"]}]}, ("steps", 0, "wordings", 0)),
        ({"steps": [{**POST, "wordings": ["现在下订减 6000 元"]}]}, ("steps", 0, "wordings", 0)),
        ({"steps": [{**POST, "weekdays": [1]}]}, ("steps", 0)),
        ({"audience": {"level": ["H"]}}, ("audience",)),
        ({"kind": "telegram"}, ("kind",)),
    ],
)
def test_a_fault_names_its_place(changed: dict[str, object], place: tuple[object, ...]) -> None:
    content, faults = read_plan("hello", group_plan(**changed))
    assert content is None
    assert place in [where for where, _ in faults]


def test_the_preview_says_how_many_go_wait_and_are_left_out() -> None:
    verdicts: list[Verdict] = [*[Go()] * 1702, *[Wait(Held.QUIET_HOURS, NOW)] * 96, *[Skip(Skipped.DISMISSED)] * 51]
    assert told(counted(verdicts), TouchKind.GROUP_POST) == "1,849 个群：1,702 个现在发，96 个等免打扰时段结束，51 个不发：群已解散"
    assert told(counted([]), TouchKind.MASS_MESSAGE) == "现在没有符合条件的客户"
