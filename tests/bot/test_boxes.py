"""What stopped: by reason, tried again, given up, and what it was about."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot import boxes, inbox, outbox
from bot.boxes import About
from bot.inbox_terms import KF_TEXT, Received
from bot.messages import Channel
from bot.models import Brief, InboxMessage, OutboxMessage
from bot.queue import Lease, State
from core.db import Database
from tests.bot.builders import KF, LI, NOW, inbox_rows, later, outbox_rows, raw_text

DAY = 86400.0
REASON = "试了 5 次：连不上"


def stopped(database: Database, key: str, *, state: State = State.PARKED, reason: str = REASON, **also: Any) -> int:
    """A row of the outbox that stopped."""
    values = {"channel": Channel.KF_TEXT, "lane": key, "payload": {"open_kfid": KF, "external_id": LI, "text": "您好"}}
    times = {"created_at": NOW, "due_at": NOW, "settled_at": NOW}
    with database.unit_of_work() as session:
        row = OutboxMessage(**{"key": key, "state": state, "reason": reason, "attempts": 5, "claimed_by": "", **values, **times, **also})
        session.add(row)
        session.flush()
        return row.id


def heard(database: Database, msgid: str) -> int:
    """A message in the inbox that stopped."""
    body = json.dumps(raw_text(msgid, "E7多少钱"), ensure_ascii=False)
    with database.unit_of_work() as session:
        (known,) = inbox.accept(session, [Received(msgid, KF_TEXT, "lane", body, NOW)], state=State.PARKED, reason=REASON, now=NOW)
    return known


def test_what_is_tried_again_waits_with_all_its_attempts_and_is_claimed_at_once(database: Database) -> None:
    known = stopped(database, "a")
    with database.unit_of_work() as session:
        assert boxes.try_again(session, OutboxMessage, [known], reason="李娜 让它重试", now=later(60)).done == (known,)
    (row,) = outbox_rows(database)
    assert (row.state, row.attempts, row.reason, row.settled_at) == (State.WAITING, 0, "李娜 让它重试", None)
    deed = outbox.claim_next(database, Lease("sender", 60), now=later(61))
    assert deed is not None
    assert deed.attempts == 1
    assert not deed.left_open


def test_a_message_is_tried_again_too(database: Database) -> None:
    known = heard(database, "m1")
    with database.unit_of_work() as session:
        boxes.try_again(session, InboxMessage, [known], reason="", now=later(60))
    claimed = inbox.claim_next(database, Lease("handler", 60), now=later(61))
    assert claimed is not None
    assert claimed.ids == [known]


@pytest.mark.parametrize(("seconds", "late"), [(59, False), (60, True)])
def test_what_is_past_its_time_is_not_tried_again(database: Database, seconds: float, late: bool) -> None:
    known = stopped(database, "welcome", channel=Channel.CONTACT_WELCOME, expires_at=later(60))
    with database.unit_of_work() as session:
        settled = boxes.try_again(session, OutboxMessage, [known], reason="", now=later(seconds))
    assert settled.late == ((known,) if late else ())
    assert outbox_rows(database)[0].state == (State.PARKED if late else State.WAITING)


def test_what_is_given_up_keeps_what_had_stopped_it(database: Database) -> None:
    said, read = stopped(database, "a", state=State.UNCLEAR), heard(database, "m1")
    with database.unit_of_work() as session:
        boxes.give_up(session, OutboxMessage, [said], reason="李娜 放弃", now=later(60))
        boxes.give_up(session, InboxMessage, [read], reason="李娜 放弃", now=later(60))
    assert [(row.state, row.reason) for row in outbox_rows(database)] == [(State.SKIPPED, f"李娜 放弃：{REASON}")]
    assert [(row.state, row.settled_at) for row in inbox_rows(database)] == [(State.IGNORED, later(60))]


@pytest.mark.parametrize("state", [State.WAITING, State.CLAIMED, State.DONE, State.SKIPPED])
def test_only_what_is_stuck_can_be_settled(database: Database, state: State) -> None:
    known = stopped(database, "a", state=state)
    with database.unit_of_work() as session:
        assert boxes.try_again(session, OutboxMessage, [known], reason="", now=NOW).done == ()
        assert boxes.give_up(session, OutboxMessage, [known], reason="", now=NOW).done == ()
    assert outbox_rows(database)[0].state == state


def test_what_stopped_is_told_by_reason_oldest_first(database: Database) -> None:
    newer = [stopped(database, key, reason="素材坏了", settled_at=later(9)) for key in ("a", "b")]
    older = stopped(database, "c")
    stopped(database, "d", state=State.DONE)
    with database.reading() as session:
        piles = boxes.piles(session, OutboxMessage)
        assert [(pile.reason, pile.count, pile.oldest) for pile in piles] == [(REASON, 1, NOW), ("素材坏了", 2, later(9))]
        assert [boxes.ids_in(session, OutboxMessage, pile) for pile in piles] == [[older], newer]


def test_many_rows_are_settled_at_once(database: Database) -> None:
    ids = [stopped(database, f"row {n}") for n in range(1201)]
    with database.unit_of_work() as session:
        assert boxes.give_up(session, OutboxMessage, ids, reason="", now=NOW).done == tuple(ids)


@pytest.mark.parametrize(
    ("channel", "seconds", "once"),
    [
        (Channel.KF_TEXT, 3 * DAY - 1, True),
        (Channel.KF_TEXT, 3 * DAY, False),
        (Channel.CONTACT_WELCOME, 0, False),
        (Channel.TAGS, 30 * DAY, True),
    ],
)
def test_a_repeat_is_heard_once_as_long_as_wecom_remembers(channel: Channel, seconds: float, once: bool) -> None:
    row = OutboxMessage(channel=channel, created_at=NOW)
    assert boxes.is_heard_once(row, now=later(seconds)) is once


def test_a_row_says_whom_it_is_about_and_what_would_be_said(database: Database) -> None:
    stopped(database, "a")
    stopped(
        database,
        "b",
        payload={"userids": ["zhang"], "task_id": "t1", "title": "客户要人工", "quote": "转人工"},
        channel=Channel.ADVISOR_CARD,
    )
    stopped(database, "c", payload={}, channel=Channel.TAGS)
    heard(database, "m1")
    with database.unit_of_work() as session:
        session.add(Brief(task_id="t1", external_id=LI, open_kfid=KF, reason="complaint", recipients=[], created_at=NOW))
    with database.reading() as session:
        told = [boxes.about(session, row) for row in outbox_rows(database)] + [boxes.about(session, row) for row in inbox_rows(database)]
    assert told == [About(LI, (), "您好"), About(LI, ("zhang",), "客户要人工\n转人工"), About(), About(LI, (), "E7多少钱")]


@pytest.mark.parametrize("raw", ["{}", "", "<xml>", "no json"])
@pytest.mark.parametrize("kind", [KF_TEXT, "external_contact", "unknown", "daily"])
def test_a_row_that_was_emptied_or_cannot_be_read_is_about_nothing(sqlite_database: Database, raw: str, kind: str) -> None:
    with sqlite_database.reading() as session:
        assert boxes.about(session, InboxMessage(kind=kind, raw=raw)) == About()


def test_overdue_is_what_nobody_took_for_so_long(database: Database) -> None:
    stopped(database, "a", state=State.WAITING, due_at=NOW)
    # Behind another row of its lane it waits for that one.
    stopped(database, "b", state=State.WAITING, lane="a", due_at=NOW)
    stopped(database, "c", state=State.CLAIMED, claimed_until=later(60))
    with database.reading() as session:
        assert boxes.overdue(session, OutboxMessage, since=NOW - timedelta(seconds=1)) == 0
        assert boxes.overdue(session, OutboxMessage, since=NOW) == 1
        assert boxes.overdue(session, OutboxMessage, since=later(61)) == 2
