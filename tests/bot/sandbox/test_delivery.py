"""Between the sandbox and the assistant."""

from typing import Any

import httpx
import pytest

from bot.sandbox.delivery import HttpDelivery, Pump, SandboxTransport
from bot.sandbox.terms import Timeout
from tests.bot.sandbox.world import LI, SECRETS, World


def test_a_callback_is_posted_with_its_signature_in_the_query() -> None:
    posted = []

    def assistant(request: Any) -> httpx.Response:
        posted.append(request)
        return httpx.Response(200)

    delivery = HttpDelivery("http://assistant/wecom/callback", transport=httpx.MockTransport(assistant))
    assert delivery({"msg_signature": "s+/=", "timestamp": "1", "nonce": "2"}, b"<xml/>") == 200
    delivery.close()
    (request,) = posted
    assert (request.method, request.url.path, request.content) == ("POST", "/wecom/callback", b"<xml/>")
    assert dict(request.url.params) == {"msg_signature": "s+/=", "timestamp": "1", "nonce": "2"}


def test_the_address_is_checked_with_a_get(world: World) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, text=request.url.params["echostr"][:4]))
    delivery = HttpDelivery("http://assistant/wecom/callback", transport=transport)
    query = world.sandbox.verification_query("plain")
    assert delivery.verify(query) == query["echostr"][:4]
    delivery.close()


def test_a_refused_check_is_an_error() -> None:
    delivery = HttpDelivery("http://assistant/x", transport=httpx.MockTransport(lambda _request: httpx.Response(403)))
    with pytest.raises(httpx.HTTPStatusError):
        delivery.verify({"echostr": "x"})
    delivery.close()


def test_the_pump_delivers_without_being_asked() -> None:
    world = World()
    with Pump(world.sandbox):
        seen = world.sandbox.wait_for_change(-1, timeout=0)
        world.sandbox.customer_says(LI, "你好")
        while world.sandbox.callback_statuses() != [("kf_msg_or_event", [200])]:
            seen = world.sandbox.wait_for_change(seen, timeout=5)
    assert len(world.heard) == 1


def test_an_http_client_reaches_the_sandbox_without_a_network(chat: World) -> None:
    with httpx.Client(transport=SandboxTransport(chat.sandbox), base_url="https://qyapi.weixin.qq.com") as client:
        query = {"corpid": SECRETS.corp_id, "corpsecret": SECRETS.secret}
        token = client.get("/cgi-bin/gettoken", params=query).json()["access_token"]
        sent = client.post("/cgi-bin/kf/send_msg", params={"access_token": token}, json=chat.text("18.98 万起"))
        assert sent.json()["errcode"] == 0
        files = {"media": ("a.txt", b"hello world", "text/plain")}
        uploaded = client.post("/cgi-bin/media/upload", params={"access_token": token, "type": "file"}, files=files).json()
        fetched = client.get("/cgi-bin/media/get", params={"access_token": token, "media_id": uploaded["media_id"]})
        assert (fetched.content, fetched.headers["Content-disposition"]) == (b"hello world", 'attachment; filename="a.txt"')
    assert chat.sandbox.said_by_bot(LI) == ["18.98 万起"]


def test_a_time_out_on_demand_is_a_read_timeout(chat: World) -> None:
    chat.sandbox.fail("gettoken", Timeout.LOST)
    with httpx.Client(transport=SandboxTransport(chat.sandbox)) as client, pytest.raises(httpx.ReadTimeout):
        client.get("https://qyapi.weixin.qq.com/cgi-bin/gettoken")
