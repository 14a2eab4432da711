"""Claims: each row once, each lane in order, lanes side by side, and nothing counts after the lease is lost."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot import inbox, outbox
from bot.inbox_terms import KF_ENTRY, Received
from bot.messages import Channel
from bot.models import InboxMessage, OutboxMessage
from bot.outbox import Deed
from bot.queue import ClaimLost, Lease, State, again, backoff, expire_claims, settle
from core.db import Database
from tests.bot.builders import NOW, inbox_rows, later, outbox_rows

LEASE = 60.0


def queue(database: Database, *keys: str, channel: Channel = Channel.KF_TEXT, urgent: bool = False) -> None:
    """Keys are «lane/number»."""
    with database.unit_of_work() as session:
        for key in keys:
            outbox.enqueue(session, key, channel, {}, lane=key.partition("/")[0], now=NOW, urgent=urgent)


def claim(database: Database, worker: str, *, after: float = 0) -> Deed | None:
    return outbox.claim_next(database, Lease(worker, LEASE), now=later(after))


def claimed_key(database: Database, worker: str = "w", *, after: float = 0) -> str | None:
    deed = claim(database, worker, after=after)
    return deed.key if deed else None


def done(database: Database, deed: Deed, worker: str, *, after: float = 0) -> None:
    with database.unit_of_work() as session:
        settle(session, OutboxMessage, [deed.id], worker, State.DONE, now=later(after))


def test_eight_threads_claim_every_row_once_and_each_lane_in_order(database: Database) -> None:
    keys = [f"lane-{lane}/{number}" for number in range(4) for lane in range(6)]
    queue(database, *keys)
    began: list[str] = []
    busy: list[str] = []
    crowded: list[str] = []

    def work(worker: str) -> None:
        while len(began) < len(keys):
            deed = claim(database, worker)
            if deed is None:
                time.sleep(0.002)
                continue
            lane = deed.key.partition("/")[0]
            crowded.extend(other for other in list(busy) if other == lane)
            began.append(deed.key)
            busy.append(lane)
            time.sleep(0.001)
            busy.remove(lane)
            done(database, deed, worker)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, [f"worker-{n}" for n in range(8)]))
    assert sorted(began) == sorted(keys), "every row once"
    assert crowded == [], "nobody begins in a lane where somebody is still at work"
    for lane in range(6):
        assert [key for key in began if key.startswith(f"lane-{lane}/")] == [f"lane-{lane}/{number}" for number in range(4)]
    assert {row.state for row in outbox_rows(database)} == {State.DONE}


def test_eight_threads_hear_every_message_once_and_each_customer_in_order(database: Database) -> None:
    heard = [Received(f"{lane}/{number}", KF_ENTRY, f"lane-{lane}", "{}", NOW) for number in range(3) for lane in range(5)]
    with database.unit_of_work() as session:
        inbox.accept(session, heard, now=NOW)
    handled: list[int] = []

    def work(worker: str) -> None:
        while len(handled) < len(heard):
            claimed = inbox.claim_next(database, Lease(worker, LEASE), now=NOW)
            if claimed is None:
                time.sleep(0.002)
                continue
            handled.extend(claimed.ids)
            with database.unit_of_work() as session:
                settle(session, InboxMessage, claimed.ids, worker, State.DONE, now=NOW)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, [f"worker-{n}" for n in range(8)]))
    rows = inbox_rows(database)
    assert sorted(handled) == [row.id for row in rows]
    for lane in {row.lane for row in rows}:
        of_lane = [row.id for row in rows if row.lane == lane]
        assert [id for id in handled if id in of_lane] == of_lane


def test_a_lane_waits_for_its_oldest_while_others_go_on(database: Database) -> None:
    queue(database, "a/1", "a/2", "b/1")
    assert [claimed_key(database) for _ in range(3)] == ["a/1", "b/1", None]


def test_a_lane_goes_on_when_its_oldest_has_ended(database: Database) -> None:
    queue(database, "a/1", "a/2")
    first = claim(database, "w")
    assert first is not None
    done(database, first, "w")
    assert claimed_key(database) == "a/2"


def test_what_is_to_be_tried_again_keeps_its_lane_waiting(database: Database) -> None:
    queue(database, "a/1", "a/2")
    first = claim(database, "w")
    assert first is not None
    with database.unit_of_work() as session:
        again(session, OutboxMessage, [first.id], "w", at=later(8), reason="网络不通")
    assert claimed_key(database, after=7) is None
    second_try = claim(database, "w", after=8)
    assert second_try is not None
    assert (second_try.key, second_try.attempts, second_try.left_open) == ("a/1", 2, False)


def test_the_urgent_go_first(database: Database) -> None:
    queue(database, "a/1")
    queue(database, "b/1", urgent=True)
    assert claimed_key(database) == "b/1"


def test_a_claim_holds_until_its_lease_has_run_out(database: Database) -> None:
    queue(database, "a/1")
    assert claimed_key(database, "slow") == "a/1"
    assert claimed_key(database, "quick", after=LEASE) is None
    taken = claim(database, "quick", after=LEASE + 1)
    assert taken is not None
    assert (taken.key, taken.attempts, taken.left_open) == ("a/1", 2, True)


def test_the_late_worker_loses_the_claim_and_all_that_he_did(database: Database) -> None:
    queue(database, "a/1")
    slow = claim(database, "slow")
    assert slow is not None
    quick = claim(database, "quick", after=LEASE + 1)
    assert quick is not None

    def finish_late() -> None:
        with database.unit_of_work() as session:
            outbox.enqueue(session, "b/1", Channel.KF_TEXT, {}, lane="b", now=NOW)
            settle(session, OutboxMessage, [slow.id], "slow", State.DONE, now=later(LEASE + 2))

    with pytest.raises(ClaimLost):
        finish_late()
    assert [(row.key, row.claimed_by) for row in outbox_rows(database)] == [("a/1", "quick")], "«b/1» was rolled back"
    done(database, quick, "quick", after=LEASE + 2)
    with pytest.raises(ClaimLost):
        finish_late()


def test_a_late_worker_may_not_put_back_what_another_has(database: Database) -> None:
    queue(database, "a/1")
    slow = claim(database, "slow")
    assert slow is not None
    claim(database, "quick", after=LEASE + 1)
    with pytest.raises(ClaimLost), database.unit_of_work() as session:
        again(session, OutboxMessage, [slow.id], "slow", at=NOW, reason="")


def test_the_late_worker_may_still_settle_while_nobody_else_has_begun(database: Database) -> None:
    queue(database, "a/1")
    slow = claim(database, "slow")
    assert slow is not None
    done(database, slow, "slow", after=LEASE + 5)
    assert outbox_rows(database)[0].state == State.DONE


def test_after_a_restart_what_a_dead_process_held_is_free_at_once(database: Database) -> None:
    queue(database, "a/1", "b/1")
    claim(database, "dead")
    with database.unit_of_work() as session:
        assert expire_claims(session, OutboxMessage, now=later(1)) == 1
    taken = claim(database, "new", after=1)
    assert taken is not None
    assert (taken.key, taken.left_open) == ("a/1", True)


def test_a_restart_does_not_make_an_old_claim_look_young(database: Database) -> None:
    queue(database, "a/1", channel=Channel.ADVISOR_CARD)
    claim(database, "dead")
    hours = 6 * 3600
    with database.unit_of_work() as session:
        expire_claims(session, OutboxMessage, now=later(hours))
    assert claimed_key(database, "new", after=hours) is None, "after four hours WeCom would not know the card as the same"
    assert outbox_rows(database)[0].state == State.UNCLEAR


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 1), (1, 1), (2, 2), (3, 4), (9, 256), (10, 300), (99, 300)])
def test_each_failure_doubles_the_pause_up_to_five_minutes(attempts: int, seconds: int) -> None:
    assert backoff(attempts) == timedelta(seconds=seconds)
