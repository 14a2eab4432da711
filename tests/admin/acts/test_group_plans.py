"""One group of a plan waits, stays on its track, is moved to another, and is given back; each with its reason and in the audit."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.acts.group_plans import hold_group, keep_track, release_group, release_track
from admin.looks.group_plans import GroupPlan, plans_of_group
from admin.terms import Blocked, NotAllowed, Role, Who
from core.db import Database
from customers.models import GroupChat
from tests.admin.people import BOSS, audited, who
from tests.sop.people import DAY, HOUR, MINUTE, NOW, POST, group_plan, groups, running, ticked, verdicts

HERE, THERE = (who(Role.STORE_MANAGER, store=store) for store in ("sh-pudong", "sh-minhang"))
TRACKS = [{"key": "young", "title": "新群", "from_week": 1}, {"key": "old", "title": "老群", "from_week": 3}]
STEPS = [{**POST, "track": "young"}, {**POST, "key": "late", "title": "老群问候", "day": 0, "at": "18:00", "track": "old"}]


@pytest.fixture
def chats(database: Database) -> list[str]:
    """Two groups of the store sh-pudong on the first track of a plan, half an hour before its first post."""
    ids = groups(database, 2)
    running(database, "hello", group_plan(tracks=TRACKS, steps=STEPS, policy={"begins": "joined"}))
    ticked(database, NOW)
    return ids


def seen(database: Database, chat_id: str, by: Who = BOSS) -> GroupPlan:
    with database.reading() as session:
        group = session.scalars(select(GroupChat).where(GroupChat.chat_id == chat_id)).one()
        [one] = plans_of_group(session, by, group, is_workday=lambda _day: True, now=NOW).live
        return one


def test_the_page_says_on_which_track_the_group_is_and_what_comes_next(database: Database, chats: list[str]) -> None:
    one = seen(database, chats[0])
    assert (one.title, one.track_title, one.tracks) == ("群问候", "新群", {"young": "新群", "old": "老群"})
    assert (one.track_why, one.next) == ("建群第 1 周：新群", "今天 10:30 问候")


def test_a_held_group_hears_nothing_and_the_others_do(database: Database, chats: list[str]) -> None:
    with database.unit_of_work() as session:
        hold_group(session, HERE, chats[0], "hello", "群主休假", now=NOW)
    ticked(database, NOW + 31 * MINUTE)
    assert sorted(verdicts(database)) == [("go", ""), ("wait", "运营暂停了")]
    one = seen(database, chats[0])
    assert (one.held_by, one.held_why, one.next) == (HERE.name, "群主休假", "恢复后继续")
    with database.unit_of_work() as session:
        release_group(session, HERE, chats[0], "hello", now=NOW + HOUR)
    ticked(database, NOW + HOUR)
    assert verdicts(database) == [("go", ""), ("go", "")]
    held, released = audited(database)
    assert (held.act, held.subject_id, held.before and held.before["暂停"], held.after and held.after["暂停"]) == (
        "暂停本群计划",
        chats[0],
        "",
        f"{HERE.name}：群主休假",
    )
    assert (released.act, released.after and released.after["暂停"]) == ("恢复本群计划", "")


def test_a_group_is_moved_to_another_track_stays_there_and_is_given_back(database: Database, chats: list[str]) -> None:
    with database.unit_of_work() as session:
        keep_track(session, BOSS, chats[0], "hello", "old", "老客户群", now=NOW)
    ticked(database, NOW + MINUTE)
    one = seen(database, chats[0])
    assert (one.track_title, one.track_held, one.next) == ("老群", True, "今天 18:00 老群问候")
    assert one.track_why == f"{BOSS.name} 固定在这一轨：老客户群"
    with database.unit_of_work() as session:
        release_track(session, BOSS, chats[0], "hello", now=NOW + 2 * MINUTE)
    ticked(database, NOW + 2 * MINUTE)
    one = seen(database, chats[0])
    assert (one.track_title, one.track_held, one.track_why) == ("新群", False, "建群第 1 周：新群")
    assert [entry.act for entry in audited(database)] == ["换轨并固定", "恢复自动换轨"]


def test_a_group_is_kept_on_its_own_track_when_its_weeks_would_move_it(database: Database, chats: list[str]) -> None:
    with database.unit_of_work() as session:
        keep_track(session, BOSS, chats[0], "hello", "young", "还没热起来", now=NOW)
    ticked(database, NOW + 15 * DAY)
    assert [seen(database, chat).track for chat in chats[:1]] == ["young"]
    assert audited(database)[0].act == "固定轨道"


def test_what_makes_no_sense_is_refused(database: Database, chats: list[str]) -> None:
    refused: list[tuple[Callable[[Session], None], str]] = [
        (lambda s: hold_group(s, BOSS, chats[0], "hello", " ", now=NOW), "为什么"),
        (lambda s: release_group(s, BOSS, chats[0], "hello", now=NOW), "没有暂停"),
        (lambda s: release_track(s, BOSS, chats[0], "hello", now=NOW), "没有固定"),
        (lambda s: keep_track(s, BOSS, chats[0], "hello", "nowhere", "试试", now=NOW), "选择一条轨道"),
        (lambda s: hold_group(s, BOSS, chats[0], "other", "试试", now=NOW), "不在这个计划里"),
        (lambda s: hold_group(s, THERE, chats[0], "hello", "试试", now=NOW), "不在您的范围内"),
    ]
    with database.unit_of_work() as session:
        for act, told in refused:
            with pytest.raises(Blocked, match=told):
                act(session)
        hold_group(session, BOSS, chats[0], "hello", "休假", now=NOW)
        with pytest.raises(Blocked, match="已由"):
            hold_group(session, BOSS, chats[0], "hello", "休假", now=NOW)
        with pytest.raises(NotAllowed):
            hold_group(session, who(Role.ADVISOR, userid="owner"), chats[1], "hello", "休假", now=NOW)


def test_what_a_group_left_stands_below(database: Database, chats: list[str]) -> None:
    with database.unit_of_work() as session:
        group = session.scalars(select(GroupChat).where(GroupChat.chat_id == chats[0])).one()
        group.dismissed_at = NOW
    ticked(database, NOW + 31 * MINUTE)
    with database.reading() as session:
        group = session.scalars(select(GroupChat).where(GroupChat.chat_id == chats[0])).one()
        found = plans_of_group(session, BOSS, group, is_workday=lambda _day: date(2026, 1, 1) <= _day, now=NOW + HOUR)
    assert found.live == []
    assert found.left[0].startswith("群问候：")
