"""The main job: a question comes in, the approved answer goes out, and what the customer cares about is remembered."""

from bot import transcript
from bot.queue import State
from customers import store
from customers.terms import Level
from tests.stories.world import World


def approved(world: World, key: str) -> list[str]:
    """The wordings of a script, with the variables at their defaults."""
    content = world.assistant.knowledge.scripts.content(key)
    assert content is not None
    variables = world.assistant.knowledge.pack.replies.variables
    texts = []
    for answer in content.answers:
        text = answer.text
        for name, value in variables.items():
            text = text.replace("{" + name + "}", value)
        texts.append(text)
    return texts


def script_of(world: World, customer: str) -> str:
    """Key of the script that answered last."""
    with world.database.reading() as session:
        line = [row for row in transcript.of_customer(session, customer) if row.speaker == "customer"][-1]
    return line.script.partition("@")[0]


def test_the_approved_answer_arrives_although_wecom_repeats_the_callback(world: World) -> None:
    world.sandbox.disturb_callbacks(repeat=3)
    customer = world.enters("晴天")

    heard = world.asks(customer, "你好，E7落地大概多少钱")

    assert len([words for words in heard if words]) == 1
    assert heard[0] in approved(world, script_of(world, customer))


def test_what_the_customer_cares_about_is_kept_with_the_words_that_show_it(world: World) -> None:
    customer = world.enters("晴天")
    [msgid] = world.says(customer, "E7的续航在冬天是不是缩水很厉害，有点担心")
    world.settles()

    with world.database.reading() as session:
        known = store.customer_by_external_id(session, customer)
        assert known is not None
        focus = {row.point: row for row in store.live_focus(session, known.id)}
        tags = {(tag.group, tag.name): tag for tag in store.tags_of(session, known.id)}

    assert "range" in focus
    assert focus["range"].message_id == msgid
    assert focus["range"].words in "E7的续航在冬天是不是缩水很厉害，有点担心"
    assert tags["关注点", "续航能耗"].words == focus["range"].words


def test_explicit_words_of_time_make_an_h_customer_and_the_history_says_why(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "价格合适的话我这周就订E7")

    with world.database.reading() as session:
        known = store.customer_by_external_id(session, customer)
        assert known is not None
        history = store.level_history(session, known.id)

    assert known.level == Level.H
    assert history[-1].reason["words"] in "价格合适的话我这周就订E7"
    assert history[-1].reason["kind"] == "stated"


def test_several_short_messages_within_seconds_are_one_turn(world: World) -> None:
    customer = world.enters("晴天")

    heard = world.asks(customer, "你好", "想问一下", "E7多少钱")

    texts = [words for words in heard if words]
    assert len(texts) == 1
    assert texts[0] in approved(world, script_of(world, customer))


def test_a_whole_question_is_not_kept_waiting(world: World) -> None:
    customer = world.enters("晴天")
    asked_at = world.now
    world.sandbox.customer_says(customer, "E7的后备箱有多大？")
    world.settles()

    answered = [bubble for bubble in world.sandbox.heard_by(customer) if bubble.speaker == "bot"][-1]
    assert (answered.at - asked_at).total_seconds() < 1


def test_what_the_conversation_settled_is_not_asked_again(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "想了解一下E5")
    world.asks(customer, "多少钱")

    content = world.assistant.knowledge.scripts.content(script_of(world, customer))
    assert content is not None
    assert "e7" not in content.scope.models


def test_each_thing_said_is_in_the_outbox_once_and_sent(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7多少钱")

    keys = [row.key for row in world.outbox()]
    assert len(keys) == len(set(keys))
    assert {row.state for row in world.outbox()} == {State.DONE}
    assert {row.state for row in world.inbox()} == {State.DONE}


def test_attachments_follow_the_words_and_are_uploaded_once(world: World) -> None:
    customer, other = world.enters("晴天"), world.enters("老陈")
    content = next(
        content
        for content in world.assistant.knowledge.pack.scripts.contents
        if any(answer.attachments for answer in content.answers) and not content.scope.cities and not content.scope.stores
    )
    for who in (customer, other):
        world.sandbox.customer_says(who, content.standard, menu_id=f"ask:{content.key}")
    world.settles()

    kinds = [bubble.msgtype for bubble in world.sandbox.heard_by(customer) if bubble.speaker == "bot"]
    uploads = world.sandbox.api_calls("media/upload")
    assert kinds[-1] in {"image", "file", "link", "miniprogram"}
    assert len(uploads) <= sum(len(answer.attachments) for answer in content.answers)


def test_a_wish_for_a_car_that_we_do_not_sell_gets_an_honest_answer(world: World) -> None:
    customer = world.enters("晴天")
    [heard] = [words for words in world.asks(customer, "我想买一台特斯拉，给点建议吧") if words]

    assert heard in approved(world, "recommend-other-brand")


def test_who_wants_a_test_drive_is_answered_and_an_advisor_is_told_when_and_where(world: World) -> None:
    customer = world.enters("晴天")
    heard = [words for words in world.asks(customer, "我想周六下午去浦东店试驾E7") if words]

    cards = [m.content for userid in ("zhangsan", "lisi") for m in world.sandbox.app_messages_of(userid)]
    assert len(heard) == 1
    assert len(cards) == 1
    assert "上海浦东体验中心" in str(cards[0])
    assert "2026-11-28" in str(cards[0])


def test_who_names_day_store_and_telephone_hears_them_and_is_not_asked_again(world: World) -> None:
    customer = world.enters("晴天")
    [heard] = [words for words in world.asks(customer, "周六下午能去浦东店试驾吗 我电话13800138000") if words]

    assert "11月28日（周六）下午、上海浦东体验中心" in heard
    assert "确认" in heard
    assert "留下电话" not in heard


def test_the_same_picture_is_not_sent_twice_in_a_day(world: World) -> None:
    customer = world.enters("晴天")
    for _ in range(2):
        world.asks(customer, "E7多少钱")

    pictures = [str(bubble.content) for bubble in world.sandbox.heard_by(customer) if bubble.msgtype == "image"]
    assert len(pictures) == len(set(pictures)) > 0
