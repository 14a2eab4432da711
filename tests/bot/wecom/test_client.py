"""The client against a scripted WeCom: tokens, rests, and every way in which a network fails."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from bot.wecom.client import AnswerLost, WeComClient
from core.errors import AssistantError, Misconfigured, RateLimited, Refused, Unavailable
from tests.bot.wecom.scripted import Hands, ScriptedWeCom

EXPIRED = {"errcode": 42001, "errmsg": "access_token expired"}
OK = {"errcode": 0, "errmsg": "ok"}


def tokens_of(requests: list[httpx.Request]) -> list[str]:
    return [request.url.params["access_token"] for request in requests]


def test_the_token_travels_in_the_query_and_the_body_is_raw_utf_8(client: WeComClient, wecom: ScriptedWeCom) -> None:
    client.post("kf/send_msg", {"text": {"content": "您好😀"}})

    request = wecom.asked("kf/send_msg")[0]
    assert request.url.params["access_token"] == "token-1"
    assert request.headers["content-type"] == "application/json"
    assert "您好😀".encode() in request.content
    assert b"\\u" not in request.content


def test_half_an_emoji_in_a_body_does_not_stop_it(client: WeComClient, wecom: ScriptedWeCom) -> None:
    client.post("kf/send_msg", {"text": {"content": "好\ud83d"}})

    assert wecom.body("kf/send_msg") == {"text": {"content": "好?"}}


def test_one_token_serves_until_five_minutes_before_its_end(client: WeComClient, wecom: ScriptedWeCom, clock: Hands) -> None:
    for seconds in (0, 6899, 1, 10):
        clock.turn(seconds)
        client.get("getcallbackip")

    assert tokens_of(wecom.asked("getcallbackip")) == ["token-1", "token-1", "token-2", "token-2"]
    assert wecom.asked("gettoken")[0].url.params["corpid"] == "ww1a2b3c4d5e6f7a8b"


def test_a_short_lived_token_still_serves_more_than_one_call(client: WeComClient, wecom: ScriptedWeCom) -> None:
    wecom.answers["gettoken"] = {"access_token": "short", "expires_in": 20}
    client.get("a")
    client.get("a")

    assert len(wecom.asked("gettoken")) == 1


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_that_expires_in_mid_send_is_renewed_and_the_call_repeated(client: WeComClient, wecom: ScriptedWeCom, code: int) -> None:
    wecom.answers["kf/send_msg"] = [{"errcode": code}, {"msgid": "m1"}]

    assert client.post("kf/send_msg", {"msgid": "m1"})["msgid"] == "m1"
    assert tokens_of(wecom.asked("kf/send_msg")) == ["token-1", "token-2"]
    assert wecom.asked("kf/send_msg")[0].content == wecom.asked("kf/send_msg")[1].content


def test_a_fresh_token_refused_too_is_not_tried_a_third_time(client: WeComClient, wecom: ScriptedWeCom) -> None:
    wecom.answers["kf/send_msg"] = EXPIRED

    with pytest.raises(Unavailable):
        client.post("kf/send_msg", {})
    assert len(wecom.asked("kf/send_msg")) == 2


def test_ten_threads_with_a_spoilt_token_fetch_one_new_one(clock: Hands) -> None:
    fetched: list[str] = []
    everybody_failed = threading.Barrier(10, timeout=10)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/cgi-bin/gettoken":
            time.sleep(0.02)
            fetched.append(f"token-{len(fetched) + 1}")
            return httpx.Response(200, json={**OK, "access_token": fetched[-1], "expires_in": 7200})
        if request.url.params["access_token"] == "token-1":
            everybody_failed.wait()
            return httpx.Response(200, json=EXPIRED)
        return httpx.Response(200, json=OK)

    with httpx.Client(transport=httpx.MockTransport(answer)) as http, ThreadPoolExecutor(10) as threads:
        client = WeComClient("https://wecom.example", "ww", "s", http=http, clock=clock)
        answers = list(threads.map(lambda _: client.get("a"), range(10)))

    assert answers == [OK] * 10
    assert fetched == ["token-1", "token-2"]


def test_a_rate_limited_path_rests_while_others_go_on(client: WeComClient, wecom: ScriptedWeCom, clock: Hands) -> None:
    wecom.answers["kf/send_msg"] = [{"errcode": 45009}, OK]
    with pytest.raises(RateLimited):
        client.post("kf/send_msg", {})
    clock.turn(40)
    with pytest.raises(RateLimited) as resting:
        client.post("kf/send_msg", {})
    client.post("kf/sync_msg", {})

    assert resting.value.retry_after == 20
    assert len(wecom.asked("kf/send_msg")) == 1
    clock.turn(20)
    assert client.post("kf/send_msg", {}) == OK


def test_a_wrong_secret_is_not_asked_again_at_once(client: WeComClient, wecom: ScriptedWeCom, clock: Hands) -> None:
    # Repeated calls with a wrong secret get the server's address banned for an hour.
    wecom.answers["gettoken"] = {"errcode": 40001, "errmsg": "invalid credential"}
    for _ in range(3):
        with pytest.raises(Misconfigured, match="WECOM_SECRET"):
            client.get("a")
    assert len(wecom.asked("gettoken")) == 1

    clock.turn(60)
    del wecom.answers["gettoken"]
    assert client.get("a") == OK


def test_a_configuration_fault_elsewhere_does_not_rest(client: WeComClient, wecom: ScriptedWeCom) -> None:
    # An operator who has just mended it should not have to wait.
    wecom.answers["a"] = [{"errcode": 60020}, OK]
    with pytest.raises(Misconfigured):
        client.get("a")

    assert client.get("a") == OK


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (httpx.ConnectError("no route"), Unavailable),
        (httpx.ConnectTimeout("slow"), Unavailable),
        (httpx.ReadTimeout("slow"), AnswerLost),
        (httpx.ReadError("reset"), AnswerLost),
        (httpx.RemoteProtocolError("half an answer"), AnswerLost),
        (httpx.Response(500, text="busy"), AnswerLost),
        (httpx.Response(502, json=OK), AnswerLost),
        (httpx.Response(200, text="<html>log in to the hotel's network</html>"), AnswerLost),
        (httpx.Response(200, json=["errcode", 0]), AnswerLost),
        (httpx.Response(200, json={"errcode": "much"}), AnswerLost),
        (httpx.Response(200, content=b"\xff\xfe"), AnswerLost),
        (httpx.Response(302, headers={"location": "https://elsewhere.example"}), AnswerLost),
    ],
)
def test_whatever_the_network_does_is_to_be_tried_later(
    client: WeComClient, wecom: ScriptedWeCom, failure: object, error: type[Unavailable]
) -> None:
    wecom.answers["kf/send_msg"] = failure

    with pytest.raises(Unavailable) as raised:
        client.post("kf/send_msg", {})
    assert type(raised.value) is error
    assert "token" not in str(raised.value)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_no_secret_and_no_token_stands_in_an_error(client: WeComClient, wecom: ScriptedWeCom) -> None:
    for path in ("gettoken", "a"):
        for answer in (httpx.ReadTimeout("https://wecom.example/?corpsecret=DEMO-secret"), httpx.Response(500), {"errcode": 48002}):
            wecom.answers = {path: answer}
            with pytest.raises(AssistantError) as raised:
                client.get("a")
            assert "DEMO-secret" not in str(raised.value)
            assert "token-1" not in str(raised.value)


def test_an_address_that_is_none_names_the_setting(clock: Hands) -> None:
    for base in ("qyapi.example", "ftp://qyapi.example", "https://qyapi.example:port"):
        with pytest.raises(Misconfigured, match="WECOM_API_BASE"), httpx.Client() as http:
            WeComClient(base, "ww", "s", http=http, clock=clock).get("a")


def test_a_refusal_carries_wecoms_code(client: WeComClient, wecom: ScriptedWeCom) -> None:
    wecom.answers["a"] = {"errcode": 40058, "errmsg": "text.content too long"}

    with pytest.raises(Refused, match=r"text\.content too long") as refused:
        client.get("a")
    assert refused.value.code == 40058


def test_the_example_answer_of_gettoken_is_used(client: WeComClient, wecom: ScriptedWeCom, example: Callable[[str], str]) -> None:
    wecom.answers["gettoken"] = json.loads(example("02_gettoken_response.json"))
    client.get("a")

    assert tokens_of(wecom.asked("a")) == ["DEMO-accesstoken-" + "0" * 48]


def test_an_upload_is_repeated_whole_under_a_fresh_token(client: WeComClient, wecom: ScriptedWeCom) -> None:
    wecom.answers["media/upload"] = [EXPIRED, OK]
    client.upload("media/upload", {"type": "image"}, filename="car.png", content=b"picture")

    first, second = wecom.asked("media/upload")
    assert first.url.params["type"] == second.url.params["type"] == "image"
    for request in (first, second):
        assert b'name="media"; filename="car.png"' in request.content
        assert b"picture" in request.content


def test_nothing_waits_for_ever(client: WeComClient, wecom: ScriptedWeCom) -> None:
    client.get("a")
    client.upload("media/upload", {}, filename="car.mp4", content=b"film")

    asked, uploaded = (wecom.asked(path)[0].extensions["timeout"] for path in ("a", "media/upload"))
    assert (asked["connect"], asked["read"]) == (5, 10)
    assert (uploaded["connect"], uploaded["write"]) == (5, 60)
