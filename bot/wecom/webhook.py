"""内部群 through its webhook: a key in place of the access token (reference §8). The key stands in no error and in no log."""

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import md5
from urllib.parse import urlsplit

import httpx
import structlog

from bot.wecom.client import AnswerLost
from bot.wecom.errcodes import error_for
from bot.wecom.speech import Body
from bot.wecom.values import json_object, whole
from core.errors import Misconfigured, Unavailable

log = structlog.get_logger()

A_MINUTE = 20
_TIMEOUT = httpx.Timeout(10.0, connect=5.0)


class WebhookCalls:
    """`keys` is internal group → key of its webhook, from ZHANTING_WEBHOOKS."""

    def __init__(self, base: str, keys: Mapping[str, str], http: httpx.Client) -> None:
        self._base = base.rstrip("/")
        self._keys = keys
        self._http = http

    def send(self, group: str, message: Body) -> None:
        """Post one message; at most 20 a minute, then RateLimited. It has no key of ours: after an AnswerLost it may be there or not.

        Misconfigured when there is no such group or its key is wrong.
        """
        key = self._keys.get(group)
        if key is None:
            raise Misconfigured(f"内部群「{group}」没有配置消息推送地址；请在 ZHANTING_WEBHOOKS 里填写 群名=密钥")
        answer = self._exchange(key, json.dumps(message, ensure_ascii=False).encode("utf-8", "replace"))
        code = whole(answer, "errcode", 0)
        log.info("webhook", host=urlsplit(self._base).hostname, errcode=code)
        if code:
            # Never the errmsg: it may quote the address, and the address holds the key.
            raise error_for(code)

    def _exchange(self, key: str, content: bytes) -> Mapping[str, object]:
        headers = {"Content-Type": "application/json"}
        try:
            url = f"{self._base}/cgi-bin/webhook/send"
            response = self._http.post(url, params={"key": key}, content=content, headers=headers, timeout=_TIMEOUT)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise Misconfigured("ZHANTING_WECOM_API_BASE is not a web address") from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Unavailable(f"webhook/send: WeCom cannot be reached ({type(error).__name__})") from None
        except httpx.HTTPError as error:
            raise AnswerLost(f"webhook/send: no answer ({type(error).__name__})") from None
        try:
            return json_object(response.content)
        except ValueError:
            raise AnswerLost(f"webhook/send: not an answer of WeCom's (HTTP {response.status_code})") from None


def picture_post(content: bytes) -> Body:
    """A picture of at most 2 MB, JPG or PNG."""
    digest = md5(content, usedforsecurity=False).hexdigest()
    return {"msgtype": "image", "image": {"base64": b64encode(content).decode(), "md5": digest}}


def markdown_post(words: str) -> Body:
    """Words with bold, links and quotes; at most 4096 bytes."""
    return {"msgtype": "markdown", "markdown": {"content": words}}


def link_post(title: str, url: str, desc: str = "") -> Body:
    """A link as a card."""
    return {"msgtype": "news", "news": {"articles": [{"title": title, "description": desc, "url": url}]}}
