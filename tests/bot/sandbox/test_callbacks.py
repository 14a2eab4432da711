"""The queue of callbacks: sealed anew at each attempt, three attempts, disturbed on demand."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from defusedxml.ElementTree import fromstring
from wechatpy.enterprise import WeChatCrypto

from tests.bot.sandbox.world import KF, LI, SECRETS, World, fields_of


def test_the_library_that_the_assistant_uses_opens_our_callbacks(chat: World) -> None:
    chat.settles()
    ((query, body),) = chat.posted
    crypto = WeChatCrypto(SECRETS.token, SECRETS.aes_key, SECRETS.corp_id)
    plain = crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
    assert fromstring(plain).findtext("Event") == "kf_msg_or_event"
    assert fromstring(body).findtext("AgentID") == "1000012"


def test_the_doorbell_has_no_content_only_a_token_and_the_account(chat: World) -> None:
    (bell,) = chat.settles()
    assert fields_of(bell) == {
        "ToUserName": SECRETS.corp_id,
        "CreateTime": str(int(chat.clock.now.timestamp())),
        "MsgType": "event",
        "Event": "kf_msg_or_event",
        "Token": bell.findtext("Token"),
        "OpenKfId": KF,
    }


def test_a_callback_that_fails_comes_again_and_stops_at_200(chat: World) -> None:
    chat.statuses = [500, 200]
    assert len(chat.settles()) == 2
    assert chat.sandbox.callback_statuses() == [("kf_msg_or_event", [500, 200])]


def test_after_three_attempts_wecom_gives_up(chat: World) -> None:
    chat.statuses = [500, 403, 500, 200]
    assert len(chat.settles()) == 3
    assert chat.sandbox.callback_statuses() == [("kf_msg_or_event", [500, 403, 500])]
    assert chat.sandbox.deliver_due() == 0


def test_a_retry_is_sealed_anew_but_says_the_same(world: World) -> None:
    world.statuses = [500, 500]
    world.sandbox.advisor_says("zhangsan", "今天有几个试驾？")
    assert len({message.findtext("MsgId") for message in world.settles()}) == 1
    assert len({query["nonce"] for query, _ in world.posted}) == len({body for _, body in world.posted}) == 3


@pytest.mark.parametrize("trouble", [ConnectionRefusedError(), TimeoutError(), httpx.ConnectError("no"), httpx.ReadTimeout("slow")])
def test_no_answer_is_a_failed_attempt(trouble: Exception) -> None:
    def deliver(_query: Any, _body: Any) -> int:
        raise trouble

    world = World(deliver=deliver)
    world.sandbox.customer_says(LI, "你好")
    world.settles()
    assert world.sandbox.callback_statuses() == [("kf_msg_or_event", [0, 0, 0])]


def test_a_retry_waits_for_its_time() -> None:
    world = World(retry_after=3)
    world.statuses = [500]
    world.sandbox.customer_says(LI, "你好")
    assert [world.sandbox.deliver_due() for _ in range(3)] == [1, 0, 0]
    world.clock.passes(seconds=3)
    assert world.sandbox.deliver_due() == 1


def test_callbacks_are_repeated_and_reordered_on_demand(world: World) -> None:
    world.sandbox.disturb_callbacks(repeat=2, reordered=True)
    world.sandbox.advisor_says("zhangsan", "一")
    world.sandbox.advisor_says("zhangsan", "二")
    assert [heard.findtext("Content") for heard in world.settles()] == ["二", "二", "一", "一"]
    world.sandbox.clear_failures()
    world.sandbox.advisor_says("zhangsan", "三")
    assert [heard.findtext("Content") for heard in world.settles()] == ["三"]


def test_the_assistant_may_call_back_in_while_a_callback_is_being_delivered() -> None:
    def deliver(_query: dict[str, str], _body: bytes) -> int:
        # Over HTTP the assistant calls in from a thread of its own, so a lock that is held here would keep it waiting.
        with ThreadPoolExecutor(1) as assistant:
            found = assistant.submit(world.pages).result(timeout=10)["msg_list"]
        return 200 if found[0]["text"] == {"content": "你好"} else 500

    world = World(deliver=deliver)
    world.sandbox.customer_says(LI, "你好")
    world.settles()
    assert world.sandbox.callback_statuses() == [("kf_msg_or_event", [200])]


def test_saving_the_address_sends_a_sealed_echostr(world: World) -> None:
    query = world.sandbox.verification_query("6170000000000000001")
    crypto = WeChatCrypto(SECRETS.token, SECRETS.aes_key, SECRETS.corp_id)
    plain = crypto.check_signature(query["msg_signature"], query["timestamp"], query["nonce"], query["echostr"])
    assert plain == "6170000000000000001"
