"""Group webhooks: the key is enough, and twenty messages a minute are."""

import base64
import json
from hashlib import md5
from typing import Any

import pytest

from bot.sandbox.samples import FILES
from tests.bot.sandbox.world import World

KEY = "sandbox-webhook-sales"
PNG = FILES["image"][2]


def post(world: World, key: str = KEY, **fields: Any) -> int:
    body = json.dumps(fields or {"msgtype": "text", "text": {"content": "今日线索 3 条"}}, ensure_ascii=False).encode()
    return int(json.loads(world.sandbox.call("POST", "/cgi-bin/webhook/send", {"key": key}, body).body)["errcode"])


def test_a_post_needs_no_token_but_the_key(world: World) -> None:
    assert post(world) == 0
    assert post(world, "other") == 93000
    (group,) = world.sandbox.internal_groups()
    assert [content["content"] for _, _, content in group.posts] == ["今日线索 3 条"]


def test_twenty_a_minute(world: World) -> None:
    assert [post(world) for _ in range(21)] == [0] * 20 + [45009]
    world.clock.passes(seconds=59)
    assert post(world) == 45009
    world.clock.passes(seconds=1)
    assert post(world) == 0


def test_a_removed_robot_is_gone(world: World) -> None:
    world.sandbox.webhook_removed(KEY)
    assert post(world) == 93000


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [
        ({"msgtype": "text", "text": {"content": "好" * 682}}, 0),
        ({"msgtype": "text", "text": {"content": "好" * 683}}, 40058),
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "markdown", "markdown": {"content": "好" * 1365}}, 0),
        ({"msgtype": "markdown", "markdown": {"content": "好" * 1366}}, 40058),
        ({"msgtype": "news", "news": {"articles": [{"title": "车", "url": "https://a.example"}] * 8}}, 0),
        ({"msgtype": "news", "news": {"articles": [{"title": "车", "url": "https://a.example"}] * 9}}, 45008),
        ({"msgtype": "image", "image": {"base64": base64.b64encode(PNG).decode(), "md5": md5(PNG).hexdigest()}}, 0),
        ({"msgtype": "image", "image": {"base64": base64.b64encode(PNG).decode(), "md5": "0" * 32}}, 40058),
        ({"msgtype": "voice", "voice": {}}, 40008),
    ],
)
def test_what_a_post_may_hold(world: World, fields: dict[str, Any], errcode: int) -> None:
    assert post(world, **fields) == errcode
