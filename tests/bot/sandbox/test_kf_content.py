"""What kf/send_msg takes, type by type."""

from typing import Any

import pytest

from tests.bot.sandbox.world import KF, LI, World


def send(world: World, msgtype: str, content: Any) -> int:
    return world.refused("kf/send_msg", touser=LI, open_kfid=KF, msgtype=msgtype, **{msgtype: content})


def test_long_text_is_cut_as_the_real_thing_does_and_the_cut_is_remembered(chat: World) -> None:
    assert send(chat, "text", {"content": "价" * 683}) == 0
    bubble = chat.sandbox.heard_by(LI)[-1]
    assert (len(bubble.text), bubble.cut) == (682, True)
    assert send(chat, "text", {"content": "价" * 682}) == 0
    assert chat.sandbox.heard_by(LI)[-1].cut is False


def test_empty_text_and_unknown_types_are_refused(chat: World) -> None:
    assert send(chat, "text", {"content": ""}) == 44004
    assert send(chat, "markdown", {"content": "**x**"}) == 40008
    assert chat.refused("kf/send_msg", touser=LI, open_kfid=KF, msgtype="text") == 40063


@pytest.mark.parametrize("kind", ["image", "voice", "video", "file"])
def test_media_must_exist_be_of_the_kind_and_young(chat: World, kind: str) -> None:
    media_id = chat.upload(kind)["media_id"]
    assert send(chat, kind, {"media_id": media_id}) == 0
    assert send(chat, kind, {"media_id": "made-up"}) == 40007
    other = "file" if kind == "image" else "image"
    assert send(chat, other, {"media_id": media_id}) == 40007


def test_media_expire_after_three_days(chat: World) -> None:
    media_id = chat.picture()
    chat.clock.passes(days=3)
    chat.sandbox.customer_says(LI, "图呢")
    assert send(chat, "image", {"media_id": media_id}) == 40007


def test_a_link_needs_title_url_and_thumb(chat: World) -> None:
    link = {"title": "预约试驾", "desc": "选门店", "url": "https://www.example.com", "thumb_media_id": chat.picture()}
    assert send(chat, "link", link) == 0
    for name in ("title", "url", "thumb_media_id"):
        assert send(chat, "link", {**link, name: ""}) == 40063
    assert send(chat, "link", link | {"title": "长" * 43}) == 40058
    assert send(chat, "link", link | {"desc": "长" * 171}) == 40058
    assert send(chat, "link", link | {"thumb_media_id": "made-up"}) == 40007


def test_a_miniprogram_needs_a_page_that_ends_in_html(chat: World) -> None:
    card = {"appid": "wx1", "title": "试驾", "thumb_media_id": chat.picture(), "pagepath": "pages/drive.html?store=1"}
    assert send(chat, "miniprogram", card) == 0
    assert send(chat, "miniprogram", card | {"pagepath": "pages/drive"}) == 40058
    assert send(chat, "miniprogram", card | {"title": "长" * 22}) == 40058
    assert send(chat, "miniprogram", card | {"appid": ""}) == 40063


def test_a_location_needs_numbers(chat: World) -> None:
    assert send(chat, "location", {"name": "门店", "latitude": 31.2, "longitude": 121.4}) == 0
    assert send(chat, "location", {"name": "门店", "latitude": "31.2", "longitude": 121.4}) == 40058


def test_an_acquisition_link_needs_its_url(chat: World) -> None:
    assert send(chat, "ca_link", {"link_url": "https://work.weixin.qq.com/ca/demo"}) == 0
    assert send(chat, "ca_link", {}) == 40063


def click(number: int, content: Any = "选项") -> dict[str, Any]:
    return {"type": "click", "click": {"id": f"m{number}", "content": content}}


def test_a_menu_stays_a_structure(chat: World) -> None:
    menu = {"head_content": "请问您想了解什么？", "list": [click(1), click(2)], "tail_content": "也可以直接输入"}
    assert send(chat, "msgmenu", menu) == 0
    bubble = chat.sandbox.heard_by(LI)[-1]
    assert (bubble.content, bubble.text) == (menu, "请问您想了解什么？")


def test_a_menu_has_at_most_ten_choices_texts_apart(chat: World) -> None:
    note = {"type": "text", "text": {"content": "工作时间 9:00-18:00", "no_newline": 0}}
    ten = [click(number) for number in range(10)]
    assert send(chat, "msgmenu", {"head_content": "x", "list": [*ten, note]}) == 0
    assert send(chat, "msgmenu", {"head_content": "x", "list": [*ten, click(11)]}) == 95008


@pytest.mark.parametrize(
    ("item", "errcode"),
    [
        ({"type": "button"}, 95009),
        ({"type": "click", "click": {"id": "", "content": "x"}}, 40063),
        ({"type": "click", "click": {"id": "m", "content": "长" * 43}}, 40058),
        ({"type": "click"}, 40063),
        ({"type": "view", "view": {"url": "https://example.com", "content": ""}}, 40063),
        ({"type": "miniprogram", "miniprogram": {"appid": "x" * 33, "pagepath": "p", "content": "c"}}, 40058),
        ({"type": "text", "text": {"content": "长" * 86}}, 40058),
    ],
)
def test_a_wrong_menu_item_is_refused(chat: World, item: Any, errcode: int) -> None:
    assert send(chat, "msgmenu", {"head_content": "x", "list": [item]}) == errcode


def test_head_and_tail_of_a_menu_have_1024_bytes(chat: World) -> None:
    assert send(chat, "msgmenu", {"head_content": "长" * 341, "list": []}) == 0
    assert send(chat, "msgmenu", {"head_content": "长" * 342, "list": []}) == 40058
    assert send(chat, "msgmenu", {"tail_content": "长" * 342, "list": []}) == 40058
