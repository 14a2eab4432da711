"""An advisor and a customer became contacts, or ceased to be."""

from collections.abc import Callable
from datetime import datetime

import pytest

from bot.hear_contact import hear_contact
from bot.inbox_terms import Item
from bot.messages import Channel
from bot.models import OutboxMessage
from bot.queue import State
from bot.wecom.callback import ContactChange, ContactChangeType
from bot.wecom.envelope import CallbackKind
from core.db import Database
from customers import store
from customers.models import Customer, Follow
from tests.bot.builders import LI, NOW, item, later, outbox_rows, speech

ADDED, HALF_ADDED = ContactChangeType.ADDED, ContactChangeType.HALF_ADDED
Hear = Callable[..., tuple[State, str]]


@pytest.fixture
def hear(sqlite_database: Database) -> Hear:
    """One event handled, as (state, reason); each has an inbox row of its own."""
    numbers = iter(range(1, 100))

    def hear(
        change_type: ContactChangeType, *, code: str = "", state: str = "", source: str = "", fail_reason: str = "", now: datetime = NOW
    ) -> tuple[State, str]:
        change = ContactChange(change_type, "chen", LI, state, code, source, fail_reason)
        row: Item = item("", id=next(numbers), kind=CallbackKind.EXTERNAL_CONTACT)
        with sqlite_database.unit_of_work() as session:
            return hear_contact(session, speech(), change, row, now=now)

    return hear


def known(database: Database) -> tuple[Customer, Follow]:
    with database.reading() as session:
        customer = store.customer_by_external_id(session, LI)
        assert customer is not None
        follow = store.follow_of(session, customer.id, "chen")
        assert follow is not None
        return customer, follow


def welcomes(database: Database) -> list[OutboxMessage]:
    return [row for row in outbox_rows(database) if row.channel == Channel.CONTACT_WELCOME]


@pytest.mark.parametrize("added", [ADDED, HALF_ADDED])
def test_a_new_contact_is_known_greeted_and_read(hear: Hear, sqlite_database: Database, added: ContactChangeType) -> None:
    assert hear(added, code="c1", state="store01_window") == (State.DONE, "欢迎语已排队")
    customer, follow = known(sqlite_database)
    assert (customer.channel, follow.channel, follow.since, follow.ended_at) == ("store01_window", "store01_window", NOW, None)
    assert [row.channel for row in outbox_rows(sqlite_database)] == [Channel.TAGS, Channel.CONTACT_PROFILE, Channel.CONTACT_WELCOME]
    welcome = welcomes(sqlite_database)[0]
    assert (welcome.priority, welcome.expires_at, welcome.payload["code"]) == (0, later(20), "c1")
    assert "感谢您在店门口扫码" in welcome.payload["text"]
    assert welcome.payload["attachments"] == ["compare-e7-e5", "test-drive-booking"]


def test_half_added_and_added_bring_one_greeting(hear: Hear, sqlite_database: Database) -> None:
    hear(HALF_ADDED, code="c1")
    assert hear(ADDED, code="c1") == (State.DONE, "同一凭证的欢迎语已排过队")
    assert len(welcomes(sqlite_database)) == 1


@pytest.mark.parametrize("state", ["", "a channel without words of its own"])
def test_a_greeting_has_no_braces_left(hear: Hear, sqlite_database: Database, state: str) -> None:
    hear(ADDED, code="c1", state=state)
    text = welcomes(sqlite_database)[0].payload["text"]
    assert text.startswith("您好")
    assert not {"{", "}"} & set(text)


def test_without_a_code_there_is_no_greeting(hear: Hear, sqlite_database: Database) -> None:
    state, reason = hear(ADDED)
    assert state == State.DONE
    assert "没有欢迎语凭证" in reason
    assert welcomes(sqlite_database) == []


@pytest.mark.parametrize(("after", "count"), [(19, 1), (20, 0), (600, 0)])
def test_a_code_lives_twenty_seconds(hear: Hear, sqlite_database: Database, after: float, count: int) -> None:
    hear(ADDED, code="c1", now=later(after))
    assert len(welcomes(sqlite_database)) == count
    assert [row.expires_at for row in welcomes(sqlite_database)] == [later(20)] * count


def test_an_edit_is_noted_and_the_profile_read_again(hear: Hear, sqlite_database: Database) -> None:
    hear(ADDED)
    assert hear(ContactChangeType.EDITED, now=later(60))[0] == State.DONE
    assert known(sqlite_database)[1].edited_at == later(60)
    assert [row.channel for row in outbox_rows(sqlite_database)] == [Channel.TAGS, Channel.CONTACT_PROFILE, Channel.CONTACT_PROFILE]


@pytest.mark.parametrize(
    ("change_type", "source", "ended_by", "reason"),
    [
        (ContactChangeType.DELETED_BY_ADVISOR, "", "advisor", "顾问删除了客户"),
        (ContactChangeType.DELETED_BY_ADVISOR, "DELETE_BY_TRANSFER", "transfer", "因继承移除"),
        (ContactChangeType.DELETED_BY_CUSTOMER, "", "customer", "客户删除了顾问"),
    ],
)
@pytest.mark.parametrize("was_known", [True, False])
def test_an_end_is_recorded_with_who_ended_it(
    hear: Hear, sqlite_database: Database, was_known: bool, change_type: ContactChangeType, source: str, ended_by: str, reason: str
) -> None:
    if was_known:
        hear(ADDED)
    assert hear(change_type, source=source, now=later(60)) == (State.DONE, reason)
    follow = known(sqlite_database)[1]
    assert (follow.ended_at, follow.ended_by) == (later(60), ended_by)


def test_who_comes_back_is_a_contact_again(hear: Hear, sqlite_database: Database) -> None:
    hear(ADDED, state="auto_show")
    hear(ContactChangeType.DELETED_BY_CUSTOMER, now=later(60))
    hear(ADDED, state="online_ad", now=later(120))
    customer, follow = known(sqlite_database)
    assert (follow.since, follow.ended_at, follow.ended_by, follow.channel) == (later(120), None, "", "online_ad")
    assert customer.channel == "auto_show", "the channel he first came through"


def test_a_failed_transfer_says_why(hear: Hear) -> None:
    assert hear(ContactChangeType.TRANSFER_FAILED, fail_reason="customer_refused") == (State.DONE, "继承失败：customer_refused")


@pytest.mark.parametrize("change_type", [ContactChangeType.ARCHIVE_APPROVED, ContactChangeType.OTHER])
def test_what_needs_nothing_makes_nobody_known(hear: Hear, sqlite_database: Database, change_type: ContactChangeType) -> None:
    assert hear(change_type) == (State.IGNORED, f"无需处理：{change_type}")
    with sqlite_database.reading() as session:
        assert store.customer_by_external_id(session, LI) is None
