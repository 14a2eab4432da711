"""A request for a person is open until somebody looks after the customer; the app offers an advisor no small talk."""

from run.compose import reminding_of
from sop.reminder_terms import ReminderKind, ReminderState
from tests.stories.test_an_advisor_is_reminded import CHEN, meets, minutes, rows, writes
from tests.stories.world import World


def test_a_request_that_was_taken_or_is_served_is_no_longer_open(world: World) -> None:
    reminding = reminding_of(world.assistant)
    customer = meets(world)
    world.sandbox.customer_sends(customer, "image")
    world.settles()
    world.later(minutes=1)
    world.asks(customer, "转人工")
    minutes(world, reminding, 5)
    [listed] = writes(world, "今天跟谁")
    assert "还没有人接" in listed
    last = [one for one in world.sandbox.app_messages_of(CHEN) if one.msgtype == "template_card"][-1]

    world.sandbox.advisor_clicks(CHEN, str(last.task_id), "taken")  # one of his cards; the others are about the same customer
    world.settles()
    [listed] = writes(world, "今天跟谁")
    assert "还没有人接" not in listed
    world.asks(customer, "转人工")
    minutes(world, reminding, 30)
    assert {row.state for row in rows(world, ReminderKind.PERSON_ASKED)} == {ReminderState.DROPPED}


def test_a_request_that_a_person_answers_in_the_chat_is_no_longer_open(world: World) -> None:
    reminding = reminding_of(world.assistant)
    customer = meets(world)
    world.asks(customer, "转人工")
    minutes(world, reminding, 5)
    [asking] = rows(world, ReminderKind.PERSON_ASKED)
    assert asking.state == ReminderState.OPEN
    _, servicer = world.sandbox.session_of(customer)
    world.sandbox.servicer_says(servicer, customer, "您好，我来帮您")
    world.settles()
    minutes(world, reminding, 5)
    assert [row.state for row in rows(world, ReminderKind.PERSON_ASKED)] == [ReminderState.DROPPED]


def test_words_without_sense_get_help_and_no_small_talk(world: World) -> None:
    meets(world)
    for text in ("乱七八糟", "你好"):
        [answer] = writes(world, text)
        assert answer.startswith(f"没有找到叫“{text}”的客户，也没有合适的话术。")
        assert "您可以这样发给我" in answer
