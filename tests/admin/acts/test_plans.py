"""What operators do to plans: start, hold, resume, stop, change a step, remind once, cancel; all of it audited."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select

from admin.acts.plans import StepEdit, cancel, change_step, hold_plan, plan_as_seen, remind, start_plan, stop_plan, switch_step
from admin.looks.plan import plan_sight
from admin.looks.plan_words import plan_state
from admin.plan_rehearsal import play
from admin.terms import Blocked, NotAllowed, Role
from bot.models import MassTask, OutboxMessage
from core.db import Database
from core.errors import Refused
from sop import store
from sop.plan_terms import Wording
from sop.terms import Skipped
from sop.tick import Ticker
from sop.workdays import is_workday
from tests.admin.looks.test_plans import confirmed_by_nobody
from tests.admin.people import BOSS, audited, who
from tests.sop.people import DAY, DEFAULTS, HOUR, MINUTE, NOW, POST, group_plan, groups, policy, running, ticked, touches, verdicts

EDIT = StepEdit("新问候", "11:00", [Wording("大家上午好。")], day=0)


def state(database: Database) -> str:
    with database.reading() as session:
        plan = store.plan(session, "hello")
        assert plan is not None
        return plan_state(plan.state)


@pytest.mark.parametrize("role", [Role.STORE_MANAGER, Role.ADVISOR])
def test_who_may_not_edit_changes_nothing(database: Database, role: Role) -> None:
    running(database, "hello", group_plan())
    me = who(role, store="sh-pudong", userid="owner")
    with database.unit_of_work() as session:
        for act in (
            lambda: start_plan(session, me, "hello", now=NOW),
            lambda: hold_plan(session, me, "hello", now=NOW),
            lambda: stop_plan(session, me, "hello", now=NOW),
            lambda: change_step(session, me, "hello", "hello", EDIT, version=1, now=NOW),
            lambda: remind(session, me, 1, now=NOW),
            lambda: cancel(session, me, 1, now=NOW),
        ):
            with pytest.raises(NotAllowed):
                act()
    assert (state(database), audited(database)) == ("运行中", [])


def test_a_plan_is_held_resumed_and_stopped_and_each_leaves_a_line(database: Database) -> None:
    groups(database, 2)
    running(database, "hello", group_plan())
    ticked(database, NOW)
    with database.unit_of_work() as session:
        written = plan_as_seen(session, "hello", 2).updated_at
        hold_plan(session, BOSS, "hello", now=NOW + MINUTE)
        start_plan(session, BOSS, "hello", now=NOW + MINUTE)
        assert plan_as_seen(session, "hello", 2).updated_at == written, "what it says was not changed by who started it"
        assert stop_plan(session, BOSS, "hello", now=NOW) == 2
        with pytest.raises(Refused):
            start_plan(session, BOSS, "hello", now=NOW)
    assert [entry.act for entry in audited(database)] == ["暂停计划", "恢复计划", "停止计划"]
    ticked(database, NOW + HOUR)
    assert (state(database), touches(database)) == ("已停止", [])


def test_a_changed_step_is_said_in_its_new_words_at_its_new_time(database: Database) -> None:
    groups(database, 1)
    running(database, "hello", group_plan())
    ticked(database, NOW)
    with database.unit_of_work() as session:
        change_step(session, BOSS, "hello", "hello", EDIT, version=2, now=NOW)
    ticked(database, NOW + 59 * MINUTE)
    assert touches(database) == []
    ticked(database, NOW + HOUR)
    with database.reading() as session:
        plan = store.plan(session, "hello")
        assert plan is not None
        assert (plan.made_by, session.scalars(select(OutboxMessage)).one().payload["text"]) == (BOSS.name, "大家上午好。")
    [entry] = audited(database)
    assert entry.before is not None
    assert (entry.before["时间"], entry.before["说法"]) == ("第 0 天 10:30", ["大家好，我是{顾问}。"])


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (replace(EDIT, at="25:00"), "10:30 这样"),
        (replace(EDIT, title=" "), "标题"),
        (replace(EDIT, day=None), "第几天"),
        (replace(EDIT, wordings=[]), "至少要有一种说法"),
        (replace(EDIT, wordings=[Wording(" ")]), "说法 1"),
        (replace(EDIT, wordings=[Wording("{称呼}好")]), "同样的话"),
        (replace(EDIT, wordings=[Wording("首付只要 3 万元")]), "失效日"),
        (replace(EDIT, wordings=[Wording("好", ("nothing",))]), "素材"),
    ],
)
def test_what_cannot_be_said_is_refused_in_chinese_and_nothing_changes(database: Database, edit: StepEdit, told: str) -> None:
    running(database, "hello", group_plan())
    with database.unit_of_work() as session:
        with pytest.raises(Blocked, match=told):
            change_step(session, BOSS, "hello", "hello", edit, version=2, now=NOW)
        plan = store.plan(session, "hello")
        assert plan is not None
        assert (plan.version, plan.steps) == (2, [POST])


def test_an_edit_of_what_somebody_changed_meanwhile_is_refused(database: Database) -> None:
    running(database, "hello", group_plan())
    with database.unit_of_work() as session, pytest.raises(Blocked, match="刷新"):
        change_step(session, BOSS, "hello", "hello", EDIT, version=1, now=NOW)


def test_a_step_that_is_switched_off_is_not_said_and_comes_back(database: Database) -> None:
    groups(database, 1)
    running(database, "hello", group_plan(steps=[POST, {**POST, "key": "again", "day": 1}]))
    ticked(database, NOW)
    with database.unit_of_work() as session:
        for step in ("hello", "again"):
            plan = store.plan(session, "hello")
            assert plan is not None
            switch_step(session, BOSS, "hello", step, on=False, version=plan.version, now=NOW)
            assert plan.steps[["hello", "again"].index(step)]["off"] is True
    ticked(database, NOW + HOUR)
    assert verdicts(database) == []
    with database.unit_of_work() as session:
        switch_step(session, BOSS, "hello", "again", on=True, version=4, now=NOW + HOUR)
        plan = store.plan(session, "hello")
        assert plan is not None
        assert plan.steps == [{**POST, "off": True}, {**POST, "key": "again", "day": 1}], "nothing else about it has changed"
    ticked(database, NOW + DAY + HOUR)
    assert [(touch.step, touch.verdict) for touch in touches(database)] == [("again", "go")]
    told = [(entry.subject_id, entry.before and entry.before["状态"], entry.after and entry.after["状态"]) for entry in audited(database)]
    assert told == [("hello/hello", "启用", "已停用"), ("hello/again", "启用", "已停用"), ("hello/again", "已停用", "启用")]


def test_a_step_whose_validity_is_over_is_not_switched_on_until_that_is_changed(database: Database) -> None:
    groups(database, 1)
    running(database, "hello", group_plan(steps=[{**POST, "valid_until": "2026-11-23", "off": True}]))
    tomorrow, today = NOW + DAY, plan_sight_of(database, NOW)
    assert (today, plan_sight_of(database, tomorrow)) == ("已停用", "已停用 · 已过期")
    with database.unit_of_work() as session:
        with pytest.raises(Blocked, match="失效日 2026-11-23 已过"):
            switch_step(session, BOSS, "hello", "hello", on=True, version=2, now=tomorrow)
        change_step(session, BOSS, "hello", "hello", replace(EDIT, valid_until=date(2026, 11, 24)), version=2, now=tomorrow)
        switch_step(session, BOSS, "hello", "hello", on=True, version=3, now=tomorrow)
    assert plan_sight_of(database, tomorrow) == ""
    with database.unit_of_work() as session:
        switch_step(session, BOSS, "hello", "hello", on=False, version=4, now=tomorrow + DAY)
    assert plan_sight_of(database, tomorrow + DAY) == "已停用 · 已过期"


def plan_sight_of(database: Database, now: datetime) -> str:
    """What the page says of the only step."""
    with database.reading() as session:
        sight = plan_sight(session, BOSS, "hello", {}, is_workday=is_workday, now=now)
    return sight.bands[0].columns[0][1][0].off


def test_what_waits_of_a_step_that_is_switched_off_is_not_said(database: Database) -> None:
    groups(database, 1)
    policy(database, {"quiet": [{"kinds": ["group_post"], "from": "10:00", "to": "11:00"}]})
    running(database, "hello", group_plan(steps=[POST, {**POST, "key": "again", "day": 1}]))
    ticked(database, NOW + 30 * MINUTE)
    assert verdicts(database) == [("wait", "免打扰时段")]
    with database.unit_of_work() as session:
        switch_step(session, BOSS, "hello", "hello", on=False, version=2, now=NOW + 31 * MINUTE)
    ticked(database, NOW + HOUR)
    assert verdicts(database) == [("skip", Skipped.STEP_OFF)]


def test_a_switch_of_what_somebody_changed_meanwhile_is_refused(database: Database) -> None:
    running(database, "hello", group_plan())
    with database.unit_of_work() as session, pytest.raises(Blocked, match="刷新"):
        switch_step(session, BOSS, "hello", "hello", on=False, version=1, now=NOW)


def test_who_must_confirm_is_reminded_once(database: Database) -> None:
    confirmed_by_nobody(database)
    with database.unit_of_work() as session:
        task = session.scalars(select(MassTask)).one()
        remind(session, BOSS, task.id, now=NOW)
        with pytest.raises(Blocked, match="提醒过"):
            remind(session, BOSS, task.id, now=NOW)
        assert task.remind_at is None
        assert session.scalars(select(OutboxMessage.key).where(OutboxMessage.channel == "mass_remind")).all() == [f"mass-remind:{task.key}"]


def test_a_task_is_cancelled_once_and_only_while_it_is_open(database: Database) -> None:
    confirmed_by_nobody(database)
    with database.unit_of_work() as session:
        task = session.scalars(select(MassTask)).one()
        cancel(session, BOSS, task.id, now=NOW)
        with pytest.raises(Blocked, match="已经在取消"):
            cancel(session, BOSS, task.id, now=NOW)
        task.state = "confirmed"
        with pytest.raises(Blocked, match="不在等待"):
            remind(session, BOSS, task.id, now=NOW)
    assert [entry.act for entry in audited(database)] == ["取消群发任务"]


def test_a_rehearsal_tells_every_post_and_changes_nothing(database: Database) -> None:
    groups(database, 2)
    running(database, "hello", group_plan())
    told: list[float] = []
    played = play(Ticker(database, DEFAULTS), "hello", start=date(2026, 11, 23), weeks=2, tell=lambda _text, share: told.append(share))
    assert played.cast == "会入组的 2 个，全部参加排练"
    assert "11-23 周一 10:30  发  群问候 · 问候 → 2 个群，待确认：owner 2" in played.lines
    assert played.summary[0] == "共发出 2 次触达"
    assert told == sorted(told)
    assert touches(database) == []
