"""Webhook posts: the key goes to WeCom and nowhere else."""

import json
from collections.abc import Callable, Iterator

import httpx
import pytest
from structlog.testing import capture_logs

from bot.wecom.client import AnswerLost
from bot.wecom.speech import text_body
from bot.wecom.webhook import WebhookCalls, link_post, markdown_post, picture_post
from core.errors import Misconfigured, RateLimited, Unavailable
from tests.bot.wecom.scripted import ScriptedWeCom

KEY = "secret-key-0001"
PATH = "webhook/send"


@pytest.fixture
def calls(wecom: ScriptedWeCom) -> Iterator[WebhookCalls]:
    with httpx.Client(transport=httpx.MockTransport(wecom)) as http:
        yield WebhookCalls("https://wecom.example", {"浦东店": KEY}, http)


def test_a_post_carries_the_key_and_no_token(calls: WebhookCalls, wecom: ScriptedWeCom) -> None:
    calls.send("浦东店", text_body("早会 9 点"))
    (request,) = wecom.asked(PATH)
    assert dict(request.url.params) == {"key": KEY}
    assert wecom.body(PATH) == {"msgtype": "text", "text": {"content": "早会 9 点"}}
    assert wecom.tokens == 0


def test_the_log_names_the_host_and_nothing_more(calls: WebhookCalls) -> None:
    with capture_logs() as lines:
        calls.send("浦东店", text_body("早会 9 点"))
    assert [line["host"] for line in lines] == ["wecom.example"]
    assert KEY not in str(lines)
    assert "早会" not in str(lines)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"errcode": 45009}, RateLimited),
        ({"errcode": 93000, "errmsg": f"https://x/?key={KEY}"}, Misconfigured),
        (httpx.ConnectError(f"https://x/?key={KEY}"), Unavailable),
        (httpx.ReadTimeout(f"https://x/?key={KEY}"), AnswerLost),
        (httpx.Response(502, text="bad gateway"), AnswerLost),
    ],
)
def test_no_error_holds_the_key(calls: WebhookCalls, wecom: ScriptedWeCom, answer: object, error: type[Exception]) -> None:
    wecom.answers[PATH] = answer
    with pytest.raises(error) as caught:
        calls.send("浦东店", text_body("早"))
    assert KEY not in str(caught.value)


def test_a_group_without_a_key_is_a_setting_to_mend(calls: WebhookCalls) -> None:
    with pytest.raises(Misconfigured, match="ZHANTING_WEBHOOKS"):
        calls.send("浦西店", text_body("早"))


def test_other_kinds_of_posts(example: Callable[[str], str]) -> None:
    assert set(json.loads(example("08_webhook_markdown_v2_request.json"))) == {"msgtype", "markdown_v2"}
    assert markdown_post("**早**") == {"msgtype": "markdown", "markdown": {"content": "**早**"}}
    assert link_post("车", "https://a.example", "看")["news"]["articles"] == [
        {"title": "车", "description": "看", "url": "https://a.example"}
    ]
    assert picture_post(b"abc")["image"] == {"base64": "YWJj", "md5": "900150983cd24fb0d6963f7d28e17f72"}
