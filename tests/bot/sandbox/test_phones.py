"""What people see, and what a test may look at."""

import pytest

from bot.sandbox.terms import CannotDo, Speaker
from tests.bot.sandbox.test_app_messages import body, card
from tests.bot.sandbox.world import LI, World


def test_a_phone_shows_everybody_in_order(chat: World) -> None:
    chat.ask("kf/send_msg", **chat.text("18.98 万起"))
    chat.sandbox.servicer_takes("zhangsan", LI)
    chat.sandbox.servicer_says("zhangsan", LI, "我是张三")
    assert [bubble.speaker for bubble in chat.sandbox.heard_by(LI)] == [Speaker.CUSTOMER, Speaker.BOT, Speaker.SERVICER]


def test_looking_changes_nothing(chat: World) -> None:
    chat.sandbox.heard_by(LI)[0].content["content"] = "改了"
    assert chat.sandbox.heard_by(LI)[0].text == "这车多少钱"


def test_a_message_that_failed_was_not_heard(chat: World) -> None:
    msgid = chat.ask("kf/send_msg", **chat.text())["msgid"]
    chat.sandbox.msg_send_fail(msgid, 6)
    assert chat.sandbox.said_by_bot(LI) == []
    assert chat.events("msg_send_fail")[0]["fail_msgid"] == msgid
    assert chat.events("msg_send_fail")[0]["fail_type"] == 6
    with pytest.raises(CannotDo):
        chat.sandbox.msg_send_fail(chat.sandbox.heard_by(LI)[0].msgid, 6)


def test_the_page_sees_people_with_state_budget_and_last_words(chat: World) -> None:
    chat.ask("kf/send_msg", **chat.text("18.98 万起"))
    people = chat.sandbox.people()
    (customer,) = people["customers"]
    assert customer == {"id": LI, "name": "微信用户1", "state": 0, "servicer": "", "sent": 1, "last": "18.98 万起"}
    assert [(member["id"], member["servicer"], member["on_duty"]) for member in people["members"]] == [
        ("zhangsan", True, True),
        ("lisi", True, True),
        ("wangwu", False, True),
    ]


def test_the_page_sees_recalled_and_cut_bubbles_marked(chat: World) -> None:
    chat.sandbox.customer_recalls(chat.sandbox.heard_by(LI)[0].msgid)
    chat.ask("kf/send_msg", **chat.text("价" * 700))
    first, second = chat.sandbox.chat_view(LI)
    assert (first["recalled"], second["cut"], second["at"]) == (True, True, "10:00:00")


def test_the_page_sees_cards_with_their_keys_and_contacts_with_their_tags(world: World) -> None:
    world.ask("message/send", **card())
    world.ask("message/send", **body())
    world.sandbox.customer_adds_advisor(LI, "zhangsan")
    view = world.sandbox.member_view("zhangsan")
    assert [message.get("keys") for message in view["messages"]] == [{"claim:1001": "我来跟进"}, None]
    assert [(contact["id"], contact["tags"]) for contact in view["contacts"]] == [(LI, [])]


def test_the_wire_shows_calls_and_callbacks_but_no_words(chat: World) -> None:
    chat.settles()
    chat.refused("kf/send_msg", **chat.text("一句私密的话", to="wm-nobody"))
    wire = chat.sandbox.wire_view()
    assert (wire["calls"][0]["path"], wire["calls"][0]["errcode"]) == ("/cgi-bin/kf/send_msg", 40096)
    assert wire["callbacks"] == [{"event": "kf_msg_or_event", "statuses": [200]}]
    assert "私密" not in str(wire)
    assert "这车" not in str(wire)
