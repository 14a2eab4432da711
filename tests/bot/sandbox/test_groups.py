"""The sandbox's customer groups: what people do with them, which events tell it, and what the API shows."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.sandbox.terms import CannotDo
from tests.bot.sandbox.world import LI, World, fields_of

GET, LIST = "externalcontact/groupchat/get", "externalcontact/groupchat/list"


@pytest.fixture
def chat(world: World) -> str:
    """A new group of zhangsan's, its event heard."""
    chat_id = world.sandbox.group_founded("zhangsan", "看车群")
    world.settles()
    return chat_id


def told(world: World) -> dict[str, str]:
    [event] = world.settles()
    return fields_of(event)


def shown(world: World, chat_id: str, **fields: Any) -> dict[str, Any]:
    group: dict[str, Any] = world.ask(GET, chat_id=chat_id, **fields)["group_chat"]
    return group


def members(world: World, chat_id: str) -> list[str]:
    return [one["userid"] for one in shown(world, chat_id)["member_list"]]


def test_a_join_is_told_at_once_and_shown_two_seconds_later(world: World, chat: str) -> None:
    world.sandbox.joins_group(LI, chat)
    event = told(world)
    assert (event["ChatId"], event["UpdateDetail"], event["JoinScene"]) == (chat, "add_member", "3")
    assert members(world, chat) == ["zhangsan"]
    assert shown(world, chat)["member_version"] == event["LastMemVer"]
    world.clock.passes(seconds=2)
    assert members(world, chat) == ["zhangsan", LI]
    assert shown(world, chat)["member_version"] == event["CurMemVer"] != event["LastMemVer"]


def test_names_are_shown_only_when_asked_for(world: World, chat: str) -> None:
    assert ["name" in shown(world, chat, need_name=asked)["member_list"][0] for asked in (0, 1)] == [False, True]


@pytest.mark.parametrize(("removed", "scene"), [(False, "0"), (True, "1")])
def test_leaving_tells_who_wanted_it(world: World, chat: str, removed: bool, scene: str) -> None:
    world.sandbox.joins_group(LI, chat, inviter="zhangsan")
    assert told(world)["JoinScene"] == "0"
    world.sandbox.leaves_group(LI, chat, removed=removed)
    event = told(world)
    assert (event["UpdateDetail"], event["QuitScene"]) == ("del_member", scene)


def test_a_new_owner_comes_in_first(world: World, chat: str) -> None:
    world.sandbox.group_handed_over(chat, "lisi")
    assert [fields_of(event)["UpdateDetail"] for event in world.settles()] == ["add_member", "change_owner"]
    assert shown(world, chat)["owner"] == "lisi"


def test_a_dismissed_group_is_neither_listed_nor_shown(world: World, chat: str) -> None:
    listed = [group["chat_id"] for group in world.ask(LIST, limit=1000)["group_chat_list"]]
    assert chat in listed
    world.sandbox.group_dismissed(chat)
    assert told(world)["ChangeType"] == "dismiss"
    assert chat not in [group["chat_id"] for group in world.ask(LIST, limit=1000)["group_chat_list"]]
    assert world.refused(GET, chat_id=chat) != 0
    with pytest.raises(CannotDo):
        world.sandbox.joins_group(LI, chat)


def test_the_list_goes_page_by_page_and_by_owner(world: World, chat: str) -> None:
    second = world.sandbox.group_founded("lisi", "")
    whole = [group["chat_id"] for group in world.ask(LIST, limit=1000)["group_chat_list"]]
    found, cursor = [], ""
    while True:
        page = world.ask(LIST, limit=1, cursor=cursor)
        found += [group["chat_id"] for group in page["group_chat_list"]]
        if not (cursor := page["next_cursor"]):
            break
    assert found == whole
    of_lisi = world.ask(LIST, limit=1000, owner_filter={"userid_list": ["LiSi"]})["group_chat_list"]
    assert second in [group["chat_id"] for group in of_lisi]
    assert chat not in [group["chat_id"] for group in of_lisi]


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [
        ({"limit": 10, "cursor": "x"}, 50100),
        ({"limit": 10, "owner_filter": {"userid_list": ["nobody"]}}, 60111),
        ({"limit": 10, "owner_filter": {"userid_list": []}}, 40063),
    ],
)
def test_a_wrong_question_is_refused(world: World, fields: dict[str, Any], errcode: int) -> None:
    assert world.refused(LIST, **fields) == errcode


def test_lost_events_never_leave(world: World, chat: str) -> None:
    world.sandbox.lose_group_events(1)
    world.sandbox.joins_group(LI, chat)
    assert world.settles() == []
    world.sandbox.leaves_group(LI, chat)
    assert told(world)["UpdateDetail"] == "del_member"


def test_what_a_phone_does_not_offer_is_refused(world: World, chat: str) -> None:
    world.sandbox.joins_group(LI, chat)
    deeds: tuple[Callable[[], None], ...] = (
        lambda: world.sandbox.joins_group(LI, chat),
        lambda: world.sandbox.leaves_group("wm-stranger", chat),
        lambda: world.sandbox.leaves_group("zhangsan", chat),
        lambda: world.sandbox.group_handed_over(chat, "zhangsan"),
    )
    for deed in deeds:
        with pytest.raises(CannotDo):
            deed()
    assert [one["id"] for group in world.sandbox.groups_view()["list"] if group["id"] == chat for one in group["members"]] == [
        "zhangsan",
        LI,
    ]
