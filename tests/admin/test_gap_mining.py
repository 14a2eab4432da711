"""Turns without an answer are grouped once, whoever mines how often; what asks nothing is left out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from admin.gap_mining import free
from admin.gap_store import gap_of, led_to, put_into
from admin.models import Gap, GapTurn
from admin.terms import Blocked
from bot.models import Utterance
from core.db import Database
from intents.store import teach_utterance
from intents.terms import Intent
from kb.models import Script
from tests.admin.gap_talk import NOT_UNDERSTOOD, NOW, asks, miner


def gaps(database: Database) -> list[Gap]:
    with database.reading() as session:
        return list(session.scalars(select(Gap).where(Gap.state != "merged").order_by(Gap.count.desc(), Gap.id)))


def turns(database: Database) -> list[GapTurn]:
    with database.reading() as session:
        return list(session.scalars(select(GapTurn).order_by(GapTurn.msgid)))


def test_the_same_question_is_one_group_and_another_one_its_own(database: Database, tmp_path: Path) -> None:
    asks(database, "m1", "车顶能装行李架吗")
    asks(database, "m2", "车顶能装行李架吗？", customer="wm-wang")
    asks(database, "m3", "后排有没有小桌板")
    miner(database, tmp_path).mine(NOW)

    assert [(gap.title, gap.count, gap.state) for gap in gaps(database)] == [
        ("车顶能装行李架吗", 2, "open"),
        ("后排有没有小桌板", 1, "open"),
    ]


def test_mining_again_changes_nothing_and_a_later_turn_joins(database: Database, tmp_path: Path) -> None:
    asks(database, "m1", "车顶能装行李架吗")
    for _ in range(3):
        miner(database, tmp_path).mine(NOW)
    asks(database, "m2", "车顶能装行李架吗", at=NOW)
    miner(database, tmp_path).mine(NOW + timedelta(minutes=1))

    assert [(gap.count, gap.last_at) for gap in gaps(database)] == [(2, NOW)]


def test_customers_get_the_encoder_in_between(database: Database, tmp_path: Path) -> None:
    rests: list[float] = []
    for number in range(3):
        asks(database, f"m{number}", f"后排有没有小桌板{number}")
    miner(database, tmp_path, rest=rests.append).mine(NOW)

    assert len(rests) == 3
    assert all(seconds > 0 for seconds in rests)


def test_two_processes_at_once_make_no_twins(database: Database, tmp_path: Path) -> None:
    for number in range(20):
        asks(database, f"m{number}", "车顶能装行李架吗")
    miners = [miner(database, tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda one: one.mine(NOW), miners))

    assert [gap.count for gap in gaps(database)] == [20]
    assert len(turns(database)) == 20


@pytest.mark.parametrize(
    ("decision", "why", "counts"),
    [
        ("clarify", NOT_UNDERSTOOD, True),
        ("clarify", "请客户选择", False),
        ("hand_off", "not_covered", True),
        ("hand_off", "not_understood_twice", True),
        ("hand_off", "asked_for_person", False),
        ("pass_on", "not_covered", True),
        ("pass_on", "media", False),
        ("answer", "not_covered", True),
        ("answer", "", False),
        ("acknowledge", "noted", False),
        ("quiet", "人工正在接待，只记录不回复", False),
    ],
)
def test_only_what_got_no_answer_counts(database: Database, tmp_path: Path, decision: str, why: str, counts: bool) -> None:
    asks(database, "m1", "车顶能装行李架吗", decision=decision, why=why)
    miner(database, tmp_path).mine(NOW)
    assert bool(turns(database)) is counts


@pytest.mark.parametrize("intent", ["greet", "chitchat", "out_of_scope", "complain", "request_human", "opt_out"])
def test_what_no_script_should_answer_is_left_out_and_keeps_no_words(database: Database, tmp_path: Path, intent: str) -> None:
    asks(database, "m1", "随便说说", intent=intent)
    assert miner(database, tmp_path).mine(NOW) == 1
    assert miner(database, tmp_path).mine(NOW) == 0
    assert gaps(database) == []
    assert [(turn.gap_id, turn.words) for turn in turns(database)] == [(None, "")]


def test_a_corrected_turn_counts_by_what_the_operator_said(database: Database, tmp_path: Path) -> None:
    asks(database, "m1", "行李架", decision="answer", why="", intent="chitchat")
    asks(database, "m2", "你们真烦", decision="pass_on", intent="ask_config")
    with database.unit_of_work() as session:
        teach_utterance(session, "行李架", Intent.ASK_CONFIG, message_id="m1", by="wang", now=NOW)
        teach_utterance(session, "你们真烦", Intent.COMPLAIN, message_id="m2", by="wang", now=NOW)
    miner(database, tmp_path).mine(NOW)
    assert [gap.title for gap in gaps(database)] == ["行李架"]


def test_a_burst_is_one_question_without_its_greeting(database: Database, tmp_path: Path) -> None:
    asks(database, "m1", "你好", decision="", why="", turn="m1")
    asks(database, "m2", "车顶能装行李架吗", turn="m1")
    miner(database, tmp_path).mine(NOW)
    assert [(gap.title, gap.count) for gap in gaps(database)] == [("车顶能装行李架吗", 1)]


def test_a_message_taken_back_is_not_mined(database: Database, tmp_path: Path) -> None:
    asks(database, "m1", "车顶能装行李架吗")
    with database.unit_of_work() as session:
        session.scalars(select(Utterance)).one().recalled_at = NOW
    assert miner(database, tmp_path).mine(NOW) == 0


def test_a_dismissed_group_stays_dismissed_and_swallows_what_is_like_it(database: Database, tmp_path: Path) -> None:
    asks(database, "m1", "车顶能装行李架吗")
    miner(database, tmp_path).mine(NOW)
    with database.unit_of_work() as session:
        session.scalars(select(Gap)).one().state = "dismissed"
    asks(database, "m2", "车顶能装行李架吗", at=NOW)
    miner(database, tmp_path).mine(NOW)
    assert [(gap.state, gap.count) for gap in gaps(database)] == [("dismissed", 2)]


@pytest.mark.parametrize(("seconds", "state"), [(0, "published"), (1, "open")])
def test_a_published_group_reopens_only_for_what_was_asked_afterwards(database: Database, tmp_path: Path, seconds: int, state: str) -> None:
    asks(database, "m1", "车顶能装行李架吗")
    miner(database, tmp_path).mine(NOW)
    with database.unit_of_work() as session:
        gap = session.scalars(select(Gap)).one()
        gap.state, gap.script, gap.settled_at = "published", "roof-rack", NOW
    asks(database, "m2", "车顶能装行李架吗", at=NOW + timedelta(seconds=seconds))
    miner(database, tmp_path).mine(NOW + timedelta(minutes=1))
    assert [(gap.state, gap.script) for gap in gaps(database)] == [(state, "roof-rack")]


def test_a_year_of_old_turns_is_mined_in_portions(database: Database, tmp_path: Path) -> None:
    for number in range(205):
        asks(database, f"m{number:03}", f"第{number}个问题是什么", at=NOW - timedelta(days=205 - number))
    mine = miner(database, tmp_path).mine
    assert [mine(NOW), mine(NOW), mine(NOW)] == [200, 5, 0]


def twin(database: Database, **unlike: Any) -> int:
    """Another group of the very same meaning, with one turn, as a worse library might have left it; its number."""
    with database.unit_of_work() as session:
        gap = session.scalars(select(Gap).order_by(Gap.id)).first()
        assert gap is not None
        fields = {"title": "行李架怎么装", "state": "open", "touched": False, "count": 1, **unlike}
        other = Gap(centre=gap.centre, signs=gap.signs, made_at=NOW, last_at=NOW, **fields)
        session.add(other)
        session.flush()
        session.add(GapTurn(gap_id=other.id, msgid="twin", external_id="wm-wang", words="行李架怎么装", said_at=NOW))
        return other.id


def test_open_groups_that_turn_out_to_be_one_become_one_and_the_old_number_leads_there(database: Database, tmp_path: Path) -> None:
    asks(database, "m1", "车顶能装行李架吗")
    asks(database, "m2", "车顶能装行李架吗")
    miner(database, tmp_path).mine(NOW)
    gone = twin(database)
    asks(database, "m3", "后排有没有小桌板", at=NOW)
    miner(database, tmp_path).mine(NOW)

    assert [(gap.title, gap.count) for gap in gaps(database)] == [("车顶能装行李架吗", 3), ("后排有没有小桌板", 1)]
    with database.reading() as session:
        left, stays = session.get_one(Gap, gone), led_to(session, gone)
        assert stays is not None
        assert (stays.title, stays.last_at, left.title, left.centre) == ("车顶能装行李架吗", NOW, "", b"")
        assert session.scalars(select(GapTurn.gap_id).where(GapTurn.msgid == "twin")).one() == stays.id


@pytest.mark.parametrize(
    "unlike",
    [{"touched": True}, {"state": "dismissed"}, {"state": "drafted", "script": "rack"}, {"state": "published", "settled_at": NOW}],
)
def test_a_group_that_an_operator_has_touched_stays_what_it_is(database: Database, tmp_path: Path, unlike: dict[str, Any]) -> None:
    asks(database, "m1", "车顶能装行李架吗")
    miner(database, tmp_path).mine(NOW)
    with database.unit_of_work() as session:
        session.add(Script(key="rack", title="", intent="ask_config", status="draft", draft_version=1, updated_at=NOW))
    number = twin(database, **unlike)
    asks(database, "m2", "后排有没有小桌板", at=NOW)
    miner(database, tmp_path).mine(NOW)
    with database.reading() as session:
        found = session.get_one(Gap, number)
    assert (found.state, found.count, len(gaps(database))) == (unlike.get("state", "open"), 1, 3)


def test_a_number_that_led_to_a_group_leads_on_when_that_one_is_merged_too(database: Database, tmp_path: Path) -> None:
    for number, words in enumerate(("车顶能装行李架吗", "后排有没有小桌板", "方向盘能加热吗")):
        asks(database, f"m{number}", words)
    miner(database, tmp_path).mine(NOW)
    first, second, third = (gap.id for gap in gaps(database))
    with database.unit_of_work() as session:
        put_into(session, gap_of(session, first), gap_of(session, second))
        put_into(session, gap_of(session, second), gap_of(session, third))
    with database.reading() as session:
        found = led_to(session, first)
        assert found is not None
        assert (found.id, found.count) == (third, 3)
        with pytest.raises(Blocked, match="并入"):
            gap_of(session, first)


def test_what_groups_of_before_mean_is_read_from_their_titles(database: Database, tmp_path: Path) -> None:
    asks(database, "m1", "车顶能装行李架吗")
    miner(database, tmp_path).mine(NOW)
    (known,) = [gap.signs for gap in gaps(database)]
    with database.unit_of_work() as session:
        session.scalars(select(Gap)).one().signs = None
    miner(database, tmp_path).mine(NOW)
    assert known
    assert [gap.signs for gap in gaps(database)] == [pytest.approx(known, abs=1e-3)]


def test_of_too_many_groups_those_asked_last_may_be_merged() -> None:
    some = [Gap(state="open", touched=False, last_at=NOW - timedelta(days=days)) for days in (3, 1, 2)]
    assert free(some, at_most=2).tolist() == [False, True, True]
