"""What a customer does, and what the assistant hears of it."""

import json

import pytest

from bot.sandbox.samples import CONTENTS
from bot.sandbox.terms import CannotDo
from tests.bot.sandbox.world import KF, LI, World, fields_of


def test_entering_tells_scene_and_a_welcome_code(world: World) -> None:
    entered = world.sandbox.customer_enters("晴天", scene="store_qr", scene_param="store01")
    (entry,) = world.pages()["msg_list"]
    assert (entry["origin"], entry["msgtype"]) == (4, "event")
    event = entry["event"]
    assert event.pop("welcome_code")
    assert event == {
        "event_type": "enter_session",
        "open_kfid": KF,
        "external_userid": entered,
        "scene": "store_qr",
        "scene_param": "store01",
    }


def test_no_second_welcome_within_48_hours_of_a_welcome_or_of_his_own_words(world: World) -> None:
    entered = world.sandbox.customer_enters("晴天")
    world.sandbox.customer_enters("晴天")
    codes = [event.get("welcome_code") for event in world.events("enter_session")]
    assert all(codes)
    world.ask("kf/send_msg_on_event", code=codes[0], msgtype="text", text={"content": "欢迎"})
    world.sandbox.customer_enters("晴天")
    world.sandbox.customer_says("wm-other", "你好")
    world.sandbox.customer_enters(external_userid="wm-other")
    world.clock.passes(hours=48)
    world.sandbox.customer_enters(external_userid=entered)
    assert [bool(event.get("welcome_code")) for event in world.events("enter_session")[2:]] == [False, False, True]


def test_a_name_is_the_same_customer_in_every_sandbox(world: World) -> None:
    assert world.sandbox.customer_enters("晴天") == World().sandbox.customer_enters("晴天")
    assert world.sandbox.customer_enters("晴天") != world.sandbox.customer_enters("老周")


@pytest.mark.parametrize("kind", ["image", "voice", "video", "file"])
def test_files_come_as_media(world: World, kind: str) -> None:
    world.sandbox.customer_sends(LI, kind)
    (entry,) = world.pages()["msg_list"]
    assert (entry["msgtype"], list(entry[kind])) == (kind, ["media_id"])


@pytest.mark.parametrize("kind", sorted(CONTENTS))
def test_everything_else_comes_as_it_is(world: World, kind: str) -> None:
    world.sandbox.customer_sends(LI, kind)
    (entry,) = world.pages()["msg_list"]
    assert (entry["msgtype"], entry[kind], entry["origin"]) == (kind, CONTENTS[kind], 3)


def test_the_content_may_be_given_and_unknown_kinds_cannot_be_sent(world: World) -> None:
    world.sandbox.customer_sends(LI, "link", {"title": "评测", "url": "https://example.com"})
    assert world.pages()["msg_list"][0]["link"]["title"] == "评测"
    with pytest.raises(CannotDo):
        world.sandbox.customer_sends(LI, "telegram")


def test_a_merged_message_carries_json_in_a_string(world: World) -> None:
    world.sandbox.customer_sends(LI, "merged_msg")
    (item,) = world.pages()["msg_list"][0]["merged_msg"]["item"]
    assert json.loads(item["msg_content"])["text"]["content"]


def test_a_file_that_is_too_large_arrives_as_words(world: World) -> None:
    world.sandbox.customer_sends(LI, "image", file=("big.png", "image/png", bytes(2 * 1024 * 1024 + 1)))
    (entry,) = world.pages()["msg_list"]
    assert entry["msgtype"] == "text"
    assert "big.png" in entry["text"]["content"]


def test_a_recall_is_an_event_and_the_bubble_is_gone(chat: World) -> None:
    msgid = chat.sandbox.customer_says(LI, "打错了")
    chat.sandbox.customer_recalls(msgid)
    assert chat.events("user_recall_msg")[0]["recall_msgid"] == msgid
    assert [bubble.text for bubble in chat.sandbox.heard_by(LI)] == ["这车多少钱"]
    with pytest.raises(CannotDo):
        chat.sandbox.customer_recalls(msgid)


def test_only_ones_own_words_can_be_recalled(chat: World) -> None:
    msgid = chat.ask("kf/send_msg", **chat.text())["msgid"]
    with pytest.raises(CannotDo):
        chat.sandbox.customer_recalls(msgid)
    with pytest.raises(CannotDo):
        chat.sandbox.customer_recalls("made-up")


def test_adding_an_advisor_tells_state_and_welcome_code(world: World) -> None:
    code = world.sandbox.customer_adds_advisor(LI, "zhangsan", state="store01_window")
    (event,) = world.settles()
    told = fields_of(event)
    del told["ToUserName"], told["CreateTime"]
    assert told == {
        "FromUserName": "sys",
        "MsgType": "event",
        "Event": "change_external_contact",
        "ChangeType": "add_external_contact",
        "UserID": "zhangsan",
        "ExternalUserID": LI,
        "State": "store01_window",
        "WelcomeCode": code,
    }


def test_without_a_welcome_the_element_is_absent(world: World) -> None:
    assert world.sandbox.customer_adds_advisor(LI, "zhangsan", welcome=False) == ""
    (event,) = world.settles()
    assert not {"State", "WelcomeCode"} & set(fields_of(event))


def test_a_half_contact_may_come_first_with_the_same_code(world: World) -> None:
    code = world.sandbox.customer_adds_advisor(LI, "zhangsan", half_first=True)
    told = [(event.findtext("ChangeType"), event.findtext("WelcomeCode")) for event in world.settles()]
    assert told == [("add_half_external_contact", code), ("add_external_contact", code)]


def test_one_is_added_once_but_again_after_deleting(world: World) -> None:
    world.sandbox.customer_adds_advisor(LI, "zhangsan")
    with pytest.raises(CannotDo):
        world.sandbox.customer_adds_advisor(LI, "zhangsan")
    world.sandbox.customer_deletes_advisor(LI, "zhangsan")
    world.sandbox.customer_adds_advisor(LI, "zhangsan")
    kinds = [event.findtext("ChangeType") for event in world.settles()]
    assert kinds == ["add_external_contact", "del_follow_user", "add_external_contact"]
