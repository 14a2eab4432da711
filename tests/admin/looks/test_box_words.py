"""Every kind, channel and state has a name that an operator understands."""

import pytest

from admin.looks.box_words import CHANNEL_NAMES, KIND_NAMES, STATE_NAMES, advice, given_up, reason_in_words
from bot.messages import Channel
from bot.queue import State
from bot.wecom.envelope import CallbackKind


def test_everything_has_a_name() -> None:
    assert set(Channel) <= set(CHANNEL_NAMES)
    assert {str(kind) for kind in CallbackKind} <= set(KIND_NAMES)
    assert {str(state) for state in State} == set(STATE_NAMES)


def test_a_reason_is_explained_and_an_unknown_one_too() -> None:
    assert advice("过了有效时间，没有发出") != advice("发送途中中断，不确定对方是否收到；请人工确认")
    assert all(advice("从来没见过"))


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ("hand_off: asked_for_person", "转人工：客户要求人工"),
        ("acknowledge: left_contact", "应答：留了联系方式，已告诉顾问"),
        ("acknowledge: offers.visit", "应答：接受了提议"),
        ("pass_on: media", "转告顾问：不是文字"),
        ("quiet: 刚刚已经回复过同类消息", "不答：刚刚已经回复过同类消息"),
        ("opt_out: 客户不希望被打扰", "停止打扰：客户不希望被打扰"),
        ("answer", "回复"),
        ("未送达：对方拒收", "未送达：对方拒收"),
        ("", ""),
    ],
)
def test_what_was_decided_is_read_in_words(kept: str, read: str) -> None:
    assert reason_in_words(kept) == read


@pytest.mark.parametrize(
    ("kind", "to", "told"),
    [
        ("回复文字", ["李雷"], "李雷 不会收到。"),
        ("给顾问的卡片", ["李雷", "李雷", "韩梅梅", "—"], "李雷、韩梅梅 不会收到。"),
        ("好友欢迎语", ["一", "二", "三", "四"], "一、二、三 等 4 位 不会收到。"),
        ("打企业标签", ["李雷"], "放弃以后，程序不再处理。"),
        ("客户消息", ["李雷"], "放弃以后，程序不再处理。"),
        ("回复文字", [], "放弃以后，程序不再处理。"),
    ],
)
def test_who_gives_up_reads_who_will_not_hear_it(kind: str, to: list[str], told: str) -> None:
    assert given_up([{"kind": kind, "to": name} for name in to]) == told
