"""What an advisor does in the client, told by callbacks."""

from typing import Any

import pytest

from bot.sandbox.terms import CannotDo
from tests.bot.sandbox.test_app_messages import card
from tests.bot.sandbox.test_card_updates import UPDATE, grey
from tests.bot.sandbox.test_cards import NOTICE, VOTE
from tests.bot.sandbox.world import LI, SECRETS, World, fields_of

SLOT = {
    "question_key": "slot",
    "title": "时段",
    "option_list": [{"id": "am", "text": "上午"}, {"id": "pm", "text": "下午"}],
    "selected_id": "pm",
}


def send_card(world: World, content: Any) -> dict[str, Any]:
    fields = {"touser": "zhangsan", "msgtype": "template_card", "agentid": SECRETS.agent_id, "template_card": content}
    return world.ask("message/send", **fields)


def test_a_click_is_told_as_in_the_reference(world: World) -> None:
    world.ask("message/send", **card(button_selection=SLOT))
    world.sandbox.advisor_clicks("ZhangSan", "testdrive-1001", "claim:1001", {"slot": ["am"]})
    (event,) = world.settles()
    told = fields_of(event)
    assert told.pop("ResponseCode")
    assert told == {
        "ToUserName": SECRETS.corp_id,
        "FromUserName": "zhangsan",
        "CreateTime": str(int(world.clock.now.timestamp())),
        "MsgType": "event",
        "Event": "template_card_event",
        "EventKey": "claim:1001",
        "TaskId": "testdrive-1001",
        "CardType": "button_interaction",
        "AgentID": "1000012",
    }
    assert event.findtext("SelectedItems/SelectedItem/QuestionKey") == "slot"
    assert [option.text for option in event.iterfind("SelectedItems/SelectedItem/OptionIds/OptionId")] == ["am"]
    assert world.sandbox.app_messages_of("zhangsan")[0].pressed == "我来跟进"


def test_the_cards_own_choice_goes_along_when_nothing_was_chosen(world: World) -> None:
    world.ask("message/send", **card(button_selection=SLOT))
    world.sandbox.advisor_clicks("lisi", "testdrive-1001", "claim:1001")
    assert world.settles()[0].findtext("SelectedItems/SelectedItem/OptionIds/OptionId") == "pm"


def test_a_card_without_questions_has_no_selected_items(world: World) -> None:
    world.ask("message/send", **card())
    world.sandbox.advisor_clicks("lisi", "testdrive-1001", "claim:1001")
    assert world.settles()[0].find("SelectedItems") is None


def test_a_vote_sends_every_chosen_option(world: World) -> None:
    send_card(world, VOTE)
    world.sandbox.advisor_clicks("zhangsan", "t2", "send", {"why": ["a", "b"]})
    assert [option.text for option in world.settles()[0].iter("OptionId")] == ["a", "b"]


def test_the_menu_of_a_card_has_its_own_event(world: World) -> None:
    menu = {"desc": "更多", "action_list": [{"text": "不再提醒", "key": "mute"}]}
    send_card(world, {**NOTICE, "task_id": "t4", "action_menu": menu})
    world.sandbox.advisor_clicks("zhangsan", "t4", "mute")
    (event,) = world.settles()
    assert (event.findtext("Event"), event.findtext("EventKey")) == ("template_card_menu_event", "mute")


def test_the_code_of_a_click_changes_the_card(world: World) -> None:
    world.ask("message/send", **card())
    world.sandbox.advisor_clicks("zhangsan", "testdrive-1001", "claim:1001")
    code = world.settles()[0].findtext("ResponseCode", "")
    world.ask(UPDATE, **grey(code))
    with pytest.raises(CannotDo):
        world.sandbox.advisor_clicks("zhangsan", "testdrive-1001", "claim:1001")
    world.sandbox.advisor_clicks("lisi", "testdrive-1001", "claim:1001")
    assert len(world.settles()) == 1


@pytest.mark.parametrize(
    ("userid", "task_id", "key", "selected"),
    [
        ("wangwu", "testdrive-1001", "claim:1001", None),
        ("zhangsan", "t-other", "claim:1001", None),
        ("zhangsan", "testdrive-1001", "delete", None),
        ("zhangsan", "testdrive-1001", "claim:1001", {"slot": ["night"]}),
        ("zhangsan", "testdrive-1001", "claim:1001", {"colour": ["am"]}),
    ],
)
def test_only_what_is_on_the_card_can_be_pressed(world: World, userid: str, task_id: Any, key: str, selected: Any) -> None:
    world.ask("message/send", **card(button_selection=SLOT))
    with pytest.raises(CannotDo):
        world.sandbox.advisor_clicks(userid, task_id, key, selected)
    assert world.settles() == []


def test_words_to_the_app_come_with_a_msgid(world: World) -> None:
    msgid = world.sandbox.advisor_says("zhangsan", "今天有几个试驾预约？")
    (message,) = world.settles()
    told = fields_of(message)
    assert (told["MsgType"], told["Content"], told["MsgId"], told["FromUserName"]) == ("text", "今天有几个试驾预约？", msgid, "zhangsan")
    assert int(msgid) < 2**63


def test_opening_the_app_is_told(world: World) -> None:
    world.sandbox.advisor_opens_app("zhangsan")
    (event,) = world.settles()
    assert (event.findtext("Event"), event.findtext("EventKey")) == ("enter_agent", "")


def test_editing_and_deleting_a_contact_are_told(world: World) -> None:
    world.sandbox.customer_adds_advisor(LI, "zhangsan")
    world.settles()
    world.sandbox.advisor_edits("zhangsan", LI, remark="陈先生-SUV")
    world.sandbox.advisor_edits("zhangsan", LI, description="关注空间")
    (follow,) = world.fetch("externalcontact/get", external_userid=LI)["follow_user"]
    assert (follow["remark"], follow["description"]) == ("陈先生-SUV", "关注空间")
    world.sandbox.advisor_deletes_customer("zhangsan", LI)
    kinds = [event.findtext("ChangeType") for event in world.settles()]
    assert kinds == ["edit_external_contact", "edit_external_contact", "del_external_contact"]
    with pytest.raises(CannotDo):
        world.sandbox.advisor_deletes_customer("zhangsan", LI)
