"""kf/service_state: the states, and the arrows between them."""

from typing import Any

import pytest

from tests.bot.sandbox.world import KF, LI, World


def state(world: World, customer: str = LI) -> tuple[int, str | None]:
    answer = world.ask("kf/service_state/get", open_kfid=KF, external_userid=customer)
    return answer["service_state"], answer.get("servicer_userid")


def trans(world: World, to: int, servicer: str = "zhangsan") -> dict[str, Any]:
    fields = {"servicer_userid": servicer} if servicer else {}
    return world.json("kf/service_state/trans", open_kfid=KF, external_userid=LI, service_state=to, **fields)


def bring_to(world: World, wanted: int) -> None:
    if wanted in (1, 2, 3):
        trans(world, wanted)
    if wanted == 4:
        trans(world, 3)
        trans(world, 4)
    assert state(world)[0] == wanted


ARROWS = {(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (3, 3), (3, 4)}


@pytest.mark.parametrize("before", range(5))
@pytest.mark.parametrize("after", range(5))
def test_only_the_confirmed_arrows_are_allowed(chat: World, before: int, after: int) -> None:
    bring_to(chat, before)
    assert trans(chat, after)["errcode"] == (0 if (before, after) in ARROWS else 95016)


def test_a_session_begins_with_the_customers_first_message(world: World) -> None:
    entered = world.sandbox.customer_enters("晴天")
    assert state(world, entered) == (4, None)
    world.sandbox.customer_says(entered, "你好")
    assert state(world, entered) == (0, None)


def test_the_servicer_is_told_only_in_state_three(chat: World) -> None:
    trans(chat, 3)
    assert state(chat) == (3, "zhangsan")
    trans(chat, 4)
    assert state(chat) == (4, None)


def test_a_session_ends_by_itself_after_48_hours_and_begins_anew(chat: World) -> None:
    trans(chat, 1)
    chat.clock.passes(hours=48)
    assert state(chat) == (4, None)
    chat.sandbox.customer_says(LI, "还在吗")
    assert state(chat) == (0, None)


def test_the_first_change_to_two_or_three_and_the_end_give_a_code(chat: World) -> None:
    assert "msg_code" not in trans(chat, 1)
    assert trans(chat, 2)["msg_code"]
    assert trans(chat, 3)["msg_code"]
    assert "msg_code" not in trans(chat, 3, "lisi")
    assert trans(chat, 4)["msg_code"]


def test_api_transitions_raise_no_events(chat: World) -> None:
    trans(chat, 3)
    trans(chat, 4)
    assert chat.events("session_status_change") == []


def test_only_a_servicer_who_is_active_and_on_duty_can_be_given_a_session(chat: World) -> None:
    assert trans(chat, 3, "")["errcode"] == 40063
    assert trans(chat, 3, "nobody")["errcode"] == 95014
    assert trans(chat, 3, "wangwu")["errcode"] == 95014
    chat.sandbox.servicer_duty("zhangsan", False)
    assert trans(chat, 3)["errcode"] == 95019
    assert trans(chat, 3, "LISI")["errcode"] == 0
    assert state(chat) == (3, "lisi")


def test_unknown_customers_accounts_and_states_are_refused(chat: World) -> None:
    assert chat.refused("kf/service_state/get", open_kfid=KF, external_userid="wm-nobody") == 40096
    assert chat.refused("kf/service_state/get", open_kfid=KF) == 41035
    assert chat.refused("kf/service_state/get", external_userid=LI) == 60251
    assert trans(chat, 5)["errcode"] == 40058
