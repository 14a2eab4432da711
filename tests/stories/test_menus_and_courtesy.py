"""Menus, recalls, opting out, welcome: the small things around a question."""

from bot.queue import State
from customers import store
from tests.stories.world import World


def menu_of(world: World, customer: str) -> list[tuple[str, str]]:
    """(id, words) of the newest menu on the customer's phone."""
    bubble = [bubble for bubble in world.sandbox.heard_by(customer) if bubble.msgtype == "msgmenu"][-1]
    return [(item["click"]["id"], item["click"]["content"]) for item in bubble.content["list"] if item["type"] == "click"]


def test_entering_is_greeted_within_20_seconds_and_a_tap_counts_as_the_question(world: World) -> None:
    customer = world.enters("晴天")
    options = menu_of(world, customer)
    replies = world.assistant.knowledge.pack.replies
    assert [words for _, words in options] == [option.text for option in replies.options]

    world.sandbox.customer_says(customer, options[0][1], menu_id=options[0][0])
    world.settles()

    content = world.assistant.knowledge.scripts.content(options[0][0].removeprefix("ask:"))
    assert content is not None
    assert content.standard == replies.options[0].question
    assert len([bubble for bubble in world.sandbox.heard_by(customer) if bubble.speaker == "bot"]) >= 2


def test_a_welcome_that_comes_too_late_is_not_tried(world: World) -> None:
    customer = world.sandbox.customer_enters("晴天", scene="store_qr")
    world.later(seconds=21)
    world.settles()

    assert world.sandbox.said_by_bot(customer) == []
    assert any("20 秒" in row.reason for row in world.inbox(State.SKIPPED))


def test_a_recalled_message_is_not_answered(world: World) -> None:
    customer = world.enters("晴天")
    before = world.sandbox.said_by_bot(customer)
    msgid = world.sandbox.customer_says(customer, "你好")
    world.sandbox.customer_recalls(msgid)
    world.settles()

    assert world.sandbox.said_by_bot(customer) == before
    assert [row.reason for row in world.inbox(State.IGNORED)] == ["客户在处理前撤回"]


def test_opting_out_is_confirmed_once_and_obeyed(world: World) -> None:
    customer = world.enters("晴天")
    heard = world.asks(customer, "别再给我发消息了")

    assert heard == [world.assistant.knowledge.pack.replies.say("opted_out")]
    assert world.asks(customer, "谢谢") == []
    with world.database.reading() as session:
        known = store.customer_by_external_id(session, customer)
        assert known is not None
        assert known.opted_out_at is not None


def test_who_opted_out_is_still_answered_when_he_asks_himself(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "别再给我发消息了")

    assert len(world.asks(customer, "E7的指导价是多少")) >= 1


def test_adding_an_advisor_is_greeted_once_and_brings_the_tags_along(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7的续航在冬天是不是缩水很厉害")
    world.sandbox.customer_adds_advisor(customer, "zhangsan", state="store01_window", half_first=True)
    world.settles()

    greetings = [bubble for bubble in world.sandbox.heard_by(customer) if bubble.chat == "friend" and bubble.msgtype == "text"]
    replies = world.assistant.knowledge.pack.replies
    assert len(greetings) == 1
    assert greetings[0].text.startswith(replies.by_state["store01_window"].split("，")[0].replace("{称呼}", "您"))
    assert "续航能耗" in world.sandbox.tags_of("zhangsan", customer)
    with world.database.reading() as session:
        known = store.customer_by_external_id(session, customer)
        assert known is not None
        follow = store.follow_of(session, known.id, "zhangsan")
    assert follow is not None
    assert follow.channel == "store01_window"


def test_deleting_each_other_is_recorded(world: World) -> None:
    customer = world.enters("晴天")
    for userid in ("zhangsan", "lisi"):
        world.sandbox.customer_adds_advisor(customer, userid)
    world.settles()
    world.later(seconds=1)
    world.sandbox.customer_deletes_advisor(customer, "zhangsan")
    world.sandbox.advisor_deletes_customer("lisi", customer)
    world.settles()

    with world.database.reading() as session:
        known = store.customer_by_external_id(session, customer)
        assert known is not None
        ended = {userid: store.follow_of(session, known.id, userid) for userid in ("zhangsan", "lisi")}
    assert {userid: follow.ended_by for userid, follow in ended.items() if follow} == {"zhangsan": "customer", "lisi": "advisor"}
