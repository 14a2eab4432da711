"""One look at the clock: what goes, what waits, what is skipped, and that nothing is made twice or forgotten."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from bot.messages import Channel
from core.db import Database
from customers.models import Customer, GroupChat
from sop import bulk, steer, store
from sop.bulk import Move
from sop.models import Enrolment, Plan
from sop.payloads import CHATS_AT_MOST
from sop.terms import Held, LastTalk, Skipped
from tests.sop.people import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    POST,
    customer_plan,
    customers,
    enrolments,
    group_plan,
    groups,
    policy,
    queued,
    running,
    ticked,
    touches,
    verdicts,
)

AT = NOW + 30 * MINUTE
QUIET = {"quiet": [{"kinds": ["group_post"], "from": "21:00", "to": "09:00"}]}


def test_all_groups_of_one_owner_are_one_task_to_confirm(database: Database) -> None:
    mine, others = groups(database, 3, owner="li"), groups(database, 2, owner="zhao")
    running(database, "hello", group_plan())
    ticked(database, NOW)
    assert not queued(database), "it is not yet half past ten"
    ticked(database, AT)
    rows = {row.payload["sender"]: row for row in queued(database)}
    assert {sender: row.payload["chat_ids"] for sender, row in rows.items()} == {"li": mine, "zhao": others}
    assert rows["li"].channel == Channel.GROUP_POST
    assert rows["li"].payload["text"] == "大家好，我是李顾问。"
    assert {touch.outbox_key for touch in touches(database)} == {row.key for row in rows.values()}


def test_a_second_look_makes_nothing_again(database: Database) -> None:
    groups(database, 3)
    running(database, "hello", group_plan())
    for minutes in (0, 30, 30, 31, 32):
        ticked(database, NOW + minutes * MINUTE)
    assert len(queued(database)) == 1
    assert [enrolment.end_reason for enrolment in enrolments(database)] == ["走完了全部步骤"] * 3


def test_a_task_has_no_more_groups_than_wecom_takes(database: Database) -> None:
    groups(database, CHATS_AT_MOST + 1)
    running(database, "hello", group_plan())
    ticked(database, NOW)
    ticked(database, AT)
    assert sorted(len(row.payload["chat_ids"]) for row in queued(database)) == [1, CHATS_AT_MOST]


def test_a_customer_without_an_advisor_cannot_be_reached_and_this_is_said(database: Database) -> None:
    customers(database, 1, advisor="")
    running(database, "hello", customer_plan())
    ticked(database, NOW)
    ticked(database, AT)
    assert verdicts(database) == [("skip", Skipped.UNREACHABLE)]


def test_who_opted_out_is_skipped_and_leaves(database: Database) -> None:
    customers(database, 1, opted_out_at=NOW)
    running(database, "hello", customer_plan())
    ticked(database, NOW)
    ticked(database, AT)
    assert verdicts(database) == [("skip", Skipped.OPTED_OUT)]
    assert enrolments(database)[0].end_reason == Skipped.OPTED_OUT


def test_a_group_dismissed_since_it_was_enrolled_is_skipped(database: Database) -> None:
    groups(database, 1)
    running(database, "hello", group_plan())
    ticked(database, NOW)
    with database.unit_of_work() as session:
        session.execute(update(GroupChat).values(dismissed_at=NOW + MINUTE))
    ticked(database, AT)
    assert verdicts(database) == [("skip", Skipped.DISMISSED)]


def test_the_goal_ends_the_plan_early(database: Database) -> None:
    customers(database, 2)
    running(database, "hello", customer_plan(goal={"level": ["O"]}))
    ticked(database, NOW)
    with database.unit_of_work() as session:
        session.execute(update(Customer).where(Customer.external_id == "wmwang00000").values(level="O"))
    ticked(database, AT)
    assert sorted(verdicts(database)) == [("go", ""), ("skip", Skipped.GOAL_MET)]
    assert queued(database)[0].payload["external_ids"] == ["wmwang00001"]


def test_quiet_hours_hold_it_until_they_end(database: Database) -> None:
    policy(database, QUIET)
    groups(database, 1)
    running(database, "hello", group_plan(steps=[{**POST, "at": "21:00"}], policy={"latest_hours": 13}))
    for at in (NOW, NOW + 11 * HOUR, NOW + 12 * HOUR):
        ticked(database, at)
    assert verdicts(database) == [("wait", Held.QUIET_HOURS)]
    ticked(database, NOW + 23 * HOUR - MINUTE)
    assert not queued(database)
    ticked(database, NOW + 23 * HOUR)
    assert len(queued(database)) == 1
    assert verdicts(database) == [("go", "")]


def test_what_a_day_of_downtime_made_late_is_skipped_not_blurted_out(database: Database) -> None:
    groups(database, 1)
    daily = {"key": "daily", "title": "每天", "weekdays": [1, 2, 3, 4, 5, 6, 7], "at": "10:30", "wordings": ["早上好"]}
    running(database, "hello", group_plan(steps=[daily], policy={"latest_hours": 2}))
    ticked(database, NOW)
    ticked(database, NOW + 2 * DAY + 31 * MINUTE)
    assert verdicts(database) == [("skip", Skipped.TOO_LATE), ("skip", Skipped.TOO_LATE), ("go", "")]


def test_two_plans_that_want_one_customer_at_once_are_merged_into_the_more_important(database: Database) -> None:
    customers(database, 1)
    running(database, "small", customer_plan(policy={"priority": 1}))
    running(database, "big", customer_plan(policy={"priority": 2}))
    ticked(database, NOW)
    ticked(database, AT)
    assert {touch.plan: (touch.verdict, touch.reason) for touch in touches(database)} == {
        "big": ("go", ""),
        "small": ("skip", Skipped.MERGED),
    }


def test_of_two_exclusive_plans_one_has_the_customer(database: Database) -> None:
    customers(database, 1)
    running(database, "small", customer_plan(policy={"priority": 1, "exclusive": True}))
    running(database, "big", customer_plan(policy={"priority": 2, "exclusive": True}, steps=[{**POST, "at": "11:30"}]))
    ticked(database, NOW)
    ticked(database, AT)
    assert verdicts(database) == [("skip", Skipped.OTHER_PLAN)]


@pytest.mark.parametrize("has_ordered", [True, False])
def test_a_plan_whose_goal_he_has_met_leaves_the_customer_to_the_next(database: Database, has_ordered: bool) -> None:
    customers(database, 1, level="H")
    steps = [POST, {**POST, "key": "later", "day": 5}]
    alone = {"exclusive": True}
    running(database, "big", customer_plan(policy={**alone, "priority": 2}, goal={"level": ["O"]}, steps=steps))
    running(database, "small", customer_plan(policy={**alone, "priority": 1}, steps=[{**POST, "at": "11:30"}]))
    for moment in (NOW, AT):
        ticked(database, moment)
    if has_ordered:
        # He says so himself, and nobody looks at the other plan before its next step.
        with database.unit_of_work() as session:
            session.execute(update(Customer).values(level="O"))
    ticked(database, AT + HOUR)
    small = [(touch.verdict, touch.reason) for touch in touches(database) if touch.plan == "small"]
    assert small == ([("go", "")] if has_ordered else [("skip", Skipped.OTHER_PLAN)])


def test_a_held_plan_waits_and_speaks_after_the_release(database: Database) -> None:
    groups(database, 1)
    running(database, "hello", group_plan())
    ticked(database, NOW)
    with database.unit_of_work() as session:
        steer.hold(store.plans(session)[0])
    ticked(database, AT)
    assert verdicts(database) == [("wait", Held.BY_OPERATOR)]
    with database.unit_of_work() as session:
        steer.start(session, store.plans(session)[0], now=AT + HOUR)
    ticked(database, AT + HOUR)
    assert len(queued(database)) == 1


def test_a_stopped_plan_says_nothing_more_and_what_waited_is_skipped(database: Database) -> None:
    groups(database, 1)
    running(database, "hello", group_plan())
    ticked(database, NOW)
    with database.unit_of_work() as session:
        steer.hold(store.plans(session)[0])
    ticked(database, AT)
    with database.unit_of_work() as session:
        assert steer.stop(session, store.plans(session)[0], now=AT) == 1
    ticked(database, AT + MINUTE)
    assert verdicts(database) == [("skip", Skipped.STOPPED)]
    assert not queued(database)


@pytest.mark.parametrize(("left", "verdict"), [(1, ("go", "")), (0, ("skip", Skipped.WINDOW_CLOSED))])
def test_an_open_conversation_is_used_while_it_is_open(database: Database, left: int, verdict: tuple[str, str]) -> None:
    ids = customers(database, 1)
    running(database, "hello", customer_plan(kind="kf_message"))

    def talks(_session: object, _ids: object) -> dict[str, LastTalk]:
        return {ids[0]: LastTalk("wk1", NOW - DAY, NOW - HOUR, left)}

    ticked(database, NOW, talks=talks)
    ticked(database, AT, talks=talks)
    assert verdicts(database) == [verdict]
    assert [row.channel for row in queued(database)] == [Channel.KF_TEXT] * left


def test_nobody_is_spoken_to_in_the_middle_of_a_talk(database: Database) -> None:
    ids = customers(database, 1)
    running(database, "hello", customer_plan())

    def talks(_session: object, _ids: object) -> dict[str, LastTalk]:
        return {ids[0]: LastTalk("wk1", NOW, NOW + 10 * MINUTE, 4)}

    ticked(database, NOW, talks=talks)
    ticked(database, AT, talks=talks)
    assert verdicts(database) == [("wait", Held.LIVE_CHAT)]
    ticked(database, NOW + 39 * MINUTE, talks=talks)
    assert not queued(database)
    ticked(database, NOW + 40 * MINUTE, talks=talks)
    assert len(queued(database)) == 1


def test_words_whose_claim_has_run_out_are_not_said(database: Database) -> None:
    groups(database, 1)
    step = {**POST, "valid_until": "2026-11-22"}
    running(database, "hello", group_plan(steps=[step]))
    ticked(database, NOW)
    ticked(database, AT)
    assert verdicts(database) == [("skip", Skipped.EXPIRED)]


def test_two_schedulers_make_each_touch_once(database: Database) -> None:
    groups(database, 300, owner="li")
    customers(database, 300)
    running(database, "groups", group_plan())
    running(database, "people", customer_plan())
    ticked(database, NOW)
    with ThreadPoolExecutor(2) as both:
        done = [both.submit(ticked, database, AT) for _ in range(2)]
    assert sum(one.result().went for one in done) == 600
    ticked(database, AT + MINUTE)
    said = [
        id_ for row in queued(database) for id_ in (row.payload["chat_ids"] if "chat_ids" in row.payload else row.payload["external_ids"])
    ]
    assert len(said) == len(set(said)) == 600


def test_an_operator_s_release_is_not_lost_to_a_tick_that_looked_before_it(database: Database) -> None:
    groups(database, 1)
    running(database, "hello", group_plan())
    ticked(database, NOW)
    row = enrolments(database)[0]
    with database.unit_of_work() as session:
        steer.hold_one(session, session.get_one(Enrolment, row.id), "", now=NOW + MINUTE)
    assert row.next_at is not None
    with database.unit_of_work() as session:
        bulk.advance(session, [(row.id, Move(row.next_at, NOW, NOW + DAY, None, ""))])
    assert enrolments(database)[0].next_at == NOW + MINUTE


def test_who_comes_later_is_enrolled_at_the_next_look_through(database: Database) -> None:
    running(database, "hello", group_plan())
    ticked(database, NOW)
    groups(database, 1, made=NOW + MINUTE)
    ticked(database, NOW + 9 * MINUTE)
    assert not enrolments(database), "the audience is looked through every ten minutes"
    ticked(database, NOW + 10 * MINUTE)
    assert len(enrolments(database)) == 1


def test_a_plan_edited_while_it_runs_says_the_new_words(database: Database) -> None:
    groups(database, 1)
    running(database, "hello", group_plan())
    ticked(database, NOW)
    with database.unit_of_work() as session:
        plan = session.scalars(select(Plan)).one()
        assert steer.change(session, plan, group_plan(steps=[{**POST, "wordings": ["晚点见"]}]), "li", now=NOW) == []
        assert steer.change(session, plan, group_plan(steps=[]), "li", now=NOW) == [(("steps",), "a plan needs steps")]
    ticked(database, AT)
    assert queued(database)[0].payload["text"] == "晚点见"
