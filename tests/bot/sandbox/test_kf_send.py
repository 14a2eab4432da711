"""kf/send_msg and send_msg_on_event: the window, the budget, the state, and codes that work once."""

from typing import Any

import pytest

from bot.sandbox.terms import Speaker
from tests.bot.sandbox.world import KF, LI, World


def send(world: World, **fields: Any) -> int:
    return world.refused("kf/send_msg", **world.text(**fields))


def test_a_message_is_heard_and_gets_a_msgid(chat: World) -> None:
    answer = chat.ask("kf/send_msg", **chat.text("18.98 万起", msgid="reply-1"))
    assert answer == {"errcode": 0, "errmsg": "ok", "msgid": "reply-1"}
    assert chat.sandbox.said_by_bot(LI) == ["18.98 万起"]


def test_five_messages_per_customer_message_and_a_click_counts_as_one(chat: World) -> None:
    assert [send(chat) for _ in range(6)] == [0, 0, 0, 0, 0, 95001]
    chat.sandbox.customer_says(LI, "落地价", menu_id="m1")
    assert [send(chat) for _ in range(6)] == [0, 0, 0, 0, 0, 95001]


def test_after_48_hours_the_window_is_closed(chat: World) -> None:
    chat.clock.passes(hours=47, minutes=59)
    assert send(chat) == 0
    chat.clock.passes(minutes=1)
    assert send(chat) == 95002
    chat.sandbox.customer_says(LI, "还在吗")
    assert send(chat) == 0


def test_who_never_wrote_cannot_be_written_to(world: World) -> None:
    entered = world.sandbox.customer_enters("晴天")
    assert send(world, to=entered) == 95018


@pytest.mark.parametrize("state", [2, 3])
def test_in_the_pool_or_with_a_person_software_is_silent(chat: World, state: int) -> None:
    chat.ask("kf/service_state/trans", open_kfid=KF, external_userid=LI, service_state=state, servicer_userid="zhangsan")
    assert send(chat) == 95018


def test_after_the_end_software_is_silent_until_the_customer_writes(chat: World) -> None:
    chat.sandbox.servicer_takes("zhangsan", LI)
    chat.sandbox.servicer_ends("zhangsan", LI)
    assert send(chat) == 95018
    chat.sandbox.customer_says(LI, "再问一下")
    assert send(chat) == 0


def test_a_repeated_msgid_is_refused_also_when_the_window_has_closed(chat: World) -> None:
    assert send(chat, msgid="reply-1") == 0
    chat.clock.passes(days=3)
    assert send(chat, msgid="reply-1") == 95033
    assert len(chat.sandbox.said_by_bot(LI)) == 1


def test_a_refused_message_does_not_use_up_its_msgid(chat: World) -> None:
    chat.sandbox.servicer_takes("zhangsan", LI)
    assert send(chat, msgid="reply-1") == 95018
    chat.sandbox.servicer_ends("zhangsan", LI)
    chat.sandbox.customer_says(LI, "在吗")
    assert send(chat, msgid="reply-1") == 0


@pytest.mark.parametrize("msgid", ["x" * 33, "空格 不行", "a.b", "a b"])
def test_a_msgid_has_32_plain_characters(chat: World, msgid: str) -> None:
    assert send(chat, msgid=msgid) == 40058


def test_unknown_people_and_accounts_are_refused(chat: World) -> None:
    assert send(chat, to="wm-nobody") == 40096
    assert chat.refused("kf/send_msg", **(chat.text() | {"open_kfid": "wk-other"})) == 95004
    assert chat.refused("kf/send_msg", **(chat.text() | {"touser": ""})) == 41035


def welcome(world: World, name: str = "晴天") -> tuple[str, str]:
    entered = world.sandbox.customer_enters(name)
    return entered, world.events("enter_session")[-1]["welcome_code"]


def on_event(world: World, code: str, **fields: Any) -> int:
    said = {"msgtype": "text", "text": {"content": "您好，欢迎咨询"}} | fields
    return world.refused("kf/send_msg_on_event", code=code, **said)


def test_a_welcome_code_works_once_within_twenty_seconds(world: World) -> None:
    entered, code = welcome(world)
    world.clock.passes(seconds=20)
    assert on_event(world, code) == 0
    assert on_event(world, code) == 41050
    assert [(bubble.speaker, bubble.text) for bubble in world.sandbox.heard_by(entered)] == [(Speaker.BOT, "您好，欢迎咨询")]


def test_a_welcome_code_is_too_old_after_twenty_seconds(world: World) -> None:
    _, code = welcome(world)
    world.clock.passes(seconds=21)
    assert on_event(world, code) == 41050
    assert on_event(world, "made-up") == 41050
    assert on_event(world, "") == 41049


def test_a_welcome_may_be_a_menu_but_not_a_picture(world: World) -> None:
    _, code = welcome(world)
    assert on_event(world, code, msgtype="image", image={"media_id": world.picture()}) == 95030
    assert on_event(world, code, msgtype="msgmenu", msgmenu={"head_content": "想了解什么？", "list": []}) == 0


def test_a_reply_on_event_does_not_count_against_the_five(world: World) -> None:
    entered, code = welcome(world)
    world.sandbox.customer_says(entered, "你好")
    assert on_event(world, code) == 0
    assert [send(world, to=entered) for _ in range(6)] == [0, 0, 0, 0, 0, 95001]


def test_a_pool_code_allows_one_text_while_the_session_waits(chat: World) -> None:
    code = chat.ask("kf/service_state/trans", open_kfid=KF, external_userid=LI, service_state=2)["msg_code"]
    assert on_event(chat, code, msgtype="msgmenu", msgmenu={"head_content": "x", "list": []}) == 95030
    chat.clock.passes(hours=47)
    assert on_event(chat, code) == 0


def test_a_code_is_void_when_the_session_has_moved_on(chat: World) -> None:
    code = chat.ask("kf/service_state/trans", open_kfid=KF, external_userid=LI, service_state=2)["msg_code"]
    chat.sandbox.servicer_takes("zhangsan", LI)
    assert on_event(chat, code) == 95018
    assert on_event(chat, chat.events("session_status_change")[-1]["msg_code"]) == 0


def test_a_closing_text_has_twenty_seconds(chat: World) -> None:
    chat.sandbox.servicer_takes("zhangsan", LI)
    chat.sandbox.servicer_ends("zhangsan", LI)
    code = chat.events("session_status_change")[-1]["msg_code"]
    chat.clock.passes(seconds=21)
    assert on_event(chat, code) == 41050


def test_the_msgids_of_both_ways_of_sending_are_one_set(world: World) -> None:
    entered, code = welcome(world)
    assert on_event(world, code, msgid="m1") == 0
    world.sandbox.customer_says(entered, "你好")
    assert send(world, to=entered, msgid="m1") == 95033
