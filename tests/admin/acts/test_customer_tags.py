"""A tag given by hand: who may, what is kept of it, that WeCom and the plans follow, and that it can be taken back."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.acts import customer_tags as acts
from admin.looks import tags
from admin.looks.customer import Words, portrait
from admin.terms import Blocked, NotAllowed, Role, Who
from bot.messages import Channel
from bot.models import OutboxMessage
from core.db import Database
from customers.models import Customer, CustomerTag
from customers.recognise import begin_follow, recognise
from sop.standing import BLACKLIST
from sop.terms import Skipped
from tests.admin.people import BOSS, NOW, RULES, STORES, audited, talked, who
from tests.sop import people as plans

OWNER, DRIVEN = ("身份", "车主"), ("试驾", "已试驾")
OF_PACK = [DRIVEN, OWNER]
LATER = NOW + timedelta(minutes=1)


def known(session: Session) -> Customer:
    customer = recognise(session, "wm-li", now=NOW)
    begin_follow(session, customer, "liming", channel="", now=NOW)
    return customer


def held(session: Session) -> list[tuple[str, str]]:
    rows = session.scalars(select(CustomerTag).where(CustomerTag.ended_at.is_(None)).order_by(CustomerTag.id))
    return [(row.group, row.name) for row in rows]


def told_wecom(session: Session) -> list[tuple[str, list[list[str]], list[list[str]]]]:
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.channel == Channel.TAGS).order_by(OutboxMessage.id))
    return [(row.payload["advisor"], row.payload["add"], row.payload["remove"]) for row in rows]


def test_a_tag_given_by_hand_says_who_when_and_why_and_wecom_is_told(database: Database) -> None:
    with database.unit_of_work() as session:
        known(session)
        acts.give_tag(session, BOSS, "wm-li", DRIVEN, " 展会上试驾过，电话13812345678 ", OF_PACK, now=NOW)
        [tag] = session.scalars(select(CustomerTag))
        assert (tag.words, tag.since, tag.ended_at) == ("运营打标签：展会上试驾过，电话13812345678（小王）", NOW, None)
        assert told_wecom(session) == [("liming", [["试驾", "已试驾"]], [])]
        [shown] = portrait(session, BOSS, "wm-li", RULES, Words(STORES, STORES), now=NOW).tags
        assert (shown["is_fact"], shown["words"]) == (True, "运营打标签：展会上试驾过，电话138****5678（小王）")
    [entry] = audited(database)
    assert (entry.act, entry.subject_id, entry.at, entry.operator) == ("打标签", "wm-li", NOW, BOSS.name)
    assert (entry.before, entry.after) == ({"试驾/已试驾": "没有"}, {"试驾/已试驾": "有", "说明": "展会上试驾过，电话138****5678"})


def test_given_twice_nothing_happens_twice(database: Database) -> None:
    with database.unit_of_work() as session:
        known(session)
        acts.give_tag(session, BOSS, "wm-li", DRIVEN, "", OF_PACK, now=NOW)
    with database.unit_of_work() as session:
        with pytest.raises(Blocked, match="已经有「试驾/已试驾」"):
            acts.give_tag(session, BOSS, "wm-li", DRIVEN, "又一次", OF_PACK, now=LATER)
        [tag] = session.scalars(select(CustomerTag))
        assert (tag.since, tag.words) == (NOW, "运营打标签（小王）")
        assert len(told_wecom(session)) == 1
    assert len(audited(database)) == 1


def test_it_is_taken_back_and_can_be_given_again(database: Database) -> None:
    with database.unit_of_work() as session:
        known(session)
        acts.give_tag(session, BOSS, "wm-li", OWNER, "", OF_PACK, now=NOW)
        acts.take_tag(session, BOSS, "wm-li", OWNER, now=LATER)
        assert held(session) == []
        with pytest.raises(Blocked, match="已经没有这个标签"):
            acts.take_tag(session, BOSS, "wm-li", OWNER, now=LATER)
        acts.give_tag(session, BOSS, "wm-li", OWNER, "", OF_PACK, now=LATER)
        assert held(session) == [OWNER]
        tag = [["身份", "车主"]]
        assert told_wecom(session) == [("liming", tag, []), ("liming", [], tag), ("liming", tag, [])]
    assert [entry.act for entry in audited(database)] == ["打标签", "撤销标签", "打标签"]
    taken = audited(database)[1]
    assert (taken.before or {})["身份/车主"] == "有"
    assert (taken.after or {})["身份/车主"] == "没有"


def test_levels_focus_points_and_what_nobody_knows_are_not_given_or_taken_by_hand(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        before = held(session)
        assert before == [("关注点", "续航能耗"), ("意向级别", "B级")]
        for tag in (*before, ("意向级别", "H级"), ("随便", "写的")):
            with pytest.raises(Blocked, match="事实标签"):
                acts.give_tag(session, BOSS, "wm-li", tag, "", OF_PACK, now=NOW)
        for tag in before:
            with pytest.raises(Blocked, match="撤销它的依据"):
                acts.take_tag(session, BOSS, "wm-li", tag, now=NOW)
        assert held(session) == before
        assert {one["kind"] for one in tags.tags(session, RULES, now=NOW)} == {"模型", "预测"}
    assert audited(database) == []


def test_the_facts_to_choose_from_are_the_packs_those_anybody_had_and_the_blacklist(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        assert tags.may_be_given(session, [DRIVEN]) == [DRIVEN, BLACKLIST]
        acts.give_tag(session, BOSS, "wm-li", OWNER, "", OF_PACK, now=NOW)
        acts.take_tag(session, BOSS, "wm-li", OWNER, now=LATER)
        assert tags.may_be_given(session, [DRIVEN]) == [DRIVEN, OWNER, BLACKLIST]


def test_whom_the_blacklist_names_the_plans_skip_with_that_reason(database: Database) -> None:
    listed, _ = plans.customers(database, 2)
    plans.running(database, "hello", plans.customer_plan())
    plans.ticked(database, plans.NOW)
    with database.unit_of_work() as session:
        with pytest.raises(Blocked, match="为什么"):
            acts.give_tag(session, BOSS, listed, BLACKLIST, " ", OF_PACK, now=plans.NOW)
        acts.give_tag(session, BOSS, listed, BLACKLIST, "同行来打听价格", OF_PACK, now=plans.NOW)
    plans.ticked(database, plans.NOW + 30 * plans.MINUTE)
    assert {(one.subject_id, one.verdict, one.reason) for one in plans.touches(database)} == {
        (listed, "skip", Skipped.BLACKLISTED),
        ("wmwang00001", "go", ""),
    }


def test_a_plan_looks_at_him_at_once_when_his_tags_change(database: Database) -> None:
    [one] = plans.customers(database, 1)
    plans.running(database, "hello", plans.customer_plan(steps=[{**plans.POST, "day": 3}]))
    plans.ticked(database, plans.NOW)
    with database.unit_of_work() as session:
        acts.give_tag(session, BOSS, one, OWNER, "", OF_PACK, now=plans.NOW + plans.MINUTE)
    [enrolment] = plans.enrolments(database)
    assert enrolment.next_at == plans.NOW + plans.MINUTE


@pytest.mark.parametrize(
    ("operator", "error"),
    [
        (who(Role.ADVISOR, userid="liming"), NotAllowed),
        (who(Role.STORE_MANAGER, store="sh_minhang"), Blocked),
        (who(Role.STORE_MANAGER, store="sh_pudong"), None),
        (who(Role.OPERATOR), None),
    ],
)
def test_who_may_and_whose_customers(database: Database, operator: Who, error: type[Blocked] | None) -> None:
    with database.unit_of_work() as session:
        talked(session, advisor="liming")
        acts.give_tag(session, BOSS, "wm-li", DRIVEN, "", OF_PACK, now=NOW)
    for give in (True, False):
        with database.unit_of_work() as session:
            if error is not None:
                with pytest.raises(error):
                    _do(session, operator, give=give)
            else:
                _do(session, operator, give=give)
    assert len(audited(database)) == (1 if error else 3)


def _do(session: Session, operator: Who, *, give: bool) -> None:
    if give:
        acts.give_tag(session, operator, "wm-li", OWNER, "", OF_PACK, now=LATER)
    else:
        acts.take_tag(session, operator, "wm-li", DRIVEN, now=LATER)
