"""Group webhooks: whoever has the key may post to the internal group, twenty times a minute (reference §8)."""

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import md5
from typing import Any

from bot.sandbox.corp import Corp
from bot.sandbox.fields import INVALID, list_of, object_of, parsed, text_of
from bot.sandbox.mass_terms import InternalGroup
from bot.sandbox.terms import ApiError, Json

A_MINUTE = 20
_IMAGE_BYTES = 2 * 1024 * 1024


def send(corp: Corp, query: Mapping[str, str], body: bytes, *, now: datetime) -> Json:
    """POST webhook/send?key=…, without an access token: 93000 for a wrong key, 45009 from the 21st message of a minute on."""
    group = corp.mass.internal.get(query.get("key", ""))
    if group is None or group.removed:
        raise ApiError(93000, "invalid webhook url, or the robot was removed from the group")
    fields = parsed(body)
    msgtype = text_of(fields, "msgtype")
    if msgtype not in _CHECKS:
        raise ApiError(40008, "invalid message type")
    content = object_of(fields, msgtype)
    _CHECKS[msgtype](content)
    _count(group, now)
    group.posts.append((now, msgtype, content))
    return {}


def _count(group: InternalGroup, now: datetime) -> None:
    while group.sent and now - group.sent[0] >= timedelta(minutes=1):
        group.sent.popleft()
    if len(group.sent) >= A_MINUTE:
        raise ApiError(45009, "api freq out of limit")
    group.sent.append(now)


def _check_text(content: Json) -> None:
    text_of(content, "content", most_bytes=2048, missing=44004)
    for name in ("mentioned_list", "mentioned_mobile_list"):
        list_of(content, name, kind=str, most=1000)


def _check_markdown(content: Json) -> None:
    text_of(content, "content", most_bytes=4096, missing=44004)


def _check_image(content: Json) -> None:
    try:
        data = base64.b64decode(text_of(content, "base64"), validate=True)
    except binascii.Error:
        raise ApiError(INVALID, "base64 is malformed") from None
    if len(data) > _IMAGE_BYTES:
        raise ApiError(93018, "image too large")
    if md5(data, usedforsecurity=False).hexdigest() != text_of(content, "md5"):
        raise ApiError(INVALID, "md5 does not match")


def _check_news(content: Json) -> None:
    articles: list[dict[str, Any]] = list_of(content, "articles", kind=dict, most=8, wrong=45008)
    if not articles:
        raise ApiError(INVALID, "articles are empty")
    for article in articles:
        text_of(article, "title", most_bytes=128)
        text_of(article, "description", required=False, most_bytes=512)
        text_of(article, "url")


_CHECKS: dict[str, Callable[[Json], None]] = {
    "text": _check_text,
    "markdown": _check_markdown,
    "markdown_v2": _check_markdown,
    "image": _check_image,
    "news": _check_news,
}
