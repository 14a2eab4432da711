"""What advisors tap on a brief's card."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest

from bot import sessions
from bot.brief import brief_of
from bot.hear_member import hear_click
from bot.messages import Channel, kf_lane
from bot.models import Brief, OutboxMessage
from bot.queue import State
from bot.wecom.callback import CardClick
from bot.wecom.envelope import CallbackKind
from bot.wecom.terms import KfState
from core.db import Database
from customers.models import Advisor
from tests.bot.builders import KF, LI, NOW, item, later, outbox_rows, speech

TASK = "card-1"
Tap = Callable[..., tuple[State, str]]


def add_brief(database: Database, recipients: list[str]) -> None:
    with database.unit_of_work() as session:
        session.add(Brief(task_id=TASK, external_id=LI, open_kfid=KF, reason="not_covered", recipients=recipients, created_at=NOW))


def taps(database: Database) -> Tap:
    numbers = iter(range(1, 100))

    def tap(key: str, by: str = "chen", *, task: str = TASK, now: datetime = NOW) -> tuple[State, str]:
        click = CardClick(by, task, key, "button_interaction", f"code-{by}", {})
        with database.unit_of_work() as session:
            return hear_click(session, speech(), click, item("", id=next(numbers), kind=CallbackKind.TEMPLATE_CARD), now=now)

    return tap


@pytest.fixture
def tap(sqlite_database: Database) -> Tap:
    """One tap on the card of a brief to chen and zhou, as (state, reason)."""
    add_brief(sqlite_database, ["chen", "zhou"])
    return taps(sqlite_database)


def brief(database: Database) -> Brief:
    with database.reading() as session:
        found = brief_of(session, TASK)
    assert found is not None
    return found


def queued(database: Database, channel: Channel) -> list[OutboxMessage]:
    return [row for row in outbox_rows(database) if row.channel == channel]


@pytest.mark.parametrize(("key", "label"), [("taken", "已由chen跟进"), ("called", "chen已联系"), ("later", "chen稍后处理")])
def test_a_tap_is_recorded_and_shown_on_every_card(tap: Tap, sqlite_database: Database, key: str, label: str) -> None:
    assert tap(key) == (State.DONE, label)
    found = brief(sqlite_database)
    assert (found.outcome, found.outcome_by, found.outcome_at) == (key, "chen", NOW)
    assert [row.payload for row in queued(sqlite_database, Channel.CARD_UPDATE)] == [
        {"userids": ["chen", "zhou"], "response_code": "code-chen", "label": label}
    ]


def test_who_did_it_is_called_by_his_name_where_it_is_known(tap: Tap, sqlite_database: Database) -> None:
    with sqlite_database.unit_of_work() as session:
        session.add(Advisor(userid="chen", name="陈晨"))
    assert tap("taken") == (State.DONE, "已由陈晨跟进")
    assert brief(sqlite_database).outcome_by == "chen"


@pytest.mark.parametrize("second", ["taken", "called", "later"])
def test_the_first_outcome_counts(tap: Tap, sqlite_database: Database, second: str) -> None:
    tap("taken")
    assert tap(second, "zhou", now=later(60)) == (State.DONE, "已有结果：已由chen跟进")
    assert (brief(sqlite_database).outcome_by, brief(sqlite_database).outcome_at) == ("chen", NOW)
    assert {row.payload["label"] for row in queued(sqlite_database, Channel.CARD_UPDATE)} == {"已由chen跟进"}


def test_later_is_not_yet_an_outcome(tap: Tap, sqlite_database: Database) -> None:
    tap("later")
    assert tap("taken", "zhou", now=later(60)) == (State.DONE, "已由zhou跟进")
    assert brief(sqlite_database).outcome_at == later(60)


@pytest.mark.parametrize(
    ("state", "key", "given"),
    [
        (KfState.POOL, "taken", True),
        (KfState.POOL, "called", False),
        (KfState.ASSISTANT, "taken", False),
        (KfState.HUMAN, "taken", False),
        (None, "taken", False),
    ],
)
def test_who_takes_it_gets_the_session_that_waits_in_the_pool(
    tap: Tap, sqlite_database: Database, state: KfState | None, key: str, given: bool
) -> None:
    if state is not None:
        with sqlite_database.unit_of_work() as session:
            sessions.note_state(session, KF, LI, state, now=NOW)
    tap(key)
    moves = [(row.lane, row.payload["prefer"]) for row in queued(sqlite_database, Channel.KF_HAND_OVER)]
    assert moves == [(kf_lane(KF, LI), ["chen"])] * given


def test_only_the_first_who_takes_it_gets_the_session(tap: Tap, sqlite_database: Database) -> None:
    with sqlite_database.unit_of_work() as session:
        sessions.note_state(session, KF, LI, KfState.POOL, now=NOW)
    tap("taken")
    tap("taken", "zhou")
    assert len(queued(sqlite_database, Channel.KF_HAND_OVER)) == 1


@pytest.mark.parametrize(("key", "task"), [("taken", "card-unknown"), ("brand_new", TASK)])
def test_an_unknown_card_or_button_is_ignored_with_its_reason(tap: Tap, sqlite_database: Database, key: str, task: str) -> None:
    assert tap(key, task=task) == (State.IGNORED, "不认识的卡片或按钮")
    assert outbox_rows(sqlite_database) == []


def test_of_two_who_tap_at_the_same_moment_one_is_first(database: Database) -> None:
    add_brief(database, ["chen", "zhou"])
    tap, together = taps(database), Barrier(2)

    def tap_together(who: str) -> str:
        together.wait(5)
        return tap("taken", who)[1]

    with ThreadPoolExecutor(2) as threads:
        told = list(threads.map(tap_together, ["chen", "zhou"]))
    assert sorted(words.startswith("已有结果") for words in told) == [False, True]
    assert len({words.removeprefix("已有结果：") for words in told}) == 1
