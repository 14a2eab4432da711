"""An advisor's week over the phones: the morning's list, the visits of his customers, who takes over from him, and Monday's report."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from admin.models import Operator
from admin.terms import Role
from customers.models import Advisor, Customer, Follow, LevelChange, SlotRecord
from run.compose import reminding_of
from sop.remind import Reminding
from sop.reminder_terms import ReminderKind, ReminderState
from tests.stories.test_an_advisor_is_reminded import CHEN, answers_briefs, cards, meets, minutes, rows, said_to, wants_to_buy
from tests.stories.world import START, World

MANAGER, STORE = "wangwu", "sh-pudong"
DAY = timedelta(days=1)


@pytest.fixture
def store(world: World) -> World:
    """Chen and Li look after the customers of one store, Wang manages it."""
    with world.database.unit_of_work() as session:
        session.add_all([Advisor(userid=CHEN, name="陈晨", store=STORE), Advisor(userid="lisi", name="李思", store=STORE)])
        session.add(Operator(name="boss", role=Role.STORE_MANAGER, store=STORE, userid=MANAGER, made_at=world.now))
    return world


def has_customer(world: World, name: str, level: str, *, rose: bool = False) -> None:
    """A customer of Chen's of long ago; `rose` this night, or at his level for a month."""
    at = world.now - timedelta(hours=3) if rose else world.now - 40 * DAY
    with world.database.unit_of_work() as session:
        seen = world.now - 60 * DAY
        one = Customer(external_id=f"wm-{name}", nickname=name, advisor=CHEN, store=STORE, level=level, first_seen_at=seen)
        session.add(one)
        session.flush()
        session.add(LevelChange(customer_id=one.id, before="C", after=level, reason={"text": "这周就定"}, changed_at=at))
        session.add(Follow(customer_id=one.id, advisor=CHEN, since=seen))


def will_visit(world: World, customer: str, on: str) -> None:
    """He said when he comes."""
    with world.database.unit_of_work() as session:
        one = session.scalars(select(Customer).where(Customer.external_id == customer)).one()
        said = {"message_id": f"m-{customer}", "words": "明天下午来试驾", "start": 0, "end": 7, "confidence": 1.0, "said_at": world.now}
        session.add(SlotRecord(customer_id=one.id, name="visit_time", value=on, **said))


def goes_to(world: World, day: int, clock: str) -> None:
    """It becomes this hour, so many days after the story began."""
    world.now = datetime.fromisoformat(f"{(START + day * DAY).date()}T{clock}:00+08:00")


def looks(world: World, reminding: Reminding) -> None:
    """One minute's look, and everything that follows from it."""
    reminding.minute(world.now)
    world.settles()


def titles(world: World, userid: str = CHEN) -> list[str]:
    found: list[Any] = cards(world, userid=userid)
    return [str(card["main_title"]["title"]) for card in found]


def test_at_nine_the_list_names_everybody_most_urgent_first_and_only_some_become_cards(store: World) -> None:
    goes_to(store, 1, "08:00")
    for number in range(9):
        has_customer(store, f"七天一次{number}", "B")
    has_customer(store, "三天一次", "A")
    has_customer(store, "今早升级", "H", rose=True)
    reminding = reminding_of(store.assistant)
    looks(store, reminding)
    assert (titles(store), said_to(store, CHEN)) == ([], []), "nobody is on duty yet"

    goes_to(store, 1, "09:00")
    looks(store, reminding)
    minutes(store, reminding, 60)

    [told] = said_to(store, CHEN)
    head, *lines = told.splitlines()
    assert head == "今天要跟进 11 位客户，其中 1 位要尽快："
    assert lines[0].startswith("1. 今早升级 H 级")
    assert lines[1].startswith("2. 三天一次 A 级")
    assert len(lines) == 11
    rules = reminding.rules
    assert len(titles(store)) == 1 + rules.cards_a_day - rules.kept_for_urgent, "some of the day's cards are kept for what cannot wait"
    assert titles(store)[0].startswith("意向升级")

    minutes(store, reminding, 10 * 60, step=30)
    assert len(said_to(store, CHEN)) == 1, "once a day"


def test_a_visit_tomorrow_is_reminded_of_and_one_of_yesterday_that_nobody_recorded(store: World) -> None:
    reminding = reminding_of(store.assistant)
    customer, other = meets(store, "晴天"), meets(store, "雨天")
    for one in (customer, other):
        will_visit(store, one, f"{(START + DAY).date()}T15:00")
    goes_to(store, 0, "16:59")
    looks(store, reminding)
    assert titles(store) == []
    goes_to(store, 0, "17:00")
    looks(store, reminding)
    assert titles(store) == ["客户明天到店", "客户明天到店"]

    comes, stays_away = [str(card["task_id"]) for card in cards(store)]
    goes_to(store, 0, "18:00")
    store.sandbox.advisor_clicks(CHEN, stays_away, "contacted")
    store.settles()
    goes_to(store, 1, "16:00")
    store.sandbox.advisor_clicks(CHEN, comes, "visited")
    store.settles()
    goes_to(store, 2, "09:00")
    looks(store, reminding)

    [away] = [row.external_id for row in rows(store, ReminderKind.VISIT_EVE) if stays_away.startswith(row.card)]
    assert [row.external_id for row in rows(store, ReminderKind.VISIT_PAST)] == [away]
    assert titles(store)[2:] == ["昨天约了到店，还没有记录"]


def test_who_takes_over_hears_the_story_so_far(store: World) -> None:
    reminding = reminding_of(store.assistant)
    customer = meets(store, "晴天")
    wants_to_buy(store, customer)
    answers_briefs(store)
    minutes(store, reminding, 130)
    assert len(cards(store, "意向升级")) == 1
    with store.database.unit_of_work() as session:
        session.execute(update(Advisor).where(Advisor.userid == CHEN).values(is_active=False))
    minutes(store, reminding, 130)
    told = said_to(store, MANAGER)
    assert any("顾问不在岗" in text and "晴天" in text for text in told)

    store.sandbox.customer_adds_advisor(customer, "lisi")
    store.sandbox.advisor_deletes_customer(CHEN, customer)
    store.settles()
    minutes(store, reminding, 30)
    answers_briefs(store)

    [card] = cards(store, "意向升级", userid="lisi")
    assert f"提醒过 1 次，原顾问 {CHEN}" in str(card), "the whole of it"
    [rose] = rows(store, ReminderKind.ROSE)
    assert (rose.advisor, rose.state) == ("lisi", ReminderState.ASKED)
    assert len(cards(store, "意向升级")) == 1, "who has left is not asked again"


def test_on_monday_the_manager_reads_what_was_kept_and_missed(store: World) -> None:
    reminding = reminding_of(store.assistant)
    kept, missed = meets(store, "晴天"), meets(store, "雨天")
    for one in (kept, missed):
        wants_to_buy(store, one)
    with store.database.unit_of_work() as session:
        session.execute(update(Customer).values(store=STORE))
    answers_briefs(store)
    minutes(store, reminding, 130)
    mine = next(row for row in rows(store, ReminderKind.ROSE) if row.external_id == kept)
    [card] = [one for one in cards(store, "意向升级") if str(one["task_id"]).startswith(mine.card)]
    store.sandbox.advisor_clicks(CHEN, str(card["task_id"]), "contacted")
    store.settles()
    minutes(store, reminding, 5 * 60, step=30)

    goes_to(store, 7, "09:29")
    looks(store, reminding)
    assert not [text for text in said_to(store, MANAGER) if text.startswith("跟进周报")]
    goes_to(store, 7, "09:30")
    looks(store, reminding)
    looks(store, reminding_of(store.assistant))

    [report] = [text for text in said_to(store, MANAGER) if text.startswith("跟进周报")]
    assert len([row for row in store.outbox() if row.key.startswith("weekly:")]) == 1
    assert "按时跟进 1 次，超时上报 1 次" in report
    assert "级别上升 2 次" in report
    assert "陈晨 1 次" in report
