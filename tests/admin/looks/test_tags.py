"""Tags: how many hold them, how that moved, by which rule, and how WeCom's copy stands."""

from datetime import timedelta

import pytest

from admin.acts.tags import try_again
from admin.looks import customers, tags
from admin.looks.wanted import Wanted
from admin.terms import Blocked, NotAllowed, Role
from bot import outbox
from bot.messages import Channel
from bot.models import OutboxMessage
from bot.queue import State
from core.db import Database
from customers import undo
from customers.models import FocusRecord
from customers.pack import LevelRules
from customers.recognise import recognise
from customers.terms import Level
from tests.admin.people import BOSS, NOW, RULES, audited, stated, talked, who


def test_how_many_hold_a_tag_and_how_that_moved(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        customer = talked(session, "wm-wang", msgid="m2")
        [_, row] = session.query(FocusRecord).order_by(FocusRecord.id).all()
        undo.undo_focus(session, customer, row.id, now=NOW + timedelta(days=2))
        told = {one["id"]: one for one in tags.tags(session, RULES, now=NOW + timedelta(days=3))}
    assert (told["关注点/续航能耗"]["count"], told["关注点/续航能耗"]["share"]) == (1, "50.0%")
    assert told["关注点/续航能耗"]["trend"][-5:] == [0, 2, 2, 1, 1]
    assert told["关注点/续航能耗"]["change"] == 1
    assert told["意向级别/B级"]["count"] == 2
    assert (told["关注点/动力"]["count"], told["关注点/动力"]["change"]) == (0, 0)
    assert {one["kind"] for one in told.values()} == {"模型", "预测"}


def test_who_has_never_moved_has_his_first_level_and_the_list_finds_him(database: Database) -> None:
    with database.unit_of_work() as session:
        for name in ("wm-1", "wm-2", "wm-3"):
            recognise(session, name, now=NOW)
        talked(session)
        told = {one["id"]: one for one in tags.tags(session, RULES, now=NOW)}
        listed, total = customers.customers(session, BOSS, Wanted({"tag": "意向级别/C级"}), {}, now=NOW)
        assert "意向级别/C级" in customers.choices(session, {}).tags
    assert (told["意向级别/C级"]["count"], told["意向级别/C级"]["share"]) == (3, "75.0%")
    assert (told["意向级别/B级"]["count"], told["意向级别/N级"]["count"]) == (1, 0)
    assert ({row["external_id"] for row in listed}, total) == ({"wm-1", "wm-2", "wm-3"}, 3)
    # The one who moved came three days ago and left the level today.
    assert told["意向级别/C级"]["trend"][-4:] == [1, 1, 1, 3]
    assert told["意向级别/B级"]["trend"][-2:] == [0, 1]


def test_every_customer_is_counted_at_one_level(database: Database) -> None:
    with database.unit_of_work() as session:
        for number in range(5):
            recognise(session, f"wm-{number}", now=NOW)
        stated(session, talked(session))
        told = tags.tags(session, RULES, now=NOW)
    assert sum(one["count"] for one in told if one["group"] == "意向级别") == 6


def test_no_customers_is_no_fault(database: Database) -> None:
    with database.reading() as session:
        assert {one["share"] for one in tags.tags(session, RULES, now=NOW)} == {"—"}
        assert tags.facts(session, {}) == []


def test_facts_count_customers_and_not_sentences(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        talked(session, msgid="m2")
        assert tags.facts(session, {"phone": "电话"})[0] in ({"name": "电话", "count": 1}, {"name": "store", "count": 1})


def test_each_rule_says_the_packs_own_figures() -> None:
    rules = LevelRules(thresholds={Level.H: 61.5}, silent_after_days=45)
    assert tags.rule_of("意向级别", "H级", rules) == "一周内可能成交：意向分达到 61.5 分；或客户说了时间（保持 7 天）"
    assert "45 天没有说话" in tags.rule_of("意向级别", "N级", rules)
    assert "没有达到" in tags.rule_of("意向级别", "C级", rules)
    assert "90 天内谈到过" in tags.rule_of("关注点", "价格", rules)


def test_what_wecom_did_not_take_is_told_with_its_reason_and_tried_again(database: Database) -> None:
    with database.unit_of_work() as session:
        for key, channel in (("a", Channel.TAGS), ("b", Channel.TAGS), ("c", Channel.KF_TEXT)):
            outbox.enqueue(session, key, channel, {}, lane=key, now=NOW)
        for row in session.query(OutboxMessage).filter(OutboxMessage.key != "b"):
            row.state, row.reason, row.attempts, row.settled_at = State.PARKED, "没有客户标签权限（48002）", 5, NOW
    with database.reading() as session:
        state = tags.sync(session, now=NOW)
    assert (state.waiting, state.parked, state.last_done) == (1, [{"reason": "没有客户标签权限（48002）", "count": 1}], "—")
    with database.unit_of_work() as session:
        assert try_again(session, BOSS, now=NOW) == 1
        [row] = session.query(OutboxMessage).filter(OutboxMessage.key == "a")
        assert (row.state, row.attempts, row.settled_at) == (State.WAITING, 0, None)
        with pytest.raises(Blocked, match="没有需要重试"):
            try_again(session, BOSS, now=NOW)
    assert [entry.act for entry in audited(database)] == ["重试标签同步"]


@pytest.mark.parametrize("role", [Role.STORE_MANAGER, Role.ADVISOR])
def test_only_who_edits_tags_tries_again(database: Database, role: Role) -> None:
    with database.unit_of_work() as session, pytest.raises(NotAllowed):
        try_again(session, who(role), now=NOW)
