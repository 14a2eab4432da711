"""kf/sync_msg: pages, cursors, tokens."""

from typing import Any

import pytest

from bot.sandbox.kf_sync import TOKENLESS_A_MINUTE
from tests.bot.sandbox.world import KF, LI, World


def said(page: dict[str, Any]) -> list[str]:
    return [message["text"]["content"] for message in page["msg_list"]]


def test_messages_come_in_order_and_the_cursor_goes_on(world: World) -> None:
    for words in ("一", "二", "三"):
        world.sandbox.customer_says(LI, words)
    first = world.pages(limit=2)
    assert (said(first), first["has_more"]) == (["一", "二"], 1)
    second = world.pages(first["next_cursor"], limit=2)
    assert (said(second), second["has_more"]) == (["三"], 0)
    world.sandbox.customer_says(LI, "四")
    assert said(world.pages(second["next_cursor"])) == ["四"]
    assert said(world.pages(first["next_cursor"])) == ["三", "四"]


def test_a_message_has_the_fields_of_the_reference(chat: World) -> None:
    (entry,) = chat.pages()["msg_list"]
    assert entry == {
        "msgid": entry["msgid"],
        "open_kfid": KF,
        "external_userid": LI,
        "send_time": int(chat.clock.now.timestamp()),
        "origin": 3,
        "msgtype": "text",
        "text": {"content": "这车多少钱"},
    }


def test_a_menu_click_comes_back_as_text_with_menu_id(world: World) -> None:
    world.sandbox.customer_says(LI, "预约试驾", menu_id="menu_testdrive")
    assert world.pages()["msg_list"][0]["text"] == {"content": "预约试驾", "menu_id": "menu_testdrive"}


def test_our_own_sends_are_not_returned(chat: World) -> None:
    before = chat.pages()["next_cursor"]
    chat.ask("kf/send_msg", **chat.text())
    assert chat.pages(before)["msg_list"] == []


def test_an_empty_page_may_promise_more_and_loses_nothing(chat: World) -> None:
    chat.sandbox.give_empty_pages(2)
    first = chat.pages()
    second = chat.pages(first["next_cursor"])
    assert [(page["msg_list"], page["has_more"]) for page in (first, second)] == [([], 1)] * 2
    assert said(chat.pages(second["next_cursor"])) == ["这车多少钱"]


def test_what_is_older_than_three_days_is_gone(world: World) -> None:
    world.sandbox.customer_says(LI, "旧")
    start = world.pages(limit=0)["next_cursor"]
    world.clock.passes(days=2)
    world.sandbox.customer_says(LI, "新")
    world.clock.passes(days=1, seconds=1)
    assert said(world.pages()) == ["新"]
    assert said(world.pages(start)) == ["新"]


def test_the_events_token_lives_ten_minutes(chat: World) -> None:
    (bell,) = chat.settles()
    token = bell.findtext("Token")
    chat.clock.passes(minutes=10)
    assert chat.refused("kf/sync_msg", open_kfid=KF, token=token) == 0
    chat.clock.passes(seconds=1)
    assert chat.refused("kf/sync_msg", open_kfid=KF, token=token) == 95007
    assert chat.refused("kf/sync_msg", open_kfid=KF, token="made-up") == 95007


def test_without_the_token_the_rate_is_limited(chat: World) -> None:
    (bell,) = chat.settles()
    answers = [chat.refused("kf/sync_msg", open_kfid=KF) for _ in range(TOKENLESS_A_MINUTE + 1)]
    assert answers == [0] * TOKENLESS_A_MINUTE + [45009]
    assert chat.refused("kf/sync_msg", open_kfid=KF, token=bell.findtext("Token")) == 0
    chat.clock.passes(minutes=1)
    assert chat.refused("kf/sync_msg", open_kfid=KF) == 0


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [({}, 60251), ({"open_kfid": "wk-other"}, 95004), ({"open_kfid": KF, "limit": 1001}, 40058), ({"open_kfid": KF, "cursor": "x"}, 50100)],
)
def test_wrong_fields_are_refused(world: World, fields: Any, errcode: int) -> None:
    assert world.refused("kf/sync_msg", **fields) == errcode


def test_a_cursor_of_an_earlier_sandbox_points_at_the_beginning_of_this_one(chat: World) -> None:
    chat.sandbox.customer_says(LI, "还有吗")
    earlier = chat.pages()["next_cursor"]
    chat.clock.passes(hours=1)
    later = World(clock=chat.clock)
    later.sandbox.customer_says(LI, "我又来了")
    assert said(later.pages(earlier)) == ["我又来了"]
