"""message/update_template_card: one change per response_code."""

from typing import Any

from tests.bot.sandbox.test_app_messages import card
from tests.bot.sandbox.test_cards import BUTTONS
from tests.bot.sandbox.world import SECRETS, World

UPDATE = "message/update_template_card"


def grey(code: str, **fields: Any) -> dict[str, Any]:
    return {"userids": ["zhangsan"], "agentid": SECRETS.agent_id, "response_code": code, "button": {"replace_name": "张三已跟进"}, **fields}


def labels(world: World) -> list[str]:
    return [world.sandbox.app_messages_of(userid)[0].replaced for userid in ("zhangsan", "lisi")]


def test_only_the_named_members_see_the_change(world: World) -> None:
    code = world.ask("message/send", **card())["response_code"]
    assert world.ask(UPDATE, **grey(code, userids=["ZhangSan", "nobody"]))["invaliduser"] == ["nobody"]
    assert labels(world) == ["张三已跟进", ""]


def test_everybody_may_be_named_at_once(world: World) -> None:
    code = world.ask("message/send", **card())["response_code"]
    world.ask(UPDATE, **grey(code, userids=[], atall=1))
    assert labels(world) == ["张三已跟进", "张三已跟进"]


def test_a_code_changes_a_card_once_within_72_hours(world: World) -> None:
    code = world.ask("message/send", **card())["response_code"]
    assert world.refused(UPDATE, **grey(code)) == 0
    assert world.refused(UPDATE, **grey(code)) == 60140
    later = world.ask("message/send", **card(task_id="t2"))["response_code"]
    world.clock.passes(hours=72, seconds=1)
    assert world.refused(UPDATE, **grey(later)) == 60140
    assert world.refused(UPDATE, **grey("made-up")) == 60140


def test_a_new_card_takes_the_old_ones_place(world: World) -> None:
    code = world.ask("message/send", **card())["response_code"]
    new = {**BUTTONS, "main_title": {"title": "已由张三跟进"}, "replace_text": "已跟进"}
    fields = {"userids": ["zhangsan"], "agentid": SECRETS.agent_id, "response_code": code, "template_card": new}
    assert world.refused(UPDATE, **fields | {"template_card": {"card_type": "text_notice"}}) == 42027
    world.ask(UPDATE, **fields)
    (message,) = world.sandbox.app_messages_of("zhangsan")
    assert (message.content["main_title"]["title"], message.replaced) == ("已由张三跟进", "已跟进")


def test_something_must_change_and_the_app_must_be_ours(world: World) -> None:
    code = world.ask("message/send", **card())["response_code"]
    assert world.refused(UPDATE, userids=["zhangsan"], agentid=SECRETS.agent_id, response_code=code) == 40063
    assert world.refused(UPDATE, **grey(code, agentid=7)) == 40056
    assert world.refused(UPDATE, **grey("")) == 40063
