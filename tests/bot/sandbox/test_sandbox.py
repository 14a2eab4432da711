"""The whole: one call after another, failing on demand, from many threads."""

import json
import threading

import pytest

from bot.sandbox.terms import NoAnswer, Timeout
from tests.bot.sandbox.world import LI, World


def test_an_unknown_path_is_a_404_with_an_errcode(world: World) -> None:
    answer = world.raw("kf/no_such_thing")
    assert (answer.status, json.loads(answer.body)["errcode"]) == (404, 40066)
    assert world.sandbox.call("GET", "/elsewhere", {}).status == 404


def test_get_and_post_are_not_mixed_up(world: World) -> None:
    assert world.fetch("kf/account/list")["errcode"] == 40063
    assert world.refused("kf/servicer/list") == 40063


def test_callbacks_come_from_known_addresses(world: World) -> None:
    assert world.fetch("getcallbackip")["ip_list"]


@pytest.mark.parametrize("errcode", [45009, 42001, -1, 60020, 95018, 45035, 41096])
def test_an_errcode_on_demand_comes_so_often_and_nothing_is_done(chat: World, errcode: int) -> None:
    chat.sandbox.fail("kf/send_msg", errcode, times=2)
    assert [chat.refused("kf/send_msg", **chat.text()) for _ in range(3)] == [errcode, errcode, 0]
    assert len(chat.sandbox.said_by_bot(LI)) == 1


def test_a_lost_call_was_not_done_and_a_taken_one_was(chat: World) -> None:
    chat.sandbox.fail("kf/send_msg", Timeout.LOST)
    chat.sandbox.fail("kf/send_msg", Timeout.TAKEN)
    for said_then in (0, 1):
        with pytest.raises(NoAnswer):
            chat.raw("kf/send_msg", chat.text(msgid="m1"))
        assert len(chat.sandbox.said_by_bot(LI)) == said_then
    assert chat.refused("kf/send_msg", **chat.text(msgid="m1")) == 95033
    assert [call.errcode for call in chat.sandbox.api_calls("kf/send_msg")] == [None, None, 95033]


def test_failures_can_be_called_off(chat: World) -> None:
    chat.sandbox.fail("*", 45009, times=5)
    chat.sandbox.give_empty_pages(3)
    chat.sandbox.clear_failures()
    assert len(chat.pages()["msg_list"]) == 1


def test_the_journal_knows_every_call(chat: World) -> None:
    chat.pages()
    assert [call.path for call in chat.sandbox.api_calls()][-2:] == ["/cgi-bin/gettoken", "/cgi-bin/kf/sync_msg"]
    assert len(chat.sandbox.api_calls("kf/sync_msg")) == 1


def test_many_threads_write_and_send_and_nothing_is_lost(world: World) -> None:
    def busy(number: int) -> None:
        customer = f"wm-{number}"
        for turn in range(5):
            world.sandbox.customer_says(customer, f"第{turn}句")
            world.ask("kf/send_msg", **world.text(to=customer, msgid=f"r-{number}-{turn}"))
            world.sandbox.deliver_due()

    threads = [threading.Thread(target=busy, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.settles()
    assert len(world.pages()["msg_list"]) == len(world.heard) == 40
    assert all(len(world.sandbox.said_by_bot(f"wm-{number}")) == 5 for number in range(8))


def test_whoever_waits_for_a_change_is_woken_by_it(world: World) -> None:
    seen = world.sandbox.wait_for_change(-1, timeout=0)
    assert world.sandbox.wait_for_change(seen, timeout=0.01) == seen
    timer = threading.Timer(0.05, lambda: world.sandbox.customer_says(LI, "你好"))
    timer.start()
    assert world.sandbox.wait_for_change(seen, timeout=10) > seen
    timer.join()
