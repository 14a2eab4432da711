"""What was heard: stored once, claimed a turn at a time."""

import json
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from bot import inbox
from bot.burst import BurstRule
from bot.inbox_terms import KF_ENTRY, KF_NOTICE, KF_TEXT, Claimed, Received
from bot.models import InboxMessage
from bot.queue import Lease, State, again
from core.db import Database
from tests.bot.builders import LI, NOW, inbox_rows, item, later, raw_text

RULE = BurstRule(quick=timedelta(seconds=0.3), quiet=timedelta(seconds=2), longest=timedelta(seconds=8))
LANE = f"kf:hall:{LI}"


def received(key: str, *, kind: str = KF_ENTRY, lane: str = LANE, words: str = "", urgent: bool = False) -> Received:
    return Received(key, kind, lane, json.dumps(raw_text(key, words)), NOW, urgent)


def hear(database: Database, *messages: Received, at: float = 0) -> list[int]:
    with database.unit_of_work() as session:
        return inbox.accept(session, messages, now=later(at))


def hear_text(database: Database, key: str, words: str, *, at: float = 0) -> None:
    with database.unit_of_work() as session:
        inbox.accept(session, [received(key, kind=KF_TEXT, words=words)], now=later(at))
        inbox.hold_turn(session, LANE, RULE, spoke_before=None)


def claim(database: Database, *, at: float = 0, worker: str = "w") -> Claimed | None:
    return inbox.claim_next(database, Lease(worker, 60), now=later(at))


def keys_of(database: Database, claimed: Claimed | None) -> list[str]:
    assert claimed is not None
    with database.reading() as session:
        return list(session.scalars(select(InboxMessage.dedup_key).where(InboxMessage.id.in_(claimed.ids)).order_by(InboxMessage.id)))


def test_a_repeated_message_is_stored_once(database: Database) -> None:
    assert len(hear(database, received("m1"), received("m2"))) == 2
    assert len(hear(database, received("m1"), received("m3"))) == 1
    assert [row.dedup_key for row in inbox_rows(database)] == ["m1", "m2", "m3"]


def test_a_message_that_nobody_handles_is_kept_with_its_reason(database: Database) -> None:
    with database.unit_of_work() as session:
        inbox.accept(session, [received("m1")], state=State.IGNORED, reason="未处理的事件", now=NOW)
    row = inbox_rows(database)[0]
    assert (row.state, row.reason, row.settled_at) == (State.IGNORED, "未处理的事件", NOW)
    assert claim(database) is None


def test_a_burst_is_claimed_as_one_turn(database: Database) -> None:
    hear_text(database, "m1", "你好", at=0)
    hear_text(database, "m2", "那个", at=1)
    hear_text(database, "m3", "E7多少钱", at=2)
    assert claim(database, at=3.9) is None, "he may still be typing"
    assert keys_of(database, claim(database, at=4)) == ["m1", "m2", "m3"]


def test_a_whole_question_does_not_wait_for_more(database: Database) -> None:
    hear_text(database, "m1", "E7多少钱")
    assert claim(database, at=0.2) is None
    assert keys_of(database, claim(database, at=0.3)) == ["m1"]


def test_a_picture_between_texts_ends_the_turn(database: Database) -> None:
    hear_text(database, "m1", "你好")
    hear(database, received("picture"))
    hear_text(database, "m3", "E7多少钱", at=1)
    first = claim(database, at=9)
    assert keys_of(database, first) == ["m1"]
    assert claim(database, at=9) is None, "the picture waits for the words before it"


def test_what_is_said_during_the_answer_is_the_next_turn(database: Database) -> None:
    hear_text(database, "m1", "E7多少钱")
    assert keys_of(database, claim(database, at=1)) == ["m1"]
    hear_text(database, "m2", "有优惠吗", at=1.5)
    assert claim(database, at=9) is None, "one lane in order"


def test_a_turn_tried_again_takes_along_what_was_said_since(database: Database) -> None:
    hear_text(database, "m1", "E7多少钱")
    claimed = claim(database, at=1)
    assert claimed is not None
    with database.unit_of_work() as session:
        again(session, InboxMessage, claimed.ids, "w", at=later(3), reason="网络不通")
    hear_text(database, "m2", "有优惠吗", at=2)
    assert claim(database, at=2.9) is None
    assert keys_of(database, claim(database, at=3)) == ["m1", "m2"]


def test_a_turn_left_open_by_a_crash_is_taken_over_whole(database: Database) -> None:
    hear_text(database, "m1", "你好")
    hear_text(database, "m2", "E7多少钱")
    claim(database, at=2, worker="dead")
    taken = claim(database, at=63)
    assert keys_of(database, taken) == ["m1", "m2"]
    assert taken is not None
    assert [found.attempts for found in taken.items] == [2, 2]


def test_a_message_taken_back_before_it_was_read_is_ignored(database: Database) -> None:
    hear_text(database, "m1", "E7多少钱")
    with database.unit_of_work() as session:
        assert inbox.ignore_waiting(session, "m1", reason="客户在处理前撤回", now=NOW)
    assert claim(database, at=9) is None
    assert inbox_rows(database)[0].reason == "客户在处理前撤回"


def test_a_message_that_is_being_answered_can_no_longer_be_ignored(database: Database) -> None:
    hear_text(database, "m1", "E7多少钱")
    claim(database, at=1)
    with database.unit_of_work() as session:
        assert not inbox.ignore_waiting(session, "m1", reason="客户在处理前撤回", now=NOW)
    assert inbox_rows(database)[0].state == State.CLAIMED


def test_doorbells_that_rang_before_we_went_ask_for_nothing_more(database: Database) -> None:
    hear(database, received("ring-1", kind=KF_NOTICE), received("other", kind=KF_NOTICE, lane="kf:other"))
    hear(database, received("ring-2", kind=KF_NOTICE), at=1)
    hear(database, received("ring-3", kind=KF_NOTICE), at=2)
    with database.unit_of_work() as session:
        inbox.settle_older_notices(session, replace(item("", kind=KF_NOTICE), lane=LANE), now=later(1))
    assert [row.dedup_key for row in inbox_rows(database) if row.state == State.WAITING] == ["other", "ring-3"]


def test_what_failed_for_good_is_parked_and_the_lane_goes_on(database: Database) -> None:
    hear(database, received("m1"), received("m2"))
    claimed = claim(database)
    assert claimed is not None
    with database.unit_of_work() as session:
        inbox.park(session, claimed.ids, "w", reason="试了 5 次", now=NOW)
    assert inbox_rows(database)[0].state == State.PARKED
    assert keys_of(database, claim(database)) == ["m2"]


def test_an_event_with_a_short_lived_code_goes_first(database: Database) -> None:
    hear(database, received("m1", lane="a"), received("welcome", lane="b", urgent=True))
    assert keys_of(database, claim(database)) == ["welcome"]


def test_open_rows_are_counted(database: Database) -> None:
    hear(database, received("m1"), received("m2"))
    claim(database)
    with database.unit_of_work() as session:
        inbox.ignore_waiting(session, "m2", reason="", now=NOW)
        assert inbox.open_count(session) == 1
