"""The pack's plans: the shipped ones are right, a fault names file and line, and seeding leaves operators' edits alone."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import select

from core.db import Database
from core.errors import Refused
from core.zone import SHANGHAI
from sop import steer, store
from sop.models import Plan
from sop.pack import SopPack, read_sop, seed_plans
from sop.plan import Member, coming
from sop.terms import Subject
from sop.tracks import Track
from sop.workdays import is_workday
from tests.sop.people import DAY, NOW

SHIPPED = Path(__file__).resolve().parents[2] / "packs/ev_dealer"


def pack(folder: Path, text: str) -> tuple[SopPack, list[str]]:
    (folder / "sop").mkdir(exist_ok=True)
    (folder / "sop/plans.yaml").write_text(dedent(text), "utf-8")
    found, faults = read_sop(folder)
    return found, [str(fault) for fault in faults]


ONE = """\
    hello:
      title: 问候
      kind: group_post
      steps:
        - {key: a, title: 一, day: 0, at: "10:30", wordings: [大家好]}
    """


def test_the_shipped_community_plan_has_three_tracks_and_at_least_forty_posts() -> None:
    found, faults = read_sop(SHIPPED)
    assert not faults
    community = found.plans["community"]
    assert [(track.key, track.from_week) for track in community.tracks] == [("conversion", 1), ("goodwill", 3), ("relation", 5)]
    assert all(isinstance(track, Track) for track in community.tracks)
    assert len(community.steps) >= 40
    assert {"new-friend", "after-test-drive", "silent-14", "waiting-for-car", "owner-first-month", "birthday"} <= set(found.plans)


def test_a_fault_names_file_and_line(tmp_path: Path) -> None:
    _, faults = pack(tmp_path, ONE.replace('"10:30"', "10:30"))
    assert faults == ['sop/plans.yaml:5: «630» is no time of day such as "09:30" (in quotes)']


@pytest.mark.parametrize(
    ("policy", "fault"),
    [
        ("{within_days: -1}", "no whole number"),
        ("{within_days: 91}", "at most 90"),
        ("{begins: joined, within_days: 3}", "days count from joining here"),
        ("{exclusive: 3}", "true or false is expected"),
    ],
)
def test_what_a_plan_may_not_say_of_who_enters_is_a_fault_in_its_line(tmp_path: Path, policy: str, fault: str) -> None:
    _, faults = pack(tmp_path, ONE.replace("steps:", f"policy: {policy}\n      steps:"))
    assert len(faults) == 1
    assert faults[0].startswith("sop/plans.yaml:4:")
    assert fault in faults[0]


def test_a_step_is_off_or_not(tmp_path: Path) -> None:
    found, faults = pack(tmp_path, ONE.replace("title: 一", "title: 一, off: true"))
    assert not faults
    assert found.plans["hello"].steps[0].is_off
    _, faults = pack(tmp_path, ONE.replace("title: 一", "title: 一, off: maybe"))
    assert faults == ["sop/plans.yaml:5: true or false is expected, not «maybe»"]


def test_a_material_that_the_pack_does_not_have_is_a_fault(tmp_path: Path) -> None:
    found, faults = pack(tmp_path, ONE.replace("[大家好]", "[{text: 大家好, attachments: [poster]}]"))
    assert not faults
    assert [str(fault) for fault in found.faults_against({"other"}, set())] == ["sop/plans.yaml:5: material «poster» is unknown"]
    assert not found.faults_against({"poster"}, set())


def test_seeding_brings_drafts_follows_the_pack_and_keeps_what_an_operator_edited(database: Database, tmp_path: Path) -> None:
    first, _ = pack(tmp_path, ONE)
    second, _ = pack(tmp_path, ONE.replace("大家好", "各位好"))
    with database.unit_of_work() as session:
        assert seed_plans(session, first, now=NOW) == (["hello"], [])
        assert seed_plans(session, first, now=NOW) == ([], [])
        assert seed_plans(session, second, now=NOW) == ([], ["hello"])
        plan = session.scalars(select(Plan)).one()
        assert plan.state == "draft", "nothing speaks that nobody has started"
        assert steer.change(session, plan, {**store.as_data(plan), "title": "我们的问候"}, "li", now=NOW) == []
        assert seed_plans(session, first, now=NOW) == ([], [])
        assert plan.title == "我们的问候"


def test_a_plan_that_needs_a_fact_cannot_be_started(database: Database, tmp_path: Path) -> None:
    found, faults = pack(tmp_path, ONE.replace("title: 问候", "title: 问候\n      needs: 还没有“班级”这个信息"))
    assert not faults
    with database.unit_of_work() as session:
        seed_plans(session, found, now=NOW)
        hello = store.plan(session, "hello")
        assert hello is not None
        with pytest.raises(Refused, match="班级"):
            steer.start(session, hello, now=NOW)


def test_a_shipped_plan_that_needs_nothing_any_more_can_be_started_where_it_was_seeded_before(database: Database) -> None:
    found, _ = read_sop(SHIPPED)
    assert not any(plan.needs for plan in found.plans.values())
    before = replace(found, data={**found.data, "birthday": {**found.data["birthday"], "needs": "生日", "audience": {"tag": "生日/今天"}}})
    with database.unit_of_work() as session:
        seed_plans(session, before, now=NOW)
        assert seed_plans(session, found, now=NOW) == ([], ["birthday"])
        birthday = store.plan(session, "birthday")
        assert birthday is not None
        steer.start(session, birthday, now=NOW)
        assert (birthday.state, birthday.audience) == ("running", {"birthday": "today"})


@pytest.mark.parametrize("weekday", range(7))
@pytest.mark.parametrize("track", ["conversion", "goodwill", "relation"])
def test_on_no_day_do_two_community_posts_fall_together(weekday: int, track: str) -> None:
    found, _ = read_sop(SHIPPED)
    # Over New Year and the Spring Festival, and longer than a group stays on a track by its age.
    begun = NOW + (weekday + 28) * DAY
    member = Member(Subject("group", "wr1"), begun, begun, track, begun)
    moments = coming(found.plans["community"], member, start=begun, end=begun + 80 * DAY, is_workday=is_workday)
    days = [moment.astimezone(SHANGHAI).date() for moment, _ in moments]
    assert len(days) > 14
    assert [day for day, many in Counter(days).items() if many > 1] == []
