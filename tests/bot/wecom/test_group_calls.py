"""Customer groups as WeCom lists and shows them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from bot.wecom.client import WeComClient
from bot.wecom.group_calls import GroupCalls
from core.errors import Refused
from customers.terms import JoinScene, MemberSeen
from tests.bot.wecom.scripted import ScriptedWeCom

LIST = "externalcontact/groupchat/list"


def bodies(wecom: ScriptedWeCom) -> list[dict[str, object]]:
    return [json.loads(request.content) for request in wecom.asked(LIST)]


def test_a_group_is_read_with_everybody_in_it(client: WeComClient, wecom: ScriptedWeCom, example: Callable[[str], str]) -> None:
    answer = example("06_groupchat_get_response.json").replace('"userid": "zhangsan"', '"userid": "ZhangSan"')
    wecom.answers["externalcontact/groupchat/get"] = httpx.Response(200, text=answer)
    group = GroupCalls(client).group("wrDemoGroup01AAAAAAAAAAAAAAAAAAA")

    assert (group.name, group.owner, group.version) == ("示例SUV车主交流群", "zhangsan", "71217227bbd112ecfe3a49c482195cb4")
    founded, came = datetime.fromtimestamp(1794276000, UTC), datetime.fromtimestamp(1795140300, UTC)
    assert group.created_at == founded
    assert group.members == (
        MemberSeen("zhangsan", False, "张三", founded, JoinScene.INVITED, "zhangsan", ""),
        MemberSeen("wmDemoCust01AAAAAAAAAAAAAAAAAAAA", True, "晴天", came, JoinScene.QR, "", "group_qr_01"),
    )
    assert wecom.body("externalcontact/groupchat/get")["need_name"] == 1


def test_the_list_is_read_page_by_page(client: WeComClient, wecom: ScriptedWeCom) -> None:
    wecom.answers[LIST] = [
        {"group_chat_list": [{"chat_id": "wr1", "status": 0}, {"chat_id": "wr2", "status": 0}], "next_cursor": "c1"},
        {"group_chat_list": [{"chat_id": "wr2", "status": 0}, {"chat_id": "wr3", "status": 1}], "next_cursor": ""},
    ]
    assert GroupCalls(client).chat_ids() == ["wr1", "wr2", "wr3"]
    assert [body["cursor"] for body in bodies(wecom)] == ["", "c1"]


def test_a_large_company_is_asked_a_hundred_owners_at_a_time(client: WeComClient, wecom: ScriptedWeCom) -> None:
    wecom.answers["externalcontact/get_follow_user_list"] = {"follow_user": [f"u{number}" for number in range(150)]}
    wecom.answers[LIST] = [
        {"errcode": 81017, "errmsg": "too many"},
        {"group_chat_list": [{"chat_id": "wr1"}]},
        {"group_chat_list": [{"chat_id": "wr2"}]},
    ]
    assert GroupCalls(client).chat_ids() == ["wr1", "wr2"]
    filters = [body["owner_filter"]["userid_list"] for body in bodies(wecom)[1:]]  # type: ignore[index]
    assert [(len(userids), userids[0]) for userids in filters] == [(100, "u0"), (50, "u100")]


def test_another_refusal_is_told(client: WeComClient, wecom: ScriptedWeCom) -> None:
    wecom.answers[LIST] = {"errcode": 40058, "errmsg": "bad"}
    with pytest.raises(Refused):
        GroupCalls(client).chat_ids()
