"""A mass message from the outbox to the customers: nothing is heard before a member confirms, and nothing is made twice."""

from typing import Any

import pytest

from bot import outbox
from bot.mass_follow import Cockpit, cockpit, failures, queue_cancel
from bot.messages import Channel, internal_lane, mass_lane
from bot.queue import Lease, State
from bot.sandbox.terms import Timeout
from bot.wecom.mass_terms import ChatType
from tests.stories.world import World

ADD = "externalcontact/add_msg_template"
WORDS = "本周末到店试驾有礼，回复即可预约"
LI, WANG, ZHAO = "wm-li", "wm-wang", "wm-zhao"


@pytest.fixture
def friends(world: World) -> World:
    """Zhang San has three customers, Li Si one."""
    for customer in (LI, WANG, ZHAO):
        world.sandbox.customer_adds_advisor(customer, "zhangsan")
    world.sandbox.customer_adds_advisor(LI, "lisi")
    world.settles()
    return world


def mass(world: World, key: str, sender: str, *customers: str, **also: Any) -> None:
    """What the scheduler would queue."""
    said = {"text": WORDS, "attachments": [], "plan": "weekend", "step": "invite"} | also
    payload = {"sender": sender, "external_ids": list(customers), **said}
    with world.database.unit_of_work() as session:
        outbox.enqueue(session, key, Channel.MASS_MESSAGE, payload, lane=mass_lane(sender), now=world.now)


def minutes(world: World, count: float, *, step: float = 10) -> None:
    """So much time passes, and every few minutes the chores are done."""
    for _ in range(int(count / step)):
        world.later(minutes=step)
        world.assistant.chores.minute(world.now)
        world.settles()


def seen(world: World) -> Cockpit:
    with world.database.reading() as session:
        return cockpit(session, "weekend", "invite")


def heard(world: World, customer: str) -> list[str]:
    return [bubble.text for bubble in world.sandbox.heard_by(customer) if bubble.chat == "friend" and bubble.text == WORDS]


def state_of(world: World, key: str) -> tuple[str, str]:
    return next((row.state, row.reason) for row in world.outbox() if row.key == key)


def tasks(world: World, userid: str = "zhangsan") -> int:
    return len(world.sandbox.mass_tasks_of(userid))


def test_created_reminded_once_confirmed_by_one_and_read(friends: World) -> None:
    mass(friends, "mass:1", "zhangsan", LI, WANG, ZHAO, "wm-unknown")
    mass(friends, "mass:2", "lisi", LI)
    friends.settles()
    assert (tasks(friends), tasks(friends, "lisi"), heard(friends, LI)) == (1, 1, [])

    minutes(friends, 5 * 60)
    (task,) = friends.sandbox.mass_tasks_of("zhangsan")
    assert len(task.reminded) == 1, "once, after four hours"
    before = seen(friends)
    assert (before.asked, before.reached, before.waiting, before.lost) == (5, 0, 4, 1)
    assert {member for one in before.tasks for member in one.to_confirm} == {"zhangsan", "lisi"}

    friends.sandbox.month_is_full(WANG)
    friends.sandbox.customer_deletes_advisor(ZHAO, "zhangsan")
    friends.sandbox.member_confirms_mass("zhangsan", task.msgid)
    minutes(friends, 2 * 60)

    assert heard(friends, LI) == [WORDS]
    after = seen(friends)
    of_zhang = next(one for one in after.tasks if one.sender == "zhangsan")
    assert (of_zhang.state, of_zhang.confirmed, of_zhang.to_confirm) == ("已确认", ("zhangsan",), ())
    assert (of_zhang.reached, of_zhang.waiting, of_zhang.lost) == (1, 0, 3)
    assert of_zhang.failed == {"已不是好友": 1, "本月接收群发次数已满": 1, "创建时被拒：无效或不能接收": 1}
    with friends.database.reading() as session:
        assert ("wm-unknown", "创建时被拒：无效或不能接收") in failures(session, of_zhang.id)
    assert next(one for one in after.tasks if one.sender == "lisi").state == "待确认"

    minutes(friends, 4 * 24 * 60, step=60)
    last = seen(friends)
    assert next(one for one in last.tasks if one.sender == "lisi").failed == {"到点没有人确认，已撤销": 1}
    assert (last.reached, last.waiting, last.lost) == (1, 0, 4)
    assert len(task.reminded) == 1, "never a second time"


def test_an_answer_that_got_lost_is_found_again_and_not_made_twice(friends: World) -> None:
    friends.sandbox.fail(ADD, Timeout.TAKEN)
    mass(friends, "mass:1", "zhangsan", LI, WANG)
    friends.settles()
    assert state_of(friends, "mass:1")[0] == State.WAITING
    minutes(friends, 10)
    assert (tasks(friends), state_of(friends, "mass:1")) == (1, (State.DONE, "任务此前已创建，未重复创建"))
    assert seen(friends).waiting == 2


def test_a_request_that_got_lost_is_made_in_the_end_and_once(friends: World) -> None:
    friends.sandbox.fail(ADD, Timeout.LOST)
    mass(friends, "mass:1", "zhangsan", LI)
    friends.settles()
    minutes(friends, 10)
    assert (tasks(friends), state_of(friends, "mass:1")[0]) == (1, State.DONE)


@pytest.mark.parametrize("made", [True, False])
def test_a_crash_before_the_task_was_noted(friends: World, made: bool) -> None:
    """The claim is left open; whether WeCom has the task decides whether it is made."""
    mass(friends, "mass:1", "zhangsan", LI)
    worker = friends.assistant.worker
    lease = Lease("killed", worker.lease_seconds)
    deed = outbox.claim_next(friends.database, lease, now=friends.now)
    assert deed is not None
    if made:
        body = {"text": {"content": WORDS}}
        friends.assistant.worker.wecom.mass.create(ChatType.SINGLE, "zhangsan", [LI], body)
    friends.later(minutes=5)
    friends.restarted()
    friends.settles()
    minutes(friends, 10)
    assert (tasks(friends), state_of(friends, "mass:1")[0]) == (1, State.DONE)
    assert seen(friends).asked == 1


def test_a_claim_that_was_left_open_too_long_is_looked_up(friends: World) -> None:
    mass(friends, "mass:1", "zhangsan", LI)
    lease = Lease("killed", 60)
    assert outbox.claim_next(friends.database, lease, now=friends.now) is not None
    friends.assistant.worker.wecom.mass.create(ChatType.SINGLE, "zhangsan", [LI], {"text": {"content": WORDS}})
    friends.later(days=4)
    friends.settles()
    assert state_of(friends, "mass:1")[0] == State.UNCLEAR
    minutes(friends, 10)
    assert (tasks(friends), state_of(friends, "mass:1")) == (1, (State.DONE, "已到企业微信查到，任务已创建"))


def test_the_same_words_to_other_customers_are_another_task(friends: World) -> None:
    mass(friends, "mass:1", "zhangsan", LI)
    friends.settles()
    friends.sandbox.fail(ADD, Timeout.LOST)
    mass(friends, "mass:2", "zhangsan", WANG)
    friends.settles()
    minutes(friends, 10)
    assert tasks(friends) == 2, "the first is known to be the first's"


def test_a_frequency_limit_waits(friends: World) -> None:
    friends.sandbox.fail(ADD, 45009)
    mass(friends, "mass:1", "zhangsan", LI)
    friends.settles()
    assert (tasks(friends), state_of(friends, "mass:1")[0]) == (0, State.WAITING)
    minutes(friends, 10)
    assert (tasks(friends), state_of(friends, "mass:1")[0]) == (1, State.DONE)


def test_nobody_left_is_told_with_its_reason(friends: World) -> None:
    mass(friends, "mass:1", "zhangsan", "wm-unknown")
    friends.settles()
    state, reason = state_of(friends, "mass:1")
    assert (state, "没有可以接收群发的客户" in reason) == (State.PARKED, True)
    assert (seen(friends).tasks[0].state, seen(friends).lost) == ("创建失败", 1)


def test_what_is_cancelled_is_not_sent_any_more(friends: World) -> None:
    mass(friends, "mass:1", "zhangsan", LI)
    friends.settles()
    with friends.database.unit_of_work() as session:
        assert queue_cancel(session, "mass:1", now=friends.now)
    friends.settles()
    (task,) = friends.sandbox.mass_tasks_of("zhangsan")
    assert task.cancelled_at is not None
    minutes(friends, 20)
    assert (seen(friends).tasks[0].state, seen(friends).tasks[0].failed) == ("已取消", {"发送前已取消": 1})


def test_a_task_that_is_being_dispatched_is_read_later(friends: World) -> None:
    friends.sandbox.dispatch_slowly(seconds=660)
    mass(friends, "mass:1", "zhangsan", LI)
    friends.settles()
    friends.sandbox.member_confirms_mass("zhangsan", friends.sandbox.mass_tasks_of("zhangsan")[0].msgid)
    minutes(friends, 20)
    assert seen(friends).reached == 1


def test_a_group_post_reaches_the_groups_that_the_owner_still_has(friends: World) -> None:
    mine, given = (friends.sandbox.group_founded("zhangsan", name) for name in ("一群", "二群"))
    payload = {"sender": "zhangsan", "chat_ids": [mine, given], "text": WORDS, "attachments": [], "plan": "weekend", "step": "invite"}
    with friends.database.unit_of_work() as session:
        outbox.enqueue(session, "mass:g", Channel.GROUP_POST, payload, lane=mass_lane("zhangsan"), now=friends.now)
    friends.settles()
    friends.sandbox.group_handed_over(given, "lisi")
    friends.sandbox.member_confirms_mass("zhangsan", friends.sandbox.mass_tasks_of("zhangsan")[0].msgid)
    minutes(friends, 20)
    assert (seen(friends).reached, seen(friends).waiting) == (1, 1)


def test_a_moment_is_followed_until_all_have_published(friends: World) -> None:
    payload = {"senders": ["zhangsan", "lisi"], "text": WORDS, "attachments": [], "plan": "weekend", "step": "invite"}
    with friends.database.unit_of_work() as session:
        outbox.enqueue(session, "mass:m", Channel.MOMENT, payload, lane="moment:weekend", now=friends.now)
    friends.settles()
    (moment,) = friends.sandbox.moments_of("lisi")
    friends.sandbox.member_publishes_moment("zhangsan", moment.moment_id)
    minutes(friends, 5 * 60)
    (task,) = seen(friends).tasks
    assert (task.state, task.confirmed, task.to_confirm) == ("待确认", ("zhangsan",), ("lisi",))
    assert "朋友圈" in str(friends.sandbox.app_messages_of("lisi")[-1].content), "the app reminds who has not published"
    assert friends.sandbox.app_messages_of("zhangsan") == []
    friends.sandbox.member_publishes_moment("lisi", moment.moment_id)
    minutes(friends, 2 * 60)
    assert (seen(friends).tasks[0].state, seen(friends).reached) == ("已确认", 2)


def test_an_internal_group_hears_everything_twenty_a_minute(world: World) -> None:
    with world.database.unit_of_work() as session:
        for number in range(50):
            payload = {"group": "销售顾问群", "text": f"第 {number} 条", "attachments": [], "plan": "daily", "step": "news"}
            outbox.enqueue(session, f"post:{number}", Channel.INTERNAL_POST, payload, lane=internal_lane("销售顾问群"), now=world.now)
    for _ in range(6):
        world.settles()
        world.later(seconds=30)
    (group,) = world.sandbox.internal_groups()
    assert [content["content"] for _, _, content in group.posts] == [f"第 {number} 条" for number in range(50)]
    assert {call.errcode for call in world.sandbox.api_calls("webhook/send")} == {0}, "WeCom never had to refuse one"


def test_a_post_that_may_have_arrived_is_not_posted_again(world: World) -> None:
    world.sandbox.fail("webhook/send", Timeout.TAKEN)
    with world.database.unit_of_work() as session:
        payload = {"group": "销售顾问群", "text": "早会 9 点", "attachments": [], "plan": "daily", "step": "news"}
        outbox.enqueue(session, "post:1", Channel.INTERNAL_POST, payload, lane=internal_lane("销售顾问群"), now=world.now)
    world.settles()
    state, reason = state_of(world, "post:1")
    assert (state, "不确定内部群是否收到" in reason) == (State.PARKED, True)
    assert len(world.sandbox.internal_groups()[0].posts) == 1


def test_a_post_brings_its_materials_after_it(world: World) -> None:
    with world.database.unit_of_work() as session:
        payload = {"group": "销售顾问群", "text": "新的对比图", "attachments": ["compare-e7-e5"], "plan": "daily", "step": "news"}
        outbox.enqueue(session, "post:1", Channel.INTERNAL_POST, payload, lane=internal_lane("销售顾问群"), now=world.now)
    world.settles()
    assert [msgtype for _, msgtype, _ in world.sandbox.internal_groups()[0].posts] == ["text", "image"]


def test_pictures_go_with_a_mass_message_and_with_a_moment(friends: World) -> None:
    mass(friends, "mass:1", "zhangsan", LI, attachments=["compare-e7-e5"])
    payload = {"senders": ["zhangsan"], "text": WORDS, "attachments": ["compare-e7-e5"], "plan": "weekend", "step": "invite"}
    with friends.database.unit_of_work() as session:
        outbox.enqueue(session, "mass:m", Channel.MOMENT, payload, lane="moment:weekend", now=friends.now)
    friends.settles()
    assert [kind for kind, _ in friends.sandbox.mass_tasks_of("zhangsan")[0].said] == ["text", "image"]
    assert [kind for kind, _ in friends.sandbox.moments_of("zhangsan")[0].said] == ["text", "image"]
