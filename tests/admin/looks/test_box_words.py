"""Every kind, channel and state has a name that an operator understands."""

from admin.looks.box_words import CHANNEL_NAMES, KIND_NAMES, STATE_NAMES, advice
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
