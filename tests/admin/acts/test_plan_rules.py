"""What operators change in a plan's rules and in the rules for all: all of it or nothing, named by field, and in the audit."""

from dataclasses import replace

import pytest

from admin.acts.plan_rules import PolicyEdit, RulesEdit, change_policy, change_rules
from admin.acts.plans import hold_plan, switch_step
from admin.looks.plan import plan_sight
from admin.looks.plan_history import history_of
from admin.looks.plan_rules import count_by
from admin.parts.cap_rows import CapRow, QuietRow
from admin.parts.rule_rows import RuleForm, RuleRow
from admin.terms import Blocked, NotAllowed, Role
from core.db import Database
from sop import store
from sop.models import Plan, PolicyRecord
from sop.workdays import is_workday
from tests.admin.people import BOSS, audited, who
from tests.sop.people import DAY, HOUR, MINUTE, NOW, POST, group_plan, groups, policy, running, ticked, touches, verdicts

EDIT = RulesEdit(RuleForm("all", [RuleRow("size", least="20")]), RuleForm(), [CapRow("1", "days", "7")], "10", "", exclusive=False)
NAMES = {"e7": "云驰 E7"}


def plan(database: Database) -> Plan:
    with database.reading() as session:
        found = store.plan(session, "hello")
        assert found is not None
        return found


def test_a_plans_audience_and_caps_are_changed_and_the_change_is_told(database: Database) -> None:
    groups(database, 2)
    running(database, "hello", group_plan(policy={"priority": 5, "begins": "joined"}))
    with database.unit_of_work() as session:
        change_rules(session, BOSS, "hello", EDIT, NAMES, version=2, now=NOW)
    after = plan(database)
    assert after.audience == {"size": {"at_least": 20}}
    assert after.policy["caps"] == [{"name": "每个群7 天内最多 1 条", "at_most": 1, "per": {"days": 7}}]
    assert (after.policy["priority"], after.policy["begins"], after.made_by, after.version) == (5, "joined", BOSS.name, 3)
    [entry] = audited(database)
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["受众"], entry.after["受众"]) == ("全部", "群人数 ≥ 20")
    assert (entry.before["次数上限"], entry.after["次数上限"]) == ([], ["每个群7 天内最多 1 条"])


def test_what_was_changed_stands_in_the_plans_history(database: Database) -> None:
    groups(database, 1)
    for key in ("hello", "hello-again"):
        running(database, key, group_plan())
    with database.unit_of_work() as session:
        change_rules(session, BOSS, "hello", EDIT, NAMES, version=2, now=NOW)
        switch_step(session, BOSS, "hello", "hello", on=False, version=3, now=NOW)
        hold_plan(session, BOSS, "hello-again", now=NOW)
    with database.reading() as session:
        found = history_of(session, who(Role.STORE_MANAGER, store="sh-pudong"), "hello", now=NOW)
        with pytest.raises(NotAllowed):
            history_of(session, who(Role.ADVISOR, userid="owner"), "hello", now=NOW)
    assert [(one["act"], one["by"]) for one in found] == [("修改 SOP 步骤", BOSS.name), ("修改 SOP 规则", BOSS.name)]
    assert {"name": "状态", "before": "启用", "after": "已停用"} in found[0]["changes"]
    assert {"name": "受众", "before": "全部", "after": "群人数 ≥ 20"} in found[1]["changes"]


def test_a_cap_that_was_added_holds_at_the_next_touch(database: Database) -> None:
    groups(database, 1)
    running(database, "hello", group_plan(steps=[POST, {**POST, "key": "again", "day": 1}]))
    with database.unit_of_work() as session:
        change_rules(session, BOSS, "hello", EDIT, NAMES, version=2, now=NOW)
    ticked(database, NOW)
    ticked(database, NOW + 31 * MINUTE)
    ticked(database, NOW + DAY + 31 * MINUTE)
    assert verdicts(database) == [("go", ""), ("skip", "次数已到上限")]


def test_quiet_hours_of_a_plan_are_written_told_and_taken_away_again(database: Database) -> None:
    groups(database, 1)
    running(database, "hello", group_plan())
    with database.unit_of_work() as session:
        change_rules(session, BOSS, "hello", replace(EDIT, quiet=[QuietRow("10:00", "11:00")]), NAMES, version=2, now=NOW)
    assert plan(database).policy["quiet"] == [{"from": "10:00", "to": "11:00"}]
    with database.reading() as session:
        rules = plan_sight(session, BOSS, "hello", NAMES, is_workday=is_workday, now=NOW).rules
    assert "10:00–11:00 也不打扰" in rules
    [entry] = audited(database)
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["免打扰"], entry.after["免打扰"]) == ([], ["10:00–11:00"])
    ticked(database, NOW)
    ticked(database, NOW + 31 * MINUTE)
    assert verdicts(database) == [("wait", "计划自己的免打扰时段")]
    with database.unit_of_work() as session:
        change_rules(session, BOSS, "hello", EDIT, NAMES, version=3, now=NOW + 32 * MINUTE)
    assert "quiet" not in plan(database).policy
    ticked(database, NOW + 32 * MINUTE)
    assert verdicts(database) == [("go", "")]


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (replace(EDIT, audience=RuleForm("all", [RuleRow("size")])), "受众：第 1 条「群人数」要填最少或最多"),
        (replace(EDIT, goal=RuleForm("all", [RuleRow("stage")])), "目标：第 1 条「群阶段」还没有选"),
        (replace(EDIT, caps=[CapRow("0")]), "次数上限：第 1 条上限「最多几条」"),
        (replace(EDIT, quiet=[QuietRow("12:00", "12:00")]), "第 1 段免打扰「到」不能和开始一样"),
        (replace(EDIT, latest_hours="0"), "「到点后几小时内有效」"),
        (replace(EDIT, again_after_days="过几天"), "「离开几天后可再次进入」"),
        (replace(EDIT, within_days="91"), "「启动前几天内符合的也进入」"),
        (replace(EDIT, audience=RuleForm("all", [RuleRow("level", names=["H"])])), "受众不能这样写"),
    ],
)
def test_what_cannot_be_is_refused_by_field_and_nothing_is_half_saved(database: Database, edit: RulesEdit, told: str) -> None:
    running(database, "hello", group_plan())
    with database.unit_of_work() as session, pytest.raises(Blocked, match=told):
        change_rules(session, BOSS, "hello", edit, NAMES, version=2, now=NOW)
    after = plan(database)
    assert (after.audience, after.goal, after.policy, after.version) == ({}, {}, {}, 2)
    assert audited(database) == []


def test_a_plan_that_somebody_else_changed_or_that_is_stopped_is_left_alone(database: Database) -> None:
    running(database, "hello", group_plan())
    with database.unit_of_work() as session:
        with pytest.raises(Blocked, match="刷新"):
            change_rules(session, BOSS, "hello", EDIT, NAMES, version=1, now=NOW)
        found = store.plan(session, "hello")
        assert found is not None
        found.state = "stopped"
        with pytest.raises(Blocked, match="已经停止"):
            change_rules(session, BOSS, "hello", EDIT, NAMES, version=2, now=NOW)


def test_the_audience_is_counted_while_it_is_typed(database: Database) -> None:
    groups(database, 3)
    running(database, "hello", group_plan())
    with database.reading() as session:
        assert count_by(session, BOSS, "hello", EDIT.audience, now=NOW) == "现在 3 个群"
        assert count_by(session, BOSS, "hello", RuleForm("all", [RuleRow("size", least="31")]), now=NOW) == "现在 0 个群"
        assert count_by(session, BOSS, "hello", RuleForm("all", [RuleRow("size")]), now=NOW) == "第 1 条「群人数」要填最少或最多"


def test_quiet_hours_for_all_are_changed_and_what_waited_is_looked_at_anew(database: Database) -> None:
    policy(database, {"quiet": [{"kinds": ["group_post"], "from": "10:00", "to": "18:00"}]})
    groups(database, 1)
    running(database, "hello", group_plan())
    ticked(database, NOW)
    ticked(database, NOW + 31 * MINUTE)
    assert verdicts(database) == [("wait", "免打扰时段")]
    with database.unit_of_work() as session:
        edit = PolicyEdit([CapRow("1", kinds=["group_post"])], [QuietRow("21:00", "09:00", ["group_post"])], "15", NOW)
        change_policy(session, BOSS, edit, now=NOW + HOUR)
    ticked(database, NOW + HOUR)
    assert verdicts(database) == [("go", "")]
    [entry] = audited(database)
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["免打扰"], entry.after["免打扰"]) == (["客户群群发 10:00–18:00"], ["客户群群发 21:00–09:00"])
    assert entry.after["次数上限"] == ["每个对象每天最多 1 条"]
    with database.reading() as session:
        row = session.get(PolicyRecord, 1)
        assert row is not None
        assert (row.made_by, row.body["chat_rest_minutes"]) == (BOSS.name, 15)


def test_rules_for_all_that_make_no_sense_change_nothing(database: Database) -> None:
    policy(database, {"chat_rest_minutes": 30})
    good = PolicyEdit([], [QuietRow("21:00", "09:00", ["moment"])], "30", NOW)
    with database.unit_of_work() as session:
        for edit, told in (
            (replace(good, quiet=[QuietRow("9点", "21:00", ["moment"])]), "21:00 这样"),
            (replace(good, chat_rest_minutes=""), "「聊天后静默」"),
            (replace(good, caps=[CapRow("无限")]), "「最多几条」"),
            (replace(good, seen=NOW - HOUR), "刷新"),
            (replace(good, seen=None), "刷新"),
        ):
            with pytest.raises(Blocked, match=told):
                change_policy(session, BOSS, edit, now=NOW)
    with database.reading() as session:
        row = session.get(PolicyRecord, 1)
        assert row is not None
        assert row.body == {"chat_rest_minutes": 30}
    assert audited(database) == []
    assert touches(database) == []
