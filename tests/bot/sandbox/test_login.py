"""Web login at the sandbox: the page, the code, and who it stands for."""

import json

import pytest

from bot.sandbox.terms import CannotDo
from tests.bot.sandbox.world import SECRETS, World

QUERY = {
    "login_type": "CorpApp",
    "appid": SECRETS.corp_id,
    "agentid": str(SECRETS.agent_id),
    "redirect_uri": "http://127.0.0.1:8000/admin/wecom/back",
    "state": "abc123",
}


def answer_to(world: World, code: str) -> dict[str, object]:
    query = {"access_token": world.token(), "code": code}
    told: dict[str, object] = json.loads(world.sandbox.call("GET", "/cgi-bin/auth/getuserinfo", query).body)
    return told


def code_of(address: str) -> str:
    return address.partition("code=")[2].partition("&")[0]


def test_a_code_tells_the_member_once(world: World) -> None:
    address = world.sandbox.member_logs_in("ZhangSan", QUERY)
    assert address.startswith(QUERY["redirect_uri"] + "?code=")
    assert address.endswith("state=abc123")
    assert answer_to(world, code_of(address))["userid"] == "zhangsan"
    assert answer_to(world, code_of(address))["errcode"] == 40029
    assert answer_to(world, "guess")["errcode"] == 40029


def test_a_code_lives_five_minutes(world: World) -> None:
    young, old = (code_of(world.sandbox.member_logs_in("zhangsan", QUERY)) for _ in range(2))
    world.clock.passes(seconds=299)
    assert answer_to(world, young)["errcode"] == 0
    world.clock.passes(seconds=1)
    assert answer_to(world, old)["errcode"] == 42003


def test_an_outsider_has_no_userid(world: World) -> None:
    assert "userid" not in answer_to(world, code_of(world.sandbox.member_logs_in("", QUERY)))


@pytest.mark.parametrize(
    "wrong",
    [{"login_type": "x"}, {"appid": "ww-other"}, {"agentid": "7"}, {"redirect_uri": "javascript:1"}, {"state": "a b"}, {"state": ""}],
)
def test_a_wrong_address_shows_no_qr_code(world: World, wrong: dict[str, str]) -> None:
    with pytest.raises(CannotDo):
        world.sandbox.login_page({**QUERY, **wrong})


def test_the_page_names_everybody_who_may_scan(world: World) -> None:
    assert "member=zhangsan" in world.sandbox.login_page(QUERY)
