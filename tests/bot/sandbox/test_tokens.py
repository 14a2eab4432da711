"""Access tokens."""

import json

import pytest

from tests.bot.sandbox.world import SECRETS, World


def gettoken(world: World, **query: str) -> dict[str, object]:
    asked = {"corpid": SECRETS.corp_id, "corpsecret": SECRETS.secret, **query}
    answer: dict[str, object] = json.loads(world.sandbox.call("GET", "/cgi-bin/gettoken", asked).body)
    return answer


def errcode_with(world: World, **query: str) -> int:
    return int(json.loads(world.sandbox.call("GET", "/cgi-bin/getcallbackip", query).body)["errcode"])


def test_a_token_lives_two_hours_and_comes_again_until_then(world: World) -> None:
    first = gettoken(world)
    assert first["expires_in"] == 7200
    world.clock.passes(minutes=90)
    assert gettoken(world) == {**first, "expires_in": 1800}
    world.clock.passes(minutes=30)
    assert gettoken(world)["access_token"] != first["access_token"]


@pytest.mark.parametrize(("query", "errcode"), [({"corpid": "ww-other"}, 40013), ({"corpsecret": "guess"}, 40001)])
def test_a_wrong_corpid_or_secret_gets_no_token(world: World, query: dict[str, str], errcode: int) -> None:
    assert gettoken(world, **query)["errcode"] == errcode


def test_a_call_needs_a_token_that_is_ours_and_young(world: World) -> None:
    token = world.token()
    assert errcode_with(world) == 41001
    assert errcode_with(world, access_token="other") == 40014
    assert errcode_with(world, access_token=token) == 0
    world.clock.passes(seconds=7200)
    assert errcode_with(world, access_token=token) == 42001


def test_a_token_can_be_withdrawn_before_its_time(world: World) -> None:
    token = world.token()
    world.sandbox.expire_access_token()
    assert errcode_with(world, access_token=token) == 40014
    assert world.token() != token
