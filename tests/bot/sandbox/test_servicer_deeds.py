"""What a servicer does in the client, told by events."""

from typing import Any

import pytest

from bot.sandbox.terms import CannotDo, SessionState, Speaker
from tests.bot.sandbox.world import KF, LI, World


def changes(world: World) -> list[tuple[dict[str, Any], bool]]:
    kept = ("change_type", "old_servicer_userid", "new_servicer_userid")
    return [({name: event[name] for name in kept if name in event}, "msg_code" in event) for event in world.events("session_status_change")]


def test_the_life_of_a_session_in_a_persons_hands(chat: World) -> None:
    chat.sandbox.servicer_takes("ZhangSan", LI)
    chat.sandbox.servicer_transfers("zhangsan", LI, "lisi")
    chat.sandbox.servicer_ends("lisi", LI)
    chat.sandbox.servicer_says("zhangsan", LI, "还需要帮忙吗？")
    assert changes(chat) == [
        ({"change_type": 1, "new_servicer_userid": "zhangsan"}, True),
        ({"change_type": 2, "old_servicer_userid": "zhangsan", "new_servicer_userid": "lisi"}, False),
        ({"change_type": 3, "old_servicer_userid": "lisi"}, True),
        ({"change_type": 4, "old_servicer_userid": "lisi", "new_servicer_userid": "zhangsan"}, False),
    ]
    assert chat.sandbox.session_of(LI) == (SessionState.HUMAN, "zhangsan")


def test_a_servicers_words_come_with_origin_five(chat: World) -> None:
    chat.sandbox.servicer_takes("zhangsan", LI)
    chat.sandbox.servicer_says("zhangsan", LI, "您好，我是张三")
    entry = chat.pages()["msg_list"][-1]
    assert (entry["origin"], entry["servicer_userid"], entry["text"]) == (5, "zhangsan", {"content": "您好，我是张三"})
    assert (chat.sandbox.heard_by(LI)[-1].speaker, chat.sandbox.heard_by(LI)[-1].by) == (Speaker.SERVICER, "zhangsan")


def test_a_session_can_be_taken_from_the_pool(chat: World) -> None:
    chat.ask("kf/service_state/trans", open_kfid=KF, external_userid=LI, service_state=2)
    chat.sandbox.servicer_takes("lisi", LI)
    assert chat.sandbox.session_of(LI) == (SessionState.HUMAN, "lisi")


@pytest.mark.parametrize(
    "deed",
    [
        lambda s: s.servicer_says("zhangsan", LI, "你好"),  # he has not taken it
        lambda s: s.servicer_ends("zhangsan", LI),
        lambda s: s.servicer_transfers("zhangsan", LI, "lisi"),
        lambda s: s.servicer_takes("wangwu", LI),  # no servicer
        lambda s: s.servicer_takes("nobody", LI),
        lambda s: s.servicer_takes("zhangsan", "wm-nobody"),
        lambda s: s.servicer_duty("wangwu", False),
    ],
)
def test_what_the_client_does_not_offer_is_refused(chat: World, deed: Any) -> None:
    with pytest.raises(CannotDo):
        deed(chat.sandbox)
    assert changes(chat) == []


def test_a_colleagues_session_cannot_be_taken_nor_given_to_one_who_is_off(chat: World) -> None:
    chat.sandbox.servicer_takes("zhangsan", LI)
    with pytest.raises(CannotDo):
        chat.sandbox.servicer_takes("lisi", LI)
    chat.sandbox.servicer_duty("lisi", False)
    with pytest.raises(CannotDo):
        chat.sandbox.servicer_transfers("zhangsan", LI, "lisi")


def test_an_ended_session_is_re_engaged_by_writing_not_by_taking(chat: World) -> None:
    chat.sandbox.servicer_takes("zhangsan", LI)
    chat.sandbox.servicer_ends("zhangsan", LI)
    with pytest.raises(CannotDo):
        chat.sandbox.servicer_takes("zhangsan", LI)
    chat.clock.passes(days=3)
    chat.sandbox.servicer_says("zhangsan", LI, "想起您了")
    assert chat.sandbox.session_of(LI) == (SessionState.HUMAN, "zhangsan")


def test_duty_is_one_on_and_two_off_in_the_event(world: World) -> None:
    world.sandbox.servicer_duty("lisi", False, stop_type=1)
    world.sandbox.servicer_duty("lisi", True)
    assert world.events("servicer_status_change") == [
        {"event_type": "servicer_status_change", "open_kfid": KF, "servicer_userid": "lisi", "status": 2, "stop_type": 1},
        {"event_type": "servicer_status_change", "open_kfid": KF, "servicer_userid": "lisi", "status": 1},
    ]


def test_going_off_duty_keeps_the_session(chat: World) -> None:
    chat.sandbox.servicer_takes("zhangsan", LI)
    chat.sandbox.servicer_duty("zhangsan", False)
    chat.sandbox.servicer_says("zhangsan", LI, "稍等")
    assert chat.sandbox.session_of(LI) == (SessionState.HUMAN, "zhangsan")
