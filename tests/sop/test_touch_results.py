"""The ledger learns what became of a touch: whom it reached, whom not and why, and who spoke afterwards."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from bot.mass_rule import FollowRule, MassState, Reach
from bot.mass_tasks import change_task, keep_results, note_made, settle_look, task_of
from bot.messages import Channel
from bot.models import OutboxMessage
from bot.queue import State
from core.db import Database
from customers.models import Customer
from run.touch_news import news
from sop.ledger import note_told
from sop.touch_results import LOOK_EVERY, Results, is_good
from tests.sop.people import DAY, HOUR, MINUTE, NOW, customer_plan, customers, queued, running, ticked, touches

SENT_AT = NOW + HOUR
RULE = FollowRule()


def handed_in(database: Database, count: int = 3) -> str:
    """A mass message to so many was made at WeCom; the key of its task."""
    customers(database, count)
    running(database, "hello", customer_plan())
    ticked(database, NOW)
    ticked(database, NOW + 30 * MINUTE)
    [row] = queued(database)
    with database.unit_of_work() as session:
        note_made(session, row.key, Channel.MASS_MESSAGE, row.payload, wecom_id="m1", rule=RULE, now=NOW + 30 * MINUTE)
    return row.key


def read(database: Database, key: str, *reached: Reach, confirmed: datetime | None = SENT_AT, at: datetime = NOW + 2 * HOUR) -> None:
    """WeCom was asked what became of it."""
    with database.unit_of_work() as session:
        task = task_of(session, key)
        assert task is not None
        keep_results(session, task.id, [(f"wmwang{n:05}", one, SENT_AT if one is Reach.SENT else None) for n, one in enumerate(reached)])
        settle_look(session, task.id, confirmed, RULE, now=at)


def results(database: Database) -> list[str]:
    return [touch.result for touch in sorted(touches(database), key=lambda touch: touch.subject_id)]


def looked(database: Database, at: datetime) -> list[str]:
    Results(database, news).minute(at)
    return results(database)


def test_whom_a_mass_message_reached_and_whom_not(database: Database) -> None:
    key = handed_in(database)
    assert looked(database, NOW + HOUR) == ["", "", ""]
    read(database, key, Reach.SENT, Reach.NO_CONTACT, Reach.LIMIT)
    assert looked(database, NOW + 2 * HOUR) == ["已送达", "已不是好友", "本月接收群发次数已满"]
    assert [is_good(one) for one in results(database)] == [True, False, False]


def test_what_may_still_come_stays_open_until_it_cannot(database: Database) -> None:
    key = handed_in(database, 2)
    read(database, key, Reach.NOT_SENT, confirmed=None)
    assert looked(database, NOW + 2 * HOUR) == ["", ""]
    late = NOW + 30 * MINUTE + 12 * HOUR
    read(database, key, Reach.NOT_SENT, confirmed=None, at=late)
    assert looked(database, late) == ["", ""], "it is still to be withdrawn"
    given_up = late + RULE.withdraw_for
    read(database, key, Reach.NOT_SENT, confirmed=None, at=given_up)
    assert looked(database, given_up) == ["到点没有人确认，没有撤销成功"] * 2


def test_a_withdrawn_task_says_so_until_it_turns_out_that_it_was_sent_before(database: Database) -> None:
    key = handed_in(database, 2)
    over = NOW + 10 * HOUR
    with database.unit_of_work() as session:
        task = task_of(session, key)
        assert task is not None
        change_task(session, task.id, cancelled_at=over, state=MassState.LAPSED, read_at=over, look_at=over + 10 * MINUTE)
    assert looked(database, over + MINUTE) == ["到点没有人确认，已撤销"] * 2
    read(database, key, Reach.SENT, Reach.NOT_SENT, at=over + 10 * MINUTE)
    assert looked(database, over + 11 * MINUTE) == ["已送达", "到点没有人确认，已撤销"]


def test_a_cancelled_task_says_so(database: Database) -> None:
    key = handed_in(database, 1)
    with database.unit_of_work() as session:
        task = task_of(session, key)
        assert task is not None
        change_task(session, task.id, cancelled_at=NOW + HOUR, state=MassState.CANCELLED, look_at=None)
    assert looked(database, NOW + 2 * HOUR) == ["发送前已取消"]


@pytest.mark.parametrize(
    ("heard", "result"),
    [
        (SENT_AT, "已送达"),
        (SENT_AT + MINUTE, "已送达，之后来客服说过话"),
        (SENT_AT + 3 * DAY, "已送达，之后来客服说过话"),
        (SENT_AT + 3 * DAY + MINUTE, "已送达"),
    ],
)
def test_who_spoke_within_three_days_after_it_reached_him(database: Database, heard: datetime, result: str) -> None:
    key = handed_in(database, 1)
    read(database, key, Reach.SENT)
    assert looked(database, NOW + 2 * HOUR) == ["已送达"]
    with database.unit_of_work() as session:
        session.execute(update(Customer).values(last_heard_at=heard))
    assert looked(database, heard + MINUTE) == [result]
    read(database, key, Reach.SENT, at=heard + 2 * MINUTE)
    assert looked(database, heard + 3 * MINUTE) == [result], "a later look at the task does not take it back"


@pytest.mark.parametrize(
    ("channel", "state", "reason", "result"),
    [
        (Channel.ADVISOR_CARD, State.DONE, "", "已送达"),
        (Channel.INTERNAL_POST, State.DONE, "", "已发出"),
        (Channel.KF_TEXT, State.PARKED, "超过了 48 小时（errcode 95018）", "没有发出：超过了 48 小时"),
        (Channel.MASS_MESSAGE, State.PARKED, "客户不是这位成员的（errcode 41063）", "没有发出：客户不是这位成员的"),
        (Channel.MASS_MESSAGE, State.UNCLEAR, "", "不确定有没有发出，请在收发件箱里确认"),
        (Channel.MASS_MESSAGE, State.DONE, "", ""),
        (Channel.ADVISOR_CARD, State.WAITING, "", ""),
    ],
)
def test_what_became_of_a_row_of_its_own(database: Database, channel: Channel, state: State, reason: str, result: str) -> None:
    with database.unit_of_work() as session:
        note_told(session, "card", ["chen"], "rose", now=NOW)
        over = None if state is State.WAITING else NOW + MINUTE
        row = {"payload": {}, "lane": "app", "created_at": NOW, "due_at": NOW, "settled_at": over}
        session.add(OutboxMessage(key="card", channel=channel, state=state, reason=reason, **row))
    assert looked(database, NOW + 2 * MINUTE) == [result]


def test_a_look_costs_nothing_until_the_next_is_due_and_misses_nothing(database: Database) -> None:
    asked: list[datetime] = []

    def listen(_session: object, since: datetime, _now: datetime) -> list[object]:
        asked.append(since)
        return []

    looks = Results(database, listen)  # type: ignore[arg-type]
    for minutes in range(11):
        looks.minute(NOW + timedelta(minutes=minutes))
    assert len(asked) == 3
    assert asked[1] < NOW
    assert asked[2] < NOW + LOOK_EVERY
