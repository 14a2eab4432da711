"""A group's stage moves with what is visible, and not while an operator holds it."""

from datetime import datetime, timedelta

import pytest

from core.db import Database
from customers import group_store
from customers.groups import meet_group, take_in
from customers.judge_groups import hold, judge, release
from customers.lifecycle import LifecycleRule
from customers.models import GroupChat
from customers.recognise import recognise
from customers.terms import GroupSeen, GroupStage, JoinScene, MemberSeen

NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")
DAY = timedelta(days=1)


@pytest.fixture
def chat(database: Database) -> str:
    """Ten customers who came 40 days ago; one of them spoke with us 14 days ago, one a second earlier."""
    with database.unit_of_work() as session:
        founded = NOW - 40 * DAY
        members = [MemberSeen(f"wm-{number}", True, "", founded, JoinScene.QR) for number in range(10)]
        group, _ = meet_group(session, "wr1", now=NOW)
        take_in(session, group, GroupSeen("wr1", "群", "zhangsan", "", founded, members, "v1"), now=NOW)
        recognise(session, "wm-1", now=NOW).last_heard_at = NOW - 14 * DAY
        recognise(session, "wm-2", now=NOW).last_heard_at = NOW - 14 * DAY - timedelta(seconds=1)
    return "wr1"


def judged(database: Database, *, now: datetime = NOW) -> GroupChat:
    with database.unit_of_work() as session:
        group = group_store.lock_group(session, "wr1")
        assert group is not None
        judge(session, [group], LifecycleRule(), now=now)
        return group


def history(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as session:
        group = group_store.group_by_chat_id(session, "wr1")
        assert group is not None
        return [(change.before, change.after, change.reason["kind"]) for change in group_store.stage_history(session, group.id)]


def test_the_stage_is_computed_with_its_parts_and_its_change_kept(database: Database, chat: str) -> None:
    group = judged(database)
    assert (group.stage, group.active) == (GroupStage.MATURE, 1)
    assert sum(part["points"] for part in group.parts) == pytest.approx(group.coefficient, abs=1e-6)
    assert history(database) == [("new", "mature", "computed")]


def test_judging_again_without_news_changes_nothing(database: Database, chat: str) -> None:
    judged(database)
    judged(database)
    assert len(history(database)) == 1


def test_a_held_stage_stays_while_the_formula_goes_on_beside_it(database: Database, chat: str) -> None:
    judged(database)
    with database.unit_of_work() as session:
        group = group_store.lock_group(session, "wr1")
        assert group is not None
        hold(session, group, GroupStage.WARMING, by="lina", why="新车要来了", now=NOW)
    group = judged(database, now=NOW + DAY)
    assert (group.stage, group.computed) == (GroupStage.WARMING, GroupStage.AGEING), "a day later nobody is active"
    with database.unit_of_work() as session:
        again = group_store.lock_group(session, "wr1")
        assert again is not None
        release(session, again, by="lina", now=NOW + DAY)
    assert history(database) == [("warming", "ageing", "released"), ("mature", "warming", "held"), ("new", "mature", "computed")]


def test_only_read_and_living_groups_are_judged(database: Database, chat: str) -> None:
    with database.unit_of_work() as session:
        meet_group(session, "never-read", now=NOW)
        assert [group.chat_id for group in group_store.to_judge(session, judged_before=None, after=0, limit=9)] == [chat]
    judged(database)
    with database.reading() as session:
        assert group_store.to_judge(session, judged_before=None, after=0, limit=9) == []
        assert group_store.to_judge(session, judged_before=NOW, after=0, limit=9) == []
        assert len(group_store.to_judge(session, judged_before=NOW + DAY, after=0, limit=9)) == 1
