"""message/send: receivers, limits, and what vanishes without a word."""

from typing import Any

import pytest

from tests.bot.sandbox.test_cards import BUTTONS, NOTICE
from tests.bot.sandbox.world import SECRETS, World


def body(touser: str = "zhangsan", content: Any = "请联系客户", **fields: Any) -> dict[str, Any]:
    return {"touser": touser, "msgtype": "text", "agentid": SECRETS.agent_id, "text": {"content": content}, **fields}


def card(**change: Any) -> dict[str, Any]:
    return {"touser": "zhangsan|lisi", "msgtype": "template_card", "agentid": SECRETS.agent_id, "template_card": {**BUTTONS, **change}}


def test_a_member_sees_what_the_app_says(world: World) -> None:
    answer = world.ask("message/send", **body())
    (message,) = world.sandbox.app_messages_of("zhangsan")
    assert (message.msgid, message.content, message.dropped) == (answer["msgid"], {"content": "请联系客户"}, "")
    assert "response_code" not in answer


def test_unknown_receivers_are_named_in_lower_case(world: World) -> None:
    answer = world.ask("message/send", **body("ZhangSan|NoBody|gone"))
    assert answer["invaliduser"] == "nobody|gone"
    assert len(world.sandbox.app_messages_of("zhangsan")) == 1


def test_nobody_left_is_81013_and_nobody_named_is_82001(world: World) -> None:
    assert world.refused("message/send", **body("nobody")) == 81013
    assert world.refused("message/send", **body("")) == 82001
    assert world.refused("message/send", **body("|".join(f"u{n}" for n in range(1001)))) == 40032


def test_everybody_and_the_department_are_receivers_too(world: World) -> None:
    world.ask("message/send", **body("@all"))
    assert world.ask("message/send", **body("", toparty="3|9"))["invalidparty"] == "9"
    assert [len(world.sandbox.app_messages_of(userid)) for userid in ("zhangsan", "lisi", "wangwu")] == [2, 2, 2]


@pytest.mark.parametrize("agent", [None, "1000012", 1000013, True])
def test_the_agentid_is_our_apps_integer(world: World, agent: Any) -> None:
    assert world.refused("message/send", **body(agentid=agent)) == 40056


@pytest.mark.parametrize(
    ("msgtype", "content", "errcode"),
    [
        ("text", {"content": "长" * 683}, 45002),
        ("text", {"content": ""}, 44004),
        ("markdown", {"content": "长" * 683}, 45002),
        ("markdown", {"content": "**今日跟进**"}, 0),
        ("textcard", {"title": "日报", "description": "三位客户", "url": "https://example.com"}, 0),
        ("textcard", {"title": "日报", "description": "三位客户"}, 40063),
        ("textcard", {"title": "长" * 129, "description": "x", "url": "u"}, 40058),
        ("textcard", {"title": "日报", "description": "x", "url": "u", "btntxt": "五个字太长"}, 40058),
        ("news", {"articles": [{"title": "新闻"}]}, 0),
        ("news", {"articles": [{"title": "新闻"}] * 9}, 45008),
        ("news", {"articles": []}, 44004),
        ("image", {"media_id": "made-up"}, 40007),
        ("msgmenu", {"head_content": "x"}, 40008),
        ("template_card", {"card_type": "button_interaction"}, 42027),
    ],
)
def test_each_type_has_its_limits(world: World, msgtype: str, content: Any, errcode: int) -> None:
    asked = {"touser": "zhangsan", "msgtype": msgtype, "agentid": SECRETS.agent_id, msgtype: content}
    assert world.refused("message/send", **asked) == errcode


def test_a_picture_goes_by_media_id(world: World) -> None:
    asked = {"touser": "zhangsan", "msgtype": "image", "agentid": SECRETS.agent_id, "image": {"media_id": world.picture()}}
    assert world.refused("message/send", **asked) == 0


def test_more_than_thirty_a_minute_vanish_with_errcode_zero(world: World) -> None:
    for number in range(31):
        world.ask("message/send", **body(content=str(number)))
    dropped = [message.dropped for message in world.sandbox.app_messages_of("zhangsan")]
    assert dropped[:30] == [""] * 30
    assert dropped[30].startswith("more than 30")
    world.clock.passes(minutes=1)
    world.ask("message/send", **body(content="later"))
    assert world.sandbox.app_messages_of("zhangsan")[-1].dropped == ""


def test_an_identical_message_is_suppressed_when_asked_and_only_for_a_while(world: World) -> None:
    first = world.ask("message/send", **body(enable_duplicate_check=1, duplicate_check_interval=600))
    again = world.ask("message/send", **body(enable_duplicate_check=1, duplicate_check_interval=600))
    assert again == first
    assert len(world.sandbox.app_messages_of("zhangsan")) == 1
    world.ask("message/send", **body(content="别的", enable_duplicate_check=1))
    world.ask("message/send", **body())
    world.clock.passes(minutes=10)
    world.ask("message/send", **body(enable_duplicate_check=1, duplicate_check_interval=600))
    assert len(world.sandbox.app_messages_of("zhangsan")) == 4
    assert world.refused("message/send", **body(duplicate_check_interval=14401)) == 40058


def test_an_interactive_card_comes_with_a_response_code_and_a_notice_does_not(world: World) -> None:
    assert world.ask("message/send", **card())["response_code"]
    notice = {"touser": "lisi", "msgtype": "template_card", "agentid": SECRETS.agent_id, "template_card": NOTICE}
    assert "response_code" not in world.ask("message/send", **notice)
    assert [message.task_id for message in world.sandbox.app_messages_of("lisi")] == ["testdrive-1001", ""]


def test_a_task_id_is_used_once_for_ever(world: World) -> None:
    world.ask("message/send", **card())
    world.clock.passes(days=400)
    assert world.refused("message/send", **card()) == 42014
    assert world.refused("message/send", **card(task_id="another")) == 0
