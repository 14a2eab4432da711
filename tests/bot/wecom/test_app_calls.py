"""应用消息: texts and cards to advisors."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.wecom.app_calls import AppCalls
from bot.wecom.client import WeComClient
from bot.wecom.speech import text_body
from bot.wecom.terms import AppSent
from core.errors import RecipientGone, WindowClosed
from tests.bot.wecom.scripted import ScriptedWeCom

Example = Callable[[str], str]


@pytest.fixture
def app(client: WeComClient) -> AppCalls:
    return AppCalls(client, 1000012)


def test_who_could_not_receive_it_is_told(app: AppCalls, wecom: ScriptedWeCom, example: Example) -> None:
    wecom.answers["message/send"] = json.loads(example("03_message_send_response.json")) | {"unlicenseduser": "WangWu"}

    sent = app.send(["zhangsan", "lisi", "wangwu"], text_body("请联系客户"), same_within=timedelta(hours=1))

    assert sent.invalid == {"lisi", "wangwu"}
    assert (sent.msgid[:5], sent.response_code) == ("DEMO-", "DEMO-responsecode-0001")
    assert wecom.body("message/send") == {
        "touser": "zhangsan|lisi|wangwu",
        "msgtype": "text",
        "agentid": 1000012,
        "text": {"content": "请联系客户"},
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 3600,
    }


def test_when_all_received_it_nobody_is_missing(app: AppCalls) -> None:
    assert app.send(["zhangsan"], text_body("您好")) == AppSent("", "", frozenset())


def test_when_nobody_can_receive_it_that_is_an_error(app: AppCalls, wecom: ScriptedWeCom) -> None:
    wecom.answers["message/send"] = {"errcode": 81013}

    with pytest.raises(RecipientGone):
        app.send(["nobody"], text_body("您好"))


def test_a_tapped_card_is_settled_in_the_shape_of_the_example(app: AppCalls, wecom: ScriptedWeCom, example: Example) -> None:
    app.settle_card(["zhangsan", "lisi"], "DEMO-responsecode-0002", "张三已跟进")

    assert wecom.body("message/update_template_card") == json.loads(example("03_update_template_card_request.json"))


def test_a_response_code_works_once(app: AppCalls, wecom: ScriptedWeCom) -> None:
    wecom.answers["message/update_template_card"] = {"errcode": 60140}

    with pytest.raises(WindowClosed):
        app.settle_card(["zhangsan"], "used", "已联系")
