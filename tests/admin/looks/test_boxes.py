"""What the boxes' page shows, and what it keeps from whom."""

from admin.looks import boxes as looks
from admin.looks.wanted import Wanted
from admin.terms import Role, Who
from bot.messages import Channel
from bot.queue import State
from core.db import Database
from customers.models import Customer
from tests.bot.builders import LI, NOW, later
from tests.bot.test_boxes import heard, stopped

ADMIN = Who(1, "admin", "管理员", Role.ADMIN)
MANAGER = Who(2, "wang", "王", Role.STORE_MANAGER, store="s1")
DAY = 86400.0


def customer(database: Database, *, store: str = "s2") -> None:
    with database.unit_of_work() as session:
        session.add(Customer(external_id=LI, nickname="小李", first_seen_at=NOW, store=store))


def ids(database: Database, now_after: float = 60, **filters: str) -> list[int]:
    with database.reading() as session:
        rows, total = looks.rows(session, ADMIN, "out", Wanted(filters), now=later(now_after))
    assert total == len(rows)
    return [row["id"] for row in rows]


def test_rows_are_narrowed_by_state_kind_reason_and_period(database: Database) -> None:
    done = stopped(database, "a", state=State.DONE, reason="")
    parked = stopped(database, "b", settled_at=later(5), reason="素材坏了")
    unclear = stopped(database, "c", state=State.UNCLEAR, channel=Channel.TAGS)
    assert ids(database) == [unclear, parked, done]
    assert ids(database, state="stuck") == [unclear, parked]  # the oldest first
    assert ids(database, state="done") == [done]
    assert ids(database, kind="tags") == [unclear]
    assert ids(database, reason="素材") == [parked]


def test_a_reason_is_found_as_it_is_shown_and_as_it_is_kept(database: Database) -> None:
    person = stopped(database, "a", state=State.DONE, reason="hand_off: asked_for_person")
    quiet = stopped(database, "b", state=State.DONE, reason="quiet: 刚刚已经回复过同类消息")
    plain = stopped(database, "c", state=State.DONE, reason="answer")
    media = stopped(database, "d", state=State.DONE, reason="pass_on: media")
    with database.reading() as session:
        rows, _ = looks.rows(session, ADMIN, "out", Wanted(), now=later(60))
    for row in rows:
        assert row["id"] in ids(database, reason=row["reason"]), "what is read can be typed"
    assert ids(database, reason="要求人工") == ids(database, reason="转人工") == [person]
    assert ids(database, reason="hand_off: asked") == [person]
    assert ids(database, reason="不答：刚刚") == ids(database, reason="回复过") == [quiet]
    assert ids(database, reason="不是文字") == [media]
    assert plain in ids(database, reason="回复")
    assert ids(database, reason="车辆故障") == []


def test_old_rows_are_left_out_unless_asked_for_but_never_what_is_stuck(database: Database) -> None:
    done, parked = stopped(database, "a", state=State.DONE), stopped(database, "b")
    assert ids(database, 30 * DAY) == [parked, done]
    assert ids(database, 30 * DAY + 1) == []
    assert ids(database, 30 * DAY + 1, days="all") == [parked, done]
    assert ids(database, 30 * DAY + 1, state="stuck") == [parked]
    assert ids(database, DAY + 1, days="1") == []


def test_the_list_shows_names_and_the_detail_words_only_within_sight(database: Database) -> None:
    customer(database)
    known = stopped(database, "a", payload={"external_id": LI, "text": "回您 13812345678"})
    with database.reading() as session:
        (row,), _ = looks.rows(session, ADMIN, "out", Wanted(), now=NOW)
        (hidden,), _ = looks.rows(session, MANAGER, "out", Wanted(), now=NOW)
        full = looks.detail(session, ADMIN, "out", known, now=NOW)
        other = looks.detail(session, MANAGER, "out", known, now=NOW)
    assert (row["to"], hidden["to"]) == ("小李", "—")
    assert full.customer == (LI, "小李")
    assert "回您" in full.words
    assert "13812345678" not in full.words
    assert other.customer is None
    assert other.words == ""
    assert other.hidden


def test_the_detail_warns_before_a_repeat(database: Database) -> None:
    safe = stopped(database, "a")
    twice = stopped(database, "b", channel=Channel.CONTACT_WELCOME, state=State.UNCLEAR)
    late = stopped(database, "c", expires_at=later(1))
    done = stopped(database, "d", state=State.DONE)
    with database.reading() as session:
        told = [looks.detail(session, ADMIN, "out", one, now=later(60)) for one in (safe, twice, late, done)]
    assert [("不会重复" in one.warning, "两次" in one.warning, one.late) for one in told] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
        (False, False, False),
    ]
    assert told[0].means
    assert told[0].do
    assert not told[3].is_stuck


def test_the_headline_counts_by_reason(database: Database) -> None:
    heard(database, "m1")
    heard(database, "m2")
    with database.reading() as session:
        ((pile, said),) = looks.pile_rows(session, "in", now=later(3600))
        assert looks.pile_rows(session, "out", now=NOW) == []
    assert (pile.count, said["kind"], said["state"]) == (2, "客户消息", "停下")
    assert said["do"]
