"""An advisor hears in time whom to be in touch with, says with one tap what came of it, and is left in peace about the others."""

from sqlalchemy import select

from admin.models import Operator
from admin.terms import Role
from bot.messages import Channel
from bot.models import OutboxMessage
from bot.queue import State
from customers.models import Advisor, Customer, CustomerTag, LevelChange
from run.compose import reminding_of
from run.ticking import ticker_of
from sop import steer
from sop.models import Plan, Reminder
from sop.remind import Reminding
from sop.reminder_terms import ReminderKind, ReminderState
from sop.tick import run_tick
from tests.stories.world import World

CHEN = "zhangsan"  # advisor and servicer in one
ABOUT_TO_BUY = "价格合适我今天就订，E7 现在能优惠多少"


def minutes(world: World, reminding: Reminding, count: int, *, step: int = 5) -> None:
    """Let so many minutes pass, with a look every few."""
    for _ in range(count // step):
        world.later(minutes=step)
        reminding.minute(world.now)
        world.settles()


def cards(world: World, title: str = "", userid: str = CHEN) -> list[dict[str, object]]:
    """Reminder cards that this member got, by the beginning of their titles."""
    sent = [one for one in world.sandbox.app_messages_of(userid) if one.msgtype == "template_card"]
    ours = [one.content for one in sent if str(one.task_id).startswith("remind-")]
    return [card for card in ours if str(card["main_title"]["title"]).startswith(title)]


def rows(world: World, *kinds: ReminderKind) -> list[Reminder]:
    with world.database.reading() as session:
        found = session.scalars(select(Reminder).order_by(Reminder.id)).all()
    return [row for row in found if not kinds or row.kind in kinds]


def customer_of(world: World, external_id: str) -> Customer:
    with world.database.reading() as session:
        return session.scalars(select(Customer).where(Customer.external_id == external_id)).one()


def meets(world: World, name: str = "晴天", advisor: str = CHEN) -> str:
    """A customer who is in the chat and has added an advisor."""
    customer = world.enters(name)
    world.sandbox.customer_adds_advisor(customer, advisor)
    world.settles()
    return customer


def wants_to_buy(world: World, customer: str) -> None:
    """His words lift him to level H."""
    world.asks(customer, ABOUT_TO_BUY)
    assert customer_of(world, customer).level == "H"


def answers_briefs(world: World) -> None:
    """Somebody says of each brief that he takes it, so that only reminders are left to speak of."""
    for userid in (CHEN, "lisi", "wangwu"):
        for message in world.sandbox.app_messages_of(userid):
            if message.msgtype == "template_card" and str(message.task_id).startswith("card-") and not message.replaced:
                world.sandbox.advisor_clicks(userid, str(message.task_id), "taken")
    world.settles()


def test_who_is_about_to_buy_is_reminded_of_within_two_hours_and_not_again_after_the_advisor_called(world: World) -> None:
    reminding = reminding_of(world.assistant)
    customer = meets(world)
    wants_to_buy(world, customer)
    answers_briefs(world)
    minutes(world, reminding, 110)
    assert cards(world, "意向升级") == []
    minutes(world, reminding, 20)

    [card] = cards(world, "意向升级")
    told = str(card)
    assert "H 级 一周内可能成交" in told
    assert "建议话术" in told
    world.sandbox.advisor_clicks(CHEN, str(card["task_id"]), "contacted")
    world.settles()
    [shown] = [one for one in world.sandbox.app_messages_of(CHEN) if one.task_id == card["task_id"]]
    assert "已联系" in shown.replaced
    minutes(world, reminding, 6 * 60, step=15)
    assert len(cards(world)) == 1


def test_a_customer_who_spoke_with_his_advisor_since_gets_no_reminder(world: World) -> None:
    reminding = reminding_of(world.assistant)
    customer = meets(world)
    wants_to_buy(world, customer)
    answers_briefs(world)
    minutes(world, reminding, 60)
    world.asks(customer, "转人工")
    _, servicer = world.sandbox.session_of(customer)
    world.sandbox.servicer_says(servicer, customer, "您好，E7 今天的优惠是这样的")
    world.settles()
    answers_briefs(world)
    minutes(world, reminding, 90)

    assert cards(world, "意向升级") == []
    [rose] = rows(world, ReminderKind.ROSE)
    assert (rose.state, rose.dropped_why) == (ReminderState.DROPPED, "顾问刚和客户联系过")


def test_what_is_put_off_comes_again_and_a_loss_is_kept_with_its_reason(world: World) -> None:
    reminding = reminding_of(world.assistant)
    customer = meets(world)
    wants_to_buy(world, customer)
    answers_briefs(world)
    minutes(world, reminding, 130)
    [card] = cards(world, "意向升级")
    world.sandbox.advisor_clicks(CHEN, str(card["task_id"]), "later", {"choice": ["later_1h"]})
    world.settles()
    minutes(world, reminding, 50)
    assert len(cards(world, "意向升级")) == 1
    minutes(world, reminding, 20)

    _, again = cards(world, "意向升级")
    world.sandbox.advisor_clicks(CHEN, str(again["task_id"]), "lost", {"choice": ["lost_1"]})
    world.settles()
    with world.database.reading() as session:
        change = session.scalars(select(LevelChange).order_by(LevelChange.id.desc())).first()
    assert change is not None
    assert (change.after, change.reason["kind"], change.reason["text"]) == ("L", "recorded", "顾问记录：战败，买了别家")
    assert customer_of(world, customer).level == "L"


def test_without_an_answer_the_card_comes_again_and_then_the_manager_hears_of_it(world: World) -> None:
    with world.database.unit_of_work() as session:
        session.add(Advisor(userid=CHEN, name="陈晨", store="sh-pudong"))
        session.add(Operator(name="boss", role=Role.STORE_MANAGER, store="sh-pudong", userid="wangwu", made_at=world.now))
    reminding = reminding_of(world.assistant)
    customer = meets(world)
    wants_to_buy(world, customer)
    answers_briefs(world)
    minutes(world, reminding, 120 + 120 + 15)
    assert [str(card["main_title"]["title"]) for card in cards(world, "意向升级")] == [  # type: ignore[index]
        "意向升级，尽快首次联系",
        "意向升级，尽快首次联系（第 2 次提醒）",
    ]
    minutes(world, reminding, 120)
    [rose] = rows(world, ReminderKind.ROSE)
    assert rose.state == ReminderState.ESCALATED
    [told] = said_to(world, "wangwu")
    assert "顾问 陈晨 有 1 位客户待跟进" in told
    assert "晴天 H 级" in told


def test_a_customer_without_an_advisor_who_is_about_to_buy_is_a_card_on_the_managers_phone(world: World) -> None:
    with world.database.unit_of_work() as session:
        session.add(Operator(name="boss", role=Role.STORE_MANAGER, store="sh-pudong", userid="wangwu", made_at=world.now))
    reminding = reminding_of(world.assistant)
    customer = world.enters("晴天")
    wants_to_buy(world, customer)
    answers_briefs(world)
    minutes(world, reminding, 6 * 60, step=10)

    [card] = cards(world, "意向升级", "wangwu")
    assert "没有顾问，请安排人联系" in str(card)
    assert cards(world, "意向升级") == []
    world.sandbox.advisor_clicks("wangwu", str(card["task_id"]), "contacted")
    world.settles()
    assert [row.outcome_by for row in rows(world, ReminderKind.ROSE)] == ["wangwu"]


def test_two_schedulers_on_one_database_send_each_card_once(world: World) -> None:
    one, other = reminding_of(world.assistant), reminding_of(world.assistant)
    customer = meets(world)
    wants_to_buy(world, customer)
    answers_briefs(world)
    for _ in range(30):
        world.later(minutes=5)
        one.minute(world.now)
        other.minute(world.now)
        world.settles()
    assert len(cards(world, "意向升级")) == 1
    with world.database.reading() as session:
        sent = session.scalars(select(OutboxMessage).where(OutboxMessage.channel == Channel.ADVISOR_CARD)).all()
    assert all(row.state == State.DONE for row in sent)


def said_to(world: World, userid: str) -> list[str]:
    return [str(one.content["content"]) for one in world.sandbox.app_messages_of(userid) if one.msgtype == "text"]


def writes(world: World, text: str, userid: str = CHEN) -> list[str]:
    """What the app answers."""
    before = len(said_to(world, userid))
    world.sandbox.advisor_says(userid, text)
    world.settles()
    return said_to(world, userid)[before:]


def test_an_advisor_asks_the_app_and_records_by_writing(world: World) -> None:
    reminding = reminding_of(world.assistant)
    customer = meets(world)
    wants_to_buy(world, customer)
    answers_briefs(world)
    minutes(world, reminding, 10)

    [today] = writes(world, "今天跟谁")
    assert "晴天" in today
    [brief] = writes(world, "晴天")
    assert "H 级" in brief
    head, *scripts = writes(world, "E7的后备箱多大")
    assert "条话术" in head
    assert 1 <= len(scripts) <= 3
    [recorded] = writes(world, "晴天 已下订")
    assert recorded.startswith("已记录 晴天")
    assert customer_of(world, customer).level == "O"
    [help_text] = writes(world, "？")
    assert "您可以这样发给我" in help_text


def test_another_advisors_customer_is_not_told_of(world: World) -> None:
    meets(world, "晴天")
    assert all("意向分" not in text for text in writes(world, "晴天", "lisi"))


def tags_in_wecom(world: World, customer: str) -> set[str]:
    """The corp tags that his advisor sees."""
    ids = {tag.id: tag.name for tag in world.assistant.worker.wecom.contacts.corp_tags()}
    put = [row for row in world.outbox(State.DONE) if row.channel == Channel.TAGS and row.payload["external_id"] == customer]
    assert ids
    return {name for row in put for _, name in row.payload["add"]} & set(ids.values())


def speaks(world: World, key: str) -> None:
    """This plan of the pack is switched on."""
    with world.database.unit_of_work() as session:
        steer.start(session, session.scalars(select(Plan).where(Plan.key == key)).one(), now=world.now)


def days(world: World, count: int) -> None:
    """So many days pass, with a look at the plans every three hours."""
    ticker = ticker_of(world.database, world.assistant.knowledge.pack, world.clock)
    for _ in range(count * 8):
        world.later(hours=3)
        run_tick(ticker, now=world.now)
        world.settles()


def said_unprompted(world: World, customer: str) -> list[str]:
    """The mass messages that were made for him, in order."""
    return [
        str(row.payload["step"])
        for row in world.outbox()
        if row.channel == Channel.MASS_MESSAGE and customer in row.payload["external_ids"]
    ]


def test_what_an_advisor_records_begins_the_plans_that_follow_it(world: World) -> None:
    customer, other = meets(world), meets(world, "雨天")
    for key in ("after-test-drive", "waiting-for-car", "owner-first-month"):
        speaks(world, key)
    days(world, 1)
    assert said_unprompted(world, customer) == []
    [recorded] = writes(world, "晴天 试驾了")
    assert "已试驾" in recorded
    assert "已试驾" in tags_in_wecom(world, customer)
    days(world, 2)
    assert said_unprompted(world, customer) == ["td-1"]

    writes(world, "晴天 已下订")
    days(world, 2)
    assert said_unprompted(world, customer) == ["td-1", "w-1"]

    assert all("已记录" not in text for text in writes(world, "晴天 提车了吗"))
    writes(world, "晴天 提车")
    assert "车主" in tags_in_wecom(world, customer)
    days(world, 3)
    assert said_unprompted(world, customer) == ["td-1", "w-1", "o-1"]
    assert said_unprompted(world, other) == []
    with world.database.reading() as session:
        [owner] = session.scalars(select(CustomerTag).where(CustomerTag.name == "车主"))
    assert owner.words.startswith("顾问记录：已提车（")
