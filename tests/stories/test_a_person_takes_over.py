"""When the assistant steps back: asked for, complained to, not understood, or simply overtaken."""

import pytest
from sqlalchemy import select

from bot import transcript
from bot.models import Brief
from bot.queue import State
from bot.sandbox.terms import SessionState
from tests.stories.world import World


def cards_of(world: World, userid: str) -> list[dict[str, object]]:
    """The cards that this member received."""
    return [message.content for message in world.sandbox.app_messages_of(userid) if message.msgtype == "template_card"]


def all_cards(world: World) -> list[tuple[str, dict[str, object]]]:
    """(member, card) of everybody."""
    return [(userid, card) for userid in ("zhangsan", "lisi", "wangwu") for card in cards_of(world, userid)]


@pytest.mark.parametrize("words", ["转人工", "我要投诉你们，交车拖了一个月", "车子开着开着突然亮故障灯熄火了，怎么办"])
def test_a_person_gets_the_session_and_a_brief_and_the_customer_is_told(world: World, words: str) -> None:
    customer = world.enters("晴天")
    heard = world.asks(customer, words)

    state, servicer = world.sandbox.session_of(customer)
    cards = all_cards(world)
    assert len(heard) == 1
    assert state is SessionState.HUMAN
    assert [userid for userid, _ in cards] == [servicer]
    assert words[:6] in str(cards[0][1])


def test_while_a_person_serves_the_assistant_is_silent_but_goes_on_noting(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "转人工")

    assert world.asks(customer, "E7多少钱") == []
    with world.database.reading() as session:
        last = [row for row in transcript.of_customer(session, customer) if row.speaker == "customer"][-1]
    assert last.decision == "quiet"
    assert last.understood is not None
    assert last.understood["intents"]


def test_after_the_person_has_ended_the_session_the_assistant_answers_again(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "转人工")
    _, servicer = world.sandbox.session_of(customer)
    world.sandbox.servicer_says(servicer, customer, "您好，我是张三")
    world.sandbox.servicer_ends(servicer, customer)
    world.settles()
    world.later(minutes=5)

    assert len(world.asks(customer, "E7的后备箱多大")) >= 1
    assert world.sandbox.session_of(customer)[0] is SessionState.ASSISTANT


def test_nobody_on_duty_means_the_pool_and_who_takes_it_from_the_card_gets_the_session(world: World) -> None:
    for userid in ("zhangsan", "lisi"):
        world.sandbox.servicer_duty(userid, False)
    customer = world.enters("晴天")
    [told] = world.asks(customer, "转人工")
    assert told == world.assistant.knowledge.pack.replies.say("hand_off.off_duty")
    assert world.sandbox.session_of(customer)[0] is SessionState.POOL

    world.sandbox.servicer_duty("lisi", True)
    task = next(str(card["task_id"]) for card in cards_of(world, "lisi"))
    world.sandbox.advisor_clicks("lisi", task, "taken")
    world.settles()

    assert world.sandbox.session_of(customer) == (SessionState.HUMAN, "lisi")
    with world.database.reading() as session:
        assert session.scalars(select(Brief.outcome)).all() == ["taken"]


def test_a_session_that_a_person_took_by_himself_stops_the_answer_on_its_way(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7多少钱")
    world.says(customer, "那E5呢，多少钱？", after=0)
    world.sandbox.servicer_takes("zhangsan", customer)
    before = len(world.sandbox.said_by_bot(customer))
    world.settles()

    assert len(world.sandbox.said_by_bot(customer)) == before
    assert world.sandbox.session_of(customer) == (SessionState.HUMAN, "zhangsan")


def test_who_is_not_understood_twice_gets_a_person(world: World) -> None:
    customer = world.enters("晴天")
    first = world.asks(customer, "就那样呗那边那个一下")
    second = world.asks(customer, "按你说的办到底咋整")

    assert first == [world.assistant.knowledge.pack.replies.say("not_understood")]
    assert second == [world.assistant.knowledge.pack.replies.say("hand_off.on_duty")]
    assert world.sandbox.session_of(customer)[0] is SessionState.HUMAN


def test_a_picture_gets_a_polite_reply_and_goes_to_a_person_once(world: World) -> None:
    customer = world.enters("晴天")
    for _ in range(3):
        world.sandbox.customer_sends(customer, "image")
        world.later(seconds=1)
    world.settles()

    assert world.sandbox.said_by_bot(customer)[1:] == [world.assistant.knowledge.pack.replies.unsupported("image")]
    assert len(all_cards(world)) == 1


@pytest.mark.parametrize(
    "kind", ["image", "voice", "video", "file", "location", "link", "business_card", "miniprogram", "channels", "merged_msg"]
)
def test_nothing_that_is_not_text_is_dropped_in_silence(world: World, kind: str) -> None:
    customer = world.enters("晴天")
    world.sandbox.customer_sends(customer, kind)
    world.settles()

    assert world.sandbox.said_by_bot(customer)[1:] == [world.assistant.knowledge.pack.replies.unsupported(kind)]
    assert len(all_cards(world)) == 1
    assert not world.inbox(State.PARKED, State.IGNORED)
