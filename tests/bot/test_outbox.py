"""What is to be said: queued once, kept with its reason when it is not said."""

from datetime import timedelta

import pytest

from bot import outbox
from bot.messages import TO_CUSTOMER, Channel, kf_lane
from bot.models import OutboxMessage
from bot.outbox import Deed
from bot.queue import Lease, State, expire_claims, settle
from core.db import Database
from tests.bot.builders import KF, LI, NOW, later, outbox_rows

LANE = kf_lane(KF, LI)


def queue(database: Database, key: str, channel: Channel = Channel.KF_TEXT, **how: object) -> bool:
    with database.unit_of_work() as session:
        return outbox.enqueue(session, key, channel, {"text": key}, **{"lane": LANE, "now": NOW, **how})  # type: ignore[arg-type]


def claim(database: Database, *, after: float = 0, worker: str = "w") -> Deed | None:
    return outbox.claim_next(database, Lease(worker, 60), now=later(after))


def test_the_same_key_is_queued_once(database: Database) -> None:
    assert queue(database, "reply:1:0") is True
    assert queue(database, "reply:1:0", Channel.KF_MENU) is False
    assert [row.channel for row in outbox_rows(database)] == [Channel.KF_TEXT]


def test_the_same_key_is_queued_once_even_after_it_was_said(database: Database) -> None:
    queue(database, "reply:1:0")
    deed = claim(database)
    assert deed is not None
    with database.unit_of_work() as session:
        settle(session, OutboxMessage, [deed.id], "w", State.DONE, now=NOW)
    assert queue(database, "reply:1:0") is False
    assert claim(database) is None


def test_a_deed_tells_what_it_needs(database: Database) -> None:
    queue(database, "reply:1:0")
    deed = claim(database)
    assert deed is not None
    assert (deed.key, deed.channel, deed.payload) == ("reply:1:0", Channel.KF_TEXT, {"text": "reply:1:0"})
    assert (deed.attempts, deed.created_at, deed.left_open) == (1, NOW, False)


def test_what_is_delayed_waits_for_its_moment(database: Database) -> None:
    queue(database, "reply:1:0", delay=timedelta(seconds=30))
    assert claim(database, after=29) is None
    assert claim(database, after=30) is not None


@pytest.mark.parametrize(("after", "state"), [(19, State.CLAIMED), (20, State.PARKED), (3600, State.PARKED)])
def test_a_greeting_that_came_too_late_is_parked_with_its_reason(database: Database, after: float, state: State) -> None:
    queue(database, "contact-welcome:code", Channel.CONTACT_WELCOME, expires_in=timedelta(seconds=20), urgent=True)
    assert (claim(database, after=after) is not None) == (state == State.CLAIMED)
    row = outbox_rows(database)[0]
    assert row.state == state
    assert row.reason == ("" if state == State.CLAIMED else "过了有效时间，没有发出")


@pytest.mark.parametrize(
    ("channel", "after", "state"),
    [
        (Channel.KF_TEXT, 61, State.CLAIMED),  # kf knows its own msgid: it is said again
        (Channel.KF_TEXT, 60 + 3 * 86400 - 1, State.CLAIMED),
        (Channel.KF_TEXT, 60 + 3 * 86400, State.UNCLEAR),
        (Channel.ADVISOR_CARD, 60 + 3.5 * 3600 - 1, State.CLAIMED),
        (Channel.ADVISOR_CARD, 60 + 3.5 * 3600, State.UNCLEAR),
        (Channel.TAGS, 60 + 30 * 86400, State.CLAIMED),
        (Channel.CONTACT_WELCOME, 61, State.UNCLEAR),  # nothing would tell WeCom that it is the same greeting
    ],
)
def test_an_open_claim_is_repeated_only_where_nobody_would_hear_it_twice(
    database: Database, channel: Channel, after: float, state: State
) -> None:
    queue(database, "reply:1:0", channel)
    claim(database, worker="dead")
    deed = claim(database, after=after)
    assert (deed is not None and deed.left_open) == (state == State.CLAIMED)
    row = outbox_rows(database)[0]
    assert row.state == state
    assert ("请人工确认" in row.reason) == (state == State.UNCLEAR)


def test_an_unclear_end_does_not_hold_up_the_lane(database: Database) -> None:
    queue(database, "first", Channel.CONTACT_WELCOME)
    queue(database, "second")
    claim(database, worker="dead")
    with database.unit_of_work() as session:
        expire_claims(session, OutboxMessage, now=later(1))
    assert claim(database, after=1) is None, "the first is settled on the way"
    following = claim(database, after=1)
    assert following is not None
    assert following.key == "second"


def test_silence_stops_what_waits_and_leaves_what_is_being_sent(database: Database) -> None:
    queue(database, "being sent")
    claim(database)
    for channel in (*sorted(TO_CUSTOMER), Channel.KF_HAND_OVER, Channel.ADVISOR_CARD):
        queue(database, channel, channel)
    queue(database, "another customer", lane=kf_lane(KF, "wm-wang"))
    with database.unit_of_work() as session:
        assert outbox.silence(session, LANE, reason="人工正在接待", now=later(5)) == 3
    found = {row.key: (row.state, row.reason) for row in outbox_rows(database)}
    assert {key for key, end in found.items() if end == (State.SKIPPED, "人工正在接待")} == set(TO_CUSTOMER)
    assert found["being sent"] == (State.CLAIMED, "")
    assert found["another customer"] == found["advisor_card"] == found["kf_hand_over"] == (State.WAITING, "")


def test_what_wecom_could_not_deliver_fails_afterwards(database: Database) -> None:
    queue(database, "reply:1:0")
    deed = claim(database)
    assert deed is not None
    with database.unit_of_work() as session:
        settle(session, OutboxMessage, [deed.id], "w", State.DONE, now=NOW, wecom_id="msgid-1")
        failed = outbox.fail_by_wecom_id(session, "msgid-1", reason="客户拒收", now=later(9))
        assert outbox.fail_by_wecom_id(session, "msgid-2", reason="客户拒收", now=later(9)) is None
    assert failed is not None
    assert (failed.state, failed.reason, failed.settled_at) == (State.PARKED, "客户拒收", later(9))


def test_rows_are_listed_by_state_newest_first(database: Database) -> None:
    for key in ("1", "2", "3"):
        queue(database, key, lane=key)
    claim(database)
    with database.reading() as session:
        assert [row.key for row in outbox.by_state(session, [State.WAITING])] == ["3", "2"]
        assert [row.key for row in outbox.by_state(session, [State.WAITING, State.CLAIMED], limit=1)] == ["3"]
        assert outbox.by_state(session, []) == []
