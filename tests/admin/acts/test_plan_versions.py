"""The way back to an earlier version of a plan: a new version, checked like an edit, audited, and nothing is said twice."""

from typing import Any

import pytest
from sqlalchemy import select

from admin.acts.plan_rules import RulesEdit, change_rules
from admin.acts.plan_versions import restore_version
from admin.acts.plans import StepEdit, change_step, hold_plan, stop_plan, switch_step
from admin.looks.plan_history import earlier_versions, way_back
from admin.parts.cap_rows import CapRow, QuietRow
from admin.parts.rule_rows import RuleForm
from admin.terms import Blocked, NotAllowed, Role
from bot.models import OutboxMessage
from core.db import Database
from sop import steer, store
from sop.models import Plan, PlanVersion
from sop.pack import SopPack, seed_plans
from sop.plan_reading import read_plan
from sop.plan_terms import Wording
from sop.terms import Skipped
from tests.admin.people import BOSS, audited, who
from tests.sop.people import DAY, HOUR, MINUTE, NOW, POST, group_plan, groups, running, ticked, touches

LATER = {**POST, "key": "later", "title": "回访", "day": 5, "wordings": ["最近还好吗？"]}
EDIT = StepEdit("新问候", "11:30", [Wording("大家上午好。")], day=0)
NAMES: dict[str, str] = {}


def plan(database: Database) -> Plan:
    with database.reading() as session:
        found = store.plan(session, "hello")
        assert found is not None
        return found


def edited(database: Database, **changed: Any) -> None:
    """It runs for one group, and its first step was changed: version 3, and 2 is what it said first."""
    groups(database, 1)
    running(database, "hello", group_plan(steps=[POST, LATER], **changed))
    with database.unit_of_work() as session:
        change_step(session, BOSS, "hello", "hello", EDIT, version=2, now=NOW)


def restore(database: Database, number: int = 2, *, version: int = 3, me: Any = BOSS, minutes: int = 0) -> None:
    with database.unit_of_work() as session:
        restore_version(session, me, "hello", number, NAMES, version=version, now=NOW + minutes * MINUTE)


def test_an_earlier_version_is_said_again_as_a_new_one(database: Database) -> None:
    edited(database)
    restore(database)
    row = plan(database)
    assert (row.version, row.made_by, row.steps) == (4, BOSS.name, [POST, LATER])
    ticked(database, NOW)
    ticked(database, NOW + 30 * MINUTE)
    with database.reading() as session:
        assert session.scalars(select(OutboxMessage)).one().payload["text"] == "大家好，我是李顾问。"
    entry = audited(database)[-1]
    assert (entry.act, entry.subject_id, entry.operator) == ("恢复到第 2 版", "hello", BOSS.name)
    assert entry.before == {"「新问候」标题": "新问候", "「新问候」时间": "第 0 天 11:30", "「新问候」说法": ["大家上午好。"]}
    assert entry.after == {"「新问候」标题": "问候", "「新问候」时间": "第 0 天 10:30", "「新问候」说法": ["大家好，我是{顾问}。"]}


def test_the_way_back_leads_forth_again(database: Database) -> None:
    edited(database)
    changed = plan(database).steps
    restore(database)
    restore(database, 3, version=4)
    assert (plan(database).version, plan(database).steps) == (5, changed)


def test_rules_come_back_too(database: Database) -> None:
    running(database, "hello", group_plan(policy={"priority": 5}))
    rules = RulesEdit(RuleForm(), RuleForm(), [CapRow("1")], "10", "", exclusive=False, quiet=[QuietRow("12:00", "14:00")])
    with database.unit_of_work() as session:
        change_rules(session, BOSS, "hello", rules, NAMES, version=2, now=NOW)
    restore(database)
    assert plan(database).policy == {"priority": 5}
    after = audited(database)[-1].after
    assert after == {"次数上限": [], "免打扰": [], "到点后有效": "12 小时"}


@pytest.mark.parametrize("role", [Role.STORE_MANAGER, Role.ADVISOR])
def test_who_may_not_edit_does_not_go_back_either(database: Database, role: Role) -> None:
    edited(database)
    with pytest.raises(NotAllowed):
        restore(database, me=who(role, store="sh-pudong", userid="owner"))
    assert (plan(database).version, len(audited(database))) == (3, 1)


def test_what_was_said_is_not_said_again_though_its_moment_moves(database: Database) -> None:
    edited(database)
    restore(database)
    for minutes in (0, 30):
        ticked(database, NOW + minutes * MINUTE)
    # It was said at half past ten; version 3 says it an hour later.
    restore(database, 3, version=4, minutes=31)
    for hours in (1, 2, 5 * 24, 5 * 24 + 1):
        ticked(database, NOW + hours * HOUR)
    found = [(one.step, one.reason or one.verdict) for one in touches(database)]
    assert found == [("hello", "go"), ("hello", Skipped.SAID), ("later", "go")]


def test_a_weekly_step_goes_on_though_its_moment_moves(database: Database) -> None:
    weekly = {"key": "weekly", "title": "每天", "weekdays": [1, 2, 3, 4, 5, 6, 7], "at": "10:30", "wordings": ["早上好"]}
    groups(database, 1)
    running(database, "hello", group_plan(steps=[weekly]))
    ticked(database, NOW)
    ticked(database, NOW + 30 * MINUTE)
    with database.unit_of_work() as session:
        edit = StepEdit("每天", "09:30", [Wording("早上好")], weekdays=[1, 2, 3, 4, 5, 6, 7])
        change_step(session, BOSS, "hello", "weekly", edit, version=2, now=NOW + HOUR)
    for hours in (1, 24):
        ticked(database, NOW + hours * HOUR)
    assert [one.verdict for one in touches(database)] == ["go", "go"]


def test_what_waits_of_a_step_that_the_earlier_version_does_not_have_is_not_made(database: Database) -> None:
    groups(database, 1)
    running(database, "hello", group_plan(steps=[POST]))
    with database.unit_of_work() as session:
        row = store.plan(session, "hello")
        assert row is not None
        assert steer.change(session, row, group_plan(steps=[POST, {**LATER, "day": 0}]), "li", now=NOW) == []
    ticked(database, NOW)
    with database.unit_of_work() as session:
        hold_plan(session, BOSS, "hello", now=NOW)
    ticked(database, NOW + 30 * MINUTE)
    restore(database, minutes=31)
    assert {one.step: (one.verdict, one.reason) for one in touches(database)}["later"] == ("skip", Skipped.STEP_OFF)


def test_what_an_edit_would_be_refused_for_is_refused(database: Database) -> None:
    with_picture = {**POST, "wordings": [{"text": "看图", "attachments": ["picture"]}]}
    running(database, "hello", group_plan(steps=[with_picture]))
    with database.unit_of_work() as session:
        row = store.plan(session, "hello")
        assert row is not None
        assert steer.change(session, row, group_plan(), "li", now=NOW) == []
    # The picture is not among the materials any more.
    with pytest.raises(Blocked, match="第 2 版不能恢复：「问候」的素材「picture」不存在或已停用"):
        restore(database)
    assert plan(database).version == 3


def test_no_way_back_to_what_is_not_there_was_changed_meanwhile_or_is_the_same(database: Database) -> None:
    edited(database)
    for number, version, told in ((2, 2, "刷新"), (9, 3, "没有第 9 版"), (1, 3, "第 1 版不能恢复")):
        with pytest.raises(Blocked, match=told):
            restore(database, number, version=version)
    restore(database)
    with pytest.raises(Blocked, match="和第 2 版一样"):
        restore(database, version=4)
    with database.unit_of_work() as session:
        stop_plan(session, BOSS, "hello", now=NOW)
    with pytest.raises(Blocked, match="已经停止"):
        restore(database, 3, version=4)


def test_the_history_lists_what_the_plan_said_before_also_as_the_pack_had_it(database: Database) -> None:
    for title, at in (("问候", NOW), ("群问候", NOW + DAY)):
        data = group_plan(title=title)
        content, _ = read_plan("hello", data)
        assert content is not None
        with database.unit_of_work() as session:
            seed_plans(session, SopPack({"hello": content}, {"hello": data}), now=at)
    with database.unit_of_work() as session:
        switch_step(session, BOSS, "hello", "hello", on=False, version=2, now=NOW + 2 * DAY)
    with database.reading() as session:
        found = earlier_versions(session, who(Role.STORE_MANAGER), "hello", now=NOW + 2 * DAY)
        assert [(one["version"], one["by"]) for one in found] == [(2, "内容包"), (1, "内容包")]
        row = store.plan(session, "hello")
        assert row is not None
        back = way_back(session, BOSS, row, 1, NAMES)
        assert back.before == {"名称": "群问候", "「问候」状态": "已停用"}
        assert back.after == {"名称": "问候", "「问候」状态": "启用"}
        with pytest.raises(NotAllowed):
            earlier_versions(session, who(Role.ADVISOR), "hello", now=NOW)
        assert session.scalars(select(PlanVersion.plan).distinct()).all() == ["hello"]
