"""A mass message holds for so many hours. Who has not sent it by then cannot send it later, and what is told of it is true."""

from datetime import timedelta
from typing import Any

import pytest

from bot import outbox
from bot.mass_follow import Cockpit, cockpit
from bot.messages import Channel
from bot.sandbox.terms import CannotDo
from tests.stories.world import World

CANCEL = "externalcontact/cancel_groupmsg_send"
LI, WANG = "wm-li", "wm-wang"
SAID = {"text": "今晚 8 点抽奖，群里见", "attachments": [], "plan": "draw", "step": "tonight"}
HOLDS = timedelta(hours=8)
WITHDRAWN = {"到点没有人确认，已撤销": 2}


@pytest.fixture
def asked(world: World) -> World:
    """Zhang San is asked to send it to two customers; it makes sense for eight hours."""
    for customer in (LI, WANG):
        world.sandbox.customer_adds_advisor(customer, "zhangsan")
    world.settles()
    queued(world, Channel.MASS_MESSAGE, sender="zhangsan", external_ids=[LI, WANG])
    return world


def queued(world: World, channel: Channel, **payload: Any) -> None:
    with world.database.unit_of_work() as session:
        outbox.enqueue(session, "mass:1", channel, SAID | payload, lane="mass:zhangsan", now=world.now, expires_in=HOLDS)
    world.settles()


def hours(world: World, count: float) -> None:
    for _ in range(int(count * 6)):
        world.later(minutes=10)
        world.assistant.chores.minute(world.now)
        world.settles()


def seen(world: World) -> Cockpit:
    with world.database.reading() as session:
        return cockpit(session, "draw")


def test_it_is_withdrawn_when_its_time_has_passed(asked: World) -> None:
    (task,) = asked.sandbox.mass_tasks_of("zhangsan")
    hours(asked, 7.8)
    assert (task.cancelled_at, len(task.reminded), seen(asked).waiting) == (None, 1, 2)
    hours(asked, 0.5)
    assert task.cancelled_at is not None
    with pytest.raises(CannotDo):
        asked.sandbox.member_confirms_mass("zhangsan", task.msgid)
    (told,) = seen(asked).tasks
    assert (told.state, told.failed, told.waiting) == ("超时未确认", WITHDRAWN, 0)
    hours(asked, 2)
    assert seen(asked).tasks[0].failed == WITHDRAWN
    calls = len(asked.sandbox.api_calls(CANCEL))
    hours(asked, 24)
    assert len(asked.sandbox.api_calls(CANCEL)) == calls, "once is enough"


def test_what_was_sent_in_time_is_left_alone(asked: World) -> None:
    (task,) = asked.sandbox.mass_tasks_of("zhangsan")
    asked.sandbox.member_confirms_mass("zhangsan", task.msgid)
    hours(asked, 10)
    assert (task.cancelled_at, seen(asked).reached, seen(asked).tasks[0].state) == (None, 2, "已确认")


def test_wecom_does_not_withdraw_it_and_the_member_sends_it_all_the_same(asked: World) -> None:
    (task,) = asked.sandbox.mass_tasks_of("zhangsan")
    asked.sandbox.fail(CANCEL, 40058)
    hours(asked, 8.2)
    assert (seen(asked).waiting, seen(asked).lost) == (2, 0), "nobody claims that it was withdrawn"
    asked.sandbox.member_confirms_mass("zhangsan", task.msgid)
    hours(asked, 1.2)
    assert (seen(asked).reached, seen(asked).tasks[0].state) == (2, "已确认")


def test_wecom_never_withdraws_it(asked: World) -> None:
    asked.sandbox.fail(CANCEL, 40058, times=99)
    hours(asked, 8.2 + 25)
    (told,) = seen(asked).tasks
    assert told.failed == {"到点没有人确认，没有撤销成功": 2}


def test_wecom_is_busy_and_it_is_withdrawn_a_little_later(asked: World) -> None:
    asked.sandbox.fail(CANCEL, -1, times=2)
    hours(asked, 9.5)
    assert seen(asked).tasks[0].failed == WITHDRAWN


def test_who_has_published_a_moment_in_time_stays_counted(world: World) -> None:
    queued(world, Channel.MOMENT, senders=["zhangsan", "lisi"])
    (moment,) = world.sandbox.moments_of("lisi")
    world.sandbox.member_publishes_moment("zhangsan", moment.moment_id)
    hours(world, 9)
    assert moment.cancelled_at is not None
    assert (seen(world).reached, seen(world).tasks[0].failed) == (1, {"到点没有人确认，已撤销": 1})
