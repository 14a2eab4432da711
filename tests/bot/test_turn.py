"""One message or a burst, as one turn."""

from bot.inbox_terms import HISTORY, KF_TEXT, Claimed
from bot.turn import Turn, turn_of
from tests.bot.builders import KF, LI, item, raw_text


def turn(*messages: tuple[str, str], kind: str = KF_TEXT) -> Turn:
    return turn_of(
        Claimed(tuple(item(raw_text(f"m{id}", words, menu_id=menu), id=id, kind=kind) for id, (words, menu) in enumerate(messages, 1)))
    )


def test_a_burst_is_one_text() -> None:
    burst = turn(("E7", ""), ("多少钱", ""))
    assert burst.text == "E7\n多少钱"
    assert (burst.open_kfid, burst.external_id, burst.inbox_ids) == (KF, LI, (1, 2))
    assert [message.msgid for message in burst.messages] == ["m1", "m2"]


def test_greetings_in_a_burst_are_not_understood_with_the_question() -> None:
    assert turn(("你好", ""), ("想问一下", ""), ("E7多少钱", "")).text == "E7多少钱"
    assert turn(("你好", ""), ("在吗", "")).text == "你好\n在吗"


def test_the_last_tap_of_a_turn_counts() -> None:
    assert turn(("看车", "ask:cars"), ("价格", "ask:price"), ("谢谢", "")).menu_id == "ask:price"
    assert turn(("价格", "")).menu_id == ""


def test_words_from_before_we_were_connected_are_history() -> None:
    assert turn(("E7多少钱", ""), kind=HISTORY).is_history
    assert not turn(("E7多少钱", "")).is_history
