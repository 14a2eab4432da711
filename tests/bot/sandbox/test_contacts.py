"""Customer contact: who follows whom, and the one welcome."""

from typing import Any

import pytest

from bot.sandbox.terms import Speaker
from tests.bot.sandbox.world import LI, World

WELCOME = "externalcontact/send_welcome_msg"


@pytest.fixture
def code(world: World) -> str:
    return world.sandbox.customer_adds_advisor(LI, "zhangsan", state="store01_window")


def welcome(world: World, code: str, **fields: Any) -> int:
    return world.refused(WELCOME, welcome_code=code, **(fields or {"text": {"content": "您好，我是您的购车顾问。"}}))


def test_a_welcome_is_heard_in_the_chat_of_the_two(world: World, code: str) -> None:
    link = {"title": "预约试驾", "url": "https://www.example.com/testdrive"}
    attachments = [{"msgtype": "image", "image": {"media_id": world.picture()}}, {"msgtype": "link", "link": link}]
    assert welcome(world, code, text={"content": "您好"}, attachments=attachments) == 0
    heard = world.sandbox.heard_by(LI)
    assert [(bubble.msgtype, bubble.chat, bubble.by) for bubble in heard] == [
        (kind, "friend", "zhangsan") for kind in ("text", "image", "link")
    ]
    assert {bubble.speaker for bubble in heard} == {Speaker.ADVISOR}
    assert world.sandbox.said_by_bot(LI) == []


def test_a_welcome_code_works_once_within_twenty_seconds(world: World, code: str) -> None:
    world.clock.passes(seconds=20)
    assert welcome(world, code) == 0
    assert welcome(world, code) == 41050
    assert welcome(world, "made-up") == 41050
    assert welcome(world, "") == 41049


def test_after_twenty_seconds_it_is_too_late(world: World, code: str) -> None:
    world.clock.passes(seconds=21)
    assert welcome(world, code) == 41050


def test_when_the_two_chat_already_there_is_no_welcome(world: World, code: str) -> None:
    world.sandbox.advisor_begins_chat("zhangsan", LI)
    assert welcome(world, code) == 41051


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [
        ({"text": {"content": ""}}, 40063),
        ({"text": {"content": "长" * 1334}}, 45002),
        ({"attachments": [{"msgtype": "link", "link": {"title": "x", "url": "u"}}] * 10}, 41064),
        ({"attachments": [{"msgtype": "voice", "voice": {}}]}, 41065),
        ({"attachments": [{"msgtype": "image", "image": {"media_id": "made-up"}}]}, 40007),
        ({"attachments": [{"msgtype": "image", "image": {"pic_url": "https://example.com/a.png"}}]}, 40058),
        ({"attachments": [{"msgtype": "link", "link": {"title": "x"}}]}, 40063),
        ({"attachments": [{"msgtype": "link", "link": {"title": "长" * 43, "url": "u"}}]}, 40058),
        ({"attachments": [{"msgtype": "miniprogram", "miniprogram": {"title": "x", "appid": "wx", "page": "p"}}]}, 40063),
    ],
)
def test_a_wrong_welcome_does_not_use_up_the_code(world: World, code: str, fields: Any, errcode: int) -> None:
    assert welcome(world, code, **fields) == errcode
    assert welcome(world, code) == 0


def test_a_picture_may_come_from_uploadimg(world: World, code: str) -> None:
    url = world.upload(path="media/uploadimg")["url"]
    assert welcome(world, code, attachments=[{"msgtype": "image", "image": {"pic_url": url}}]) == 0


def get(world: World, customer: str = LI) -> dict[str, Any]:
    return world.fetch("externalcontact/get", external_userid=customer)


def test_a_contact_shows_who_follows_with_state_and_tags(world: World, code: str) -> None:
    answer = get(world)
    assert answer["external_contact"]["external_userid"] == LI
    (follow,) = answer["follow_user"]
    assert (follow["userid"], follow["state"], follow["tags"], follow["add_way"]) == ("zhangsan", "store01_window", [], 1)


def test_unknown_customers_and_those_without_a_relation_differ(world: World) -> None:
    world.sandbox.customer_says(LI, "你好")
    assert get(world)["errcode"] == 84061
    assert get(world, "wm-nobody")["errcode"] == 40096
    assert world.fetch("externalcontact/get")["errcode"] == 41035


def test_a_customer_who_deletes_the_advisor_leaves_a_one_way_relation(world: World, code: str) -> None:
    world.sandbox.customer_deletes_advisor(LI, "zhangsan")
    assert get(world)["errcode"] == 0


def test_an_advisor_who_deletes_the_customer_ends_it(world: World, code: str) -> None:
    world.sandbox.advisor_deletes_customer("zhangsan", LI)
    assert get(world)["errcode"] == 84061


def test_members_with_the_permission_are_listed(world: World) -> None:
    assert world.fetch("externalcontact/get_follow_user_list")["follow_user"] == ["zhangsan", "lisi", "wangwu"]


def test_all_customers_of_some_members_come_by_pages(world: World) -> None:
    for number in range(3):
        world.sandbox.customer_adds_advisor(f"wm-{number}", "zhangsan")
    world.sandbox.customer_adds_advisor("wm-9", "lisi")
    path = "externalcontact/batch/get_by_user"
    first = world.ask(path, userid_list=["ZhangSan"], limit=2)
    second = world.ask(path, userid_list=["zhangsan"], limit=2, cursor=first["next_cursor"])
    found = [entry["external_contact"]["external_userid"] for entry in first["external_contact_list"] + second["external_contact_list"]]
    assert found == ["wm-0", "wm-1", "wm-2"]
    assert second["next_cursor"] == ""
    assert first["external_contact_list"][0]["follow_info"]["tag_id"] == []


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [
        ({}, 40063),
        ({"userid_list": "zhangsan"}, 40035),
        ({"userid_list": ["nobody"]}, 60111),
        ({"userid_list": ["zhangsan"], "limit": 101}, 40058),
        ({"userid_list": ["zhangsan"], "cursor": "x"}, 50100),
    ],
)
def test_wrong_questions_are_refused(world: World, fields: Any, errcode: int) -> None:
    assert world.refused("externalcontact/batch/get_by_user", **fields) == errcode
