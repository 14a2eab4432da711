"""Tokens end, limits hit, answers get lost: nothing is lost, nothing is heard twice, every silence has a name."""

import pytest

from bot import outbox
from bot.budget import Shut
from bot.messages import Channel, kf_lane
from bot.queue import State
from bot.sandbox.terms import Timeout
from tests.stories.world import World


def texts(world: World, customer: str) -> list[str]:
    """Texts of the assistant on the customer's phone."""
    return [bubble.text for bubble in world.sandbox.heard_by(customer) if bubble.speaker == "bot" and bubble.msgtype == "text"]


def test_a_token_that_ends_in_mid_send_is_renewed_once(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7多少钱")
    fetched = len(world.sandbox.api_calls("gettoken"))
    world.sandbox.expire_access_token()

    assert len([words for words in world.asks(customer, "E7的后备箱多大") if words]) == 1
    assert len(world.sandbox.api_calls("gettoken")) == fetched + 1


@pytest.mark.parametrize("failure", [-1, Timeout.LOST, Timeout.TAKEN, 42001])
def test_a_send_that_fails_for_the_moment_is_heard_once(world: World, failure: int | Timeout) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "你好呀")
    before = len(texts(world, customer))
    world.sandbox.fail("kf/send_msg", failure, times=1)
    world.asks(customer, "E7的后备箱多大")

    assert len(texts(world, customer)) == before + 1
    assert not world.outbox(State.PARKED, State.WAITING, State.UNCLEAR)


def test_a_frequency_limit_rests_and_then_goes_on(world: World) -> None:
    customer = world.enters("晴天")
    world.sandbox.fail("kf/send_msg", 45009, times=1)
    world.asks(customer, "E7的后备箱多大")
    assert texts(world, customer) == []

    world.later(seconds=61)
    world.settles()
    assert len(texts(world, customer)) == 1


def test_95018_parks_the_answer_with_its_reason_and_tells_an_advisor(world: World) -> None:
    customer = world.enters("晴天")
    world.sandbox.fail("kf/send_msg", 95018, times=1)
    world.asks(customer, "E7的后备箱多大")

    [parked] = world.outbox(State.PARKED)
    assert parked.reason
    told = [m for userid in ("zhangsan", "lisi") for m in world.sandbox.app_messages_of(userid) if m.msgtype == "text"]
    assert len(told) == 1
    assert "没有收到" in str(told[0].content)


def test_the_sixth_message_is_not_even_tried(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7的后备箱多大")
    open_kfid = world.inbox()[-1].lane.split(":")[1]
    sent = len(world.sandbox.api_calls("kf/send_msg"))
    with world.database.unit_of_work() as session:
        for number in range(6):
            payload = {"open_kfid": open_kfid, "external_id": customer, "text": f"第 {number} 条"}
            outbox.enqueue(session, f"more:999:{number}", Channel.KF_TEXT, payload, lane=kf_lane(open_kfid, customer), now=world.now)
    world.settles()

    assert len(world.sandbox.api_calls("kf/send_msg")) <= 5 + 1
    assert len(world.sandbox.api_calls("kf/send_msg")) > sent
    assert {row.reason for row in world.outbox(State.SKIPPED)} == {Shut.BUDGET_SPENT}
    assert not world.outbox(State.PARKED)


def test_a_message_that_wecom_could_not_deliver_fails_with_the_reason(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7的后备箱多大")
    bubble = [b for b in world.sandbox.heard_by(customer) if b.speaker == "bot" and b.msgtype == "text"][-1]
    world.sandbox.msg_send_fail(bubble.msgid, 10)
    world.settles()

    [failed] = world.outbox(State.PARKED)
    assert failed.wecom_id == bubble.msgid
    assert "拒收" in failed.reason


def test_empty_pages_are_read_through_and_order_is_kept(world: World) -> None:
    customer = world.enters("晴天")
    world.sandbox.give_empty_pages(3)
    world.sandbox.disturb_callbacks(reordered=True, repeat=2)
    for words in ("E7的后备箱有多大呢？", "那E5的后备箱呢有多大？"):
        world.sandbox.customer_says(customer, words)
        world.later(seconds=4)
    world.settles()

    assert len([row for row in world.inbox() if row.kind == "kf_text"]) == 2
    assert all(row.state == State.DONE for row in world.inbox() if row.kind == "kf_text")


def test_wecom_being_away_for_minutes_loses_nothing(world: World) -> None:
    customer = world.enters("晴天")
    world.sandbox.fail("kf/sync_msg", Timeout.LOST, times=3)
    world.says(customer, "E7的后备箱多大")
    for _ in range(4):
        world.settles()
        world.later(seconds=30)

    assert len(texts(world, customer)) == 1
