"""The groups by what they are worth, with trend, levels and examples."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from admin.gap_store import put_into
from admin.looks import gaps
from admin.looks.wanted import Wanted
from admin.models import Gap, GapTurn
from admin.terms import Role, Who
from core.db import Database
from tests.admin.gap_talk import NOW, asks, known_customer, miner

WANG = Who(1, "wang", "王", Role.OPERATOR)
RACK, TABLE = "车顶能装行李架吗", "后排有没有小桌板"


def talked(database: Database, folder: Path) -> None:
    """Two C customers ask about the rack, one H customer about the table."""
    for external_id, level in (("wm-c1", "C"), ("wm-c2", "C"), ("wm-h", "H")):
        known_customer(database, external_id, level, store="hz" if level == "C" else "sh")
    asks(database, "m1", RACK, customer="wm-c1", at=NOW - timedelta(days=8))
    asks(database, "m2", RACK, customer="wm-c2", at=NOW - timedelta(days=1))
    asks(database, "m3", TABLE, customer="wm-h", at=NOW - timedelta(days=20))
    asks(database, "m4", "你好呀", customer="wm-h", intent="greet")
    miner(database, folder).mine(NOW)


def shown(database: Database, who: Who = WANG, **filters: str) -> list[str]:
    with database.reading() as session:
        return [row["title"] for row in gaps.gaps(session, who, Wanted(filters), now=NOW)[0]]


def test_one_hot_customer_outweighs_two_cold_ones(database: Database, tmp_path: Path) -> None:
    talked(database, tmp_path)
    assert shown(database) == [TABLE, RACK]
    with database.reading() as session:
        by_count, total = gaps.gaps(session, WANG, Wanted(sort="count", descending=True), now=NOW)
    assert [row["title"] for row in by_count] == [RACK, TABLE]
    assert total == 2


def test_a_row_tells_trend_people_and_levels(database: Database, tmp_path: Path) -> None:
    talked(database, tmp_path)
    with database.reading() as session:
        rack = gaps.gaps(session, WANG, Wanted({"words": "行李"}), now=NOW)[0][0]
        head = gaps.counts(session)
    assert (rack["count"], rack["people"], rack["worth"], rack["week"], rack["before"]) == (2, 2, 2, 1, 1)
    assert rack["levels"] == [{"level": "C", "count": 2}]
    assert (head.states, head.left_out, head.done_at) == ({"open": 2}, 1, NOW)


def test_filters_narrow_by_state_words_and_level(database: Database, tmp_path: Path) -> None:
    talked(database, tmp_path)
    assert shown(database, level="H") == [TABLE]
    assert shown(database, words="小桌") == [TABLE]
    assert shown(database, state="dismissed") == []
    assert len(shown(database, state="open")) == 2


def test_a_store_manager_would_see_the_turns_of_his_own_store_only(database: Database, tmp_path: Path) -> None:
    talked(database, tmp_path)
    assert shown(database, Who(2, "li", "李", Role.STORE_MANAGER, store="hz")) == [RACK]
    assert shown(database, Who(2, "li", "李", Role.STORE_MANAGER)) == []


def test_a_group_tells_its_turns_newest_first_and_what_it_could_be_merged_with(database: Database, tmp_path: Path) -> None:
    talked(database, tmp_path)
    with database.reading() as session:
        rack = gaps.gaps(session, WANG, Wanted({"words": "行李"}), now=NOW)[0][0]["id"]
        turns, total = gaps.turns(session, WANG, rack, Wanted(), now=NOW)
        others = gaps.others(session, WANG, rack, "")
        one = gaps.gap(session, rack, now=NOW)
        gone = gaps.gap(session, rack + 99, now=NOW)
    assert ([turn["customer"] for turn in turns], total) == (["wm-c2", "wm-c1"], 2)
    assert list(others.values()) == [f"{TABLE}（1 次）"]
    assert one is not None
    assert one["state_name"] == "待处理"
    assert gone is None


def test_the_line_of_a_month_ends_today(database: Database) -> None:
    points = gaps.spark([0] * 29 + [2]).split()
    assert len(points) == 30
    assert (points[0], points[-1]) == ("0.0,20.0", "90.0,2.0")


@pytest.mark.parametrize(("role", "found"), [(Role.ADMIN, 1), (Role.OPERATOR, 0)])
def test_a_hidden_number_is_not_found_digit_by_digit(database: Database, tmp_path: Path, role: Role, found: int) -> None:
    asks(database, "m1", f"{RACK}，打13812345678告诉我")
    miner(database, tmp_path).mine(NOW)
    who = Who(2, "li", "李", role)
    with database.reading() as session:
        for digits in ("8123", "13812345678"):
            assert gaps.gaps(session, who, Wanted({"words": digits}), now=NOW)[1] == found
            assert len(gaps.others(session, who, 0, digits)) == found
        assert gaps.gaps(session, who, Wanted({"words": "行李"}), now=NOW)[1] == 1


def test_a_phone_number_in_a_question_is_hidden_everywhere(database: Database, tmp_path: Path) -> None:
    known_customer(database, "wm-c1", "C", store="sh")
    asks(database, "m1", f"{RACK}，打13812345678告诉我", customer="wm-c1", at=NOW - timedelta(days=1))
    miner(database, tmp_path).mine(NOW)
    with database.reading() as session:
        [row], _ = gaps.gaps(session, WANG, Wanted(), now=NOW)
        [turn], _ = gaps.turns(session, WANG, row["id"], Wanted(), now=NOW)
        told = f"{row}{turn}{gaps.gap(session, row['id'], now=NOW)}{gaps.others(session, WANG, 0, '')}"
    assert "13812345678" not in told
    assert "138****5678" in turn["words"]


def test_the_number_of_a_merged_group_shows_the_one_it_went_into_and_is_offered_to_nobody(database: Database, tmp_path: Path) -> None:
    talked(database, tmp_path)
    with database.unit_of_work() as session:
        table, rack = (session.scalars(select(Gap).where(Gap.title == title)).one() for title in (TABLE, RACK))
        put_into(session, table, rack)
        gone, stays = table.id, rack.id
    with database.reading() as session:
        found = gaps.gap(session, gone, now=NOW)
        assert found is not None
        assert (found["id"], found["count"]) == (stays, 3)
        assert gaps.others(session, WANG, 0, "") == {stays: f"{RACK}（3 次）"}
    assert shown(database) == [RACK]


def test_other_phrasings_become_similar_questions_without_who_asked(database: Database, tmp_path: Path) -> None:
    known_customer(database, "wm-c1", "C", store="hz")
    words = [RACK, f"{RACK}？", "车顶可以装行李架么", "车顶能装行李架吗我电话13812345678", "车顶能装行李架吗" * 6]
    for at, one in enumerate(words):
        asks(database, f"m{at}", one, customer="wm-c1", at=NOW - timedelta(hours=9 - at))
    miner(database, tmp_path).mine(NOW)
    with database.unit_of_work() as session:
        gap_id = session.scalars(select(Gap.id).order_by(Gap.count.desc())).first() or 0
        for turn in session.scalars(select(GapTurn)):
            turn.gap_id = gap_id
        session.flush()
        assert gaps.phrasings(session, WANG, gap_id, "行李架能装在车顶吗") == ("车顶可以装行李架么", RACK)
        assert gaps.phrasings(session, WANG, gap_id, RACK) == ("车顶可以装行李架么",)
        elsewhere = Who(2, "he", "何", Role.STORE_MANAGER, store="sh")
        assert gaps.phrasings(session, elsewhere, gap_id, RACK) == ()


def test_no_more_phrasings_than_the_form_sensibly_takes(database: Database, tmp_path: Path) -> None:
    known_customer(database, "wm-c1", "C", store="hz")
    for at in range(gaps.PHRASINGS + 3):
        asks(database, f"m{at}", f"{RACK}{'呀' * at}", customer="wm-c1", at=NOW - timedelta(hours=20 - at))
    miner(database, tmp_path).mine(NOW)
    with database.unit_of_work() as session:
        gap_id = session.scalars(select(Gap.id)).first() or 0
        for turn in session.scalars(select(GapTurn)):
            turn.gap_id = gap_id
        session.flush()
        assert len(gaps.phrasings(session, WANG, gap_id, "别的")) == gaps.PHRASINGS
