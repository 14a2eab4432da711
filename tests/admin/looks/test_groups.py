"""Groups as operators see them: each his own, with what moves in them; a stage is held by who may."""

from datetime import datetime, timedelta

import pytest

from admin.acts.groups import hold_stage, release_stage
from admin.looks.groups import groups, portrait
from admin.looks.wanted import Wanted
from admin.terms import Blocked, NotAllowed, Role, Who
from core.db import Database
from customers import group_store
from customers.groups import leave, meet_group, take_in
from customers.models import Advisor
from customers.terms import GroupSeen, GroupStage, JoinScene, LeftReason, MemberSeen

NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")
DAY = timedelta(days=1)
ALL = Who(1, "boss", "", Role.ADMIN)
HERE, THERE = (Who(2, "m", "", Role.STORE_MANAGER, store) for store in ("pudong", "nanjing"))


@pytest.fixture
def chat(database: Database) -> str:
    """A group of the store pudong: two came three days ago, one of them has left today."""
    with database.unit_of_work() as session:
        session.add(Advisor(userid="zhangsan", name="张三", store="pudong"))
        came = [MemberSeen(f"wm-{number}", True, f"客户{number}", NOW - 3 * DAY, JoinScene.QR) for number in range(2)]
        group, _ = meet_group(session, "wr1", now=NOW)
        take_in(session, group, GroupSeen("wr1", "看车群", "zhangsan", "", NOW - 5 * DAY, came, "v1"), now=NOW)
        leave(session, group, ["wm-1"], reason=LeftReason.LEFT, at=NOW)
    return "wr1"


def test_a_manager_sees_the_groups_of_his_store(database: Database, chat: str) -> None:
    with database.reading() as session:
        [row], total = groups(session, HERE, Wanted(), {"pudong": "浦东店"}, now=NOW)
        assert (total, row["owner"], row["store"], row["size"], row["moves"]) == (1, "张三", "浦东店", 1, "+2 / −1")
        assert groups(session, THERE, Wanted(), {}, now=NOW) == ([], 0)
        with pytest.raises(Blocked):
            portrait(session, THERE, chat, {}, now=NOW)


def test_the_days_add_up(database: Database, chat: str) -> None:
    with database.reading() as session:
        found = portrait(session, ALL, chat, {}, now=NOW)
    assert [(day.size, day.joins, day.leaves) for day in found.days] == [(0, 0, 0), (0, 0, 0), (2, 2, 0), (2, 0, 0), (2, 0, 0), (1, 0, 1)]
    assert [row["left"] != "" for row in found.stays] == [False, True]


def test_a_stage_is_held_with_a_reason_and_given_back(database: Database, chat: str) -> None:
    with database.unit_of_work() as session:
        with pytest.raises(Blocked, match="为什么"):
            hold_stage(session, HERE, chat, GroupStage.MATURE, " ", now=NOW)
        hold_stage(session, HERE, chat, GroupStage.MATURE, "老客户群", now=NOW)
        group = group_store.group_by_chat_id(session, chat)
        assert group is not None
        assert (group.stage, group.held_by) == (GroupStage.MATURE, "m")
        release_stage(session, HERE, chat, now=NOW)
        assert (group.stage, group.held_by) == (GroupStage.NEW, "")


def test_who_may_not_or_does_not_see_it_holds_nothing(database: Database, chat: str) -> None:
    with database.unit_of_work() as session:
        with pytest.raises(NotAllowed):
            hold_stage(session, Who(3, "a", "", Role.ADVISOR, "", "zhangsan"), chat, GroupStage.NEW, "x", now=NOW)
        with pytest.raises(Blocked):
            hold_stage(session, THERE, chat, GroupStage.NEW, "x", now=NOW)
