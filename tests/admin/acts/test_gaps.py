"""What operators do with unanswered questions: right, rows and the line in the audit."""

from pathlib import Path

import pytest
from sqlalchemy import select

from admin.acts import gaps as acts
from admin.gap_store import follow_scripts, led_to
from admin.models import AuditEntry, Gap, GapTurn
from admin.terms import Blocked, NotAllowed, Role, Who
from core.db import Database
from core.embedding import LetterEmbedder
from kb import publish, store
from tests.admin.gap_talk import NOW, asks, miner
from tests.kb.builders import script

WANG = Who(1, "wang", "王", Role.OPERATOR)
MANAGER = Who(2, "li", "李", Role.STORE_MANAGER, store="hz")


def mined(database: Database, folder: Path, *questions: str) -> list[int]:
    """A group for each question, by id."""
    for at, words in enumerate(questions):
        asks(database, f"m{at}", words)
    miner(database, folder).mine(NOW)
    with database.reading() as session:
        return list(session.scalars(select(Gap.id).order_by(Gap.id)))


def gap(database: Database, number: int) -> Gap:
    with database.reading() as session:
        return session.get_one(Gap, number)


def range_script(database: Database, *, published: bool = True) -> None:
    with database.unit_of_work() as session:
        version = publish.save_draft(session, script(), "wang", now=NOW)
        if published:
            publish.publish(session, "range", version, now=NOW)


def test_a_question_joins_a_script_as_its_draft_and_the_group_follows_it_out(database: Database, tmp_path: Path) -> None:
    (number,) = mined(database, tmp_path, "充一次电开得到苏州吗")
    range_script(database)
    with database.unit_of_work() as session:
        assert acts.add_similar(session, WANG, number, "range", " 充一次电开得到苏州吗 ", now=NOW) == 2
    with database.unit_of_work() as session:
        follow_scripts(session, now=NOW)
        draft = store.content_of(session, "range", 2)
    assert draft is not None
    assert draft.similar[-1] == "充一次电开得到苏州吗"
    assert gap(database, number).state == "drafted"

    with database.unit_of_work() as session:
        publish.publish(session, "range", 2, now=NOW)
        follow_scripts(session, now=NOW)
    assert (gap(database, number).state, gap(database, number).script) == ("published", "range")


def test_a_group_is_open_again_when_its_draft_was_thrown_away(database: Database, tmp_path: Path) -> None:
    (number,) = mined(database, tmp_path, "充一次电开得到苏州吗")
    range_script(database)
    with database.unit_of_work() as session:
        acts.add_similar(session, WANG, number, "range", "充一次电开得到苏州吗", now=NOW)
        script_row = store.script(session, "range")
        assert script_row is not None
        script_row.draft_version = None
        session.flush()
        follow_scripts(session, now=NOW)
    assert (gap(database, number).state, gap(database, number).script) == ("open", "")


def test_what_a_script_has_already_and_what_is_empty_is_not_added(database: Database, tmp_path: Path) -> None:
    (number,) = mined(database, tmp_path, "充一次电开得到苏州吗")
    range_script(database)
    for words in ("能跑多远", " "):
        with database.unit_of_work() as session, pytest.raises(Blocked):
            acts.add_similar(session, WANG, number, "range", words, now=NOW)
    with database.unit_of_work() as session, pytest.raises(Blocked, match="没有这条话术"):
        acts.add_similar(session, WANG, number, "nothing", "充一次电开得到苏州吗", now=NOW)


def test_dismissed_and_taken_up_again_leave_two_lines_in_the_audit(database: Database, tmp_path: Path) -> None:
    (number,) = mined(database, tmp_path, "车顶能装行李架吗")
    with database.unit_of_work() as session:
        acts.dismiss(session, WANG, number, now=NOW)
    assert gap(database, number).state == "dismissed"
    with database.unit_of_work() as session:
        acts.take_up(session, WANG, number, now=NOW)
    with database.reading() as session:
        lines = [(entry.act, (entry.before or {})["状态"], (entry.after or {})["状态"]) for entry in session.scalars(select(AuditEntry))]
    assert lines == [("忽略未答问题", "待处理", "已忽略"), ("重新打开未答问题", "已忽略", "待处理")]


def test_merged_groups_are_one_with_all_turns(database: Database, tmp_path: Path) -> None:
    first, second = mined(database, tmp_path, "车顶能装行李架吗", "后排有没有小桌板")
    with database.unit_of_work() as session:
        acts.merge(session, WANG, first, second, now=NOW)
    with database.reading() as session:
        stays = session.get_one(Gap, second)
        assert (stays.count, stays.touched, led_to(session, first)) == (2, True, stays)
        assert {turn.gap_id for turn in session.scalars(select(GapTurn))} == {second}
    with database.unit_of_work() as session, pytest.raises(Blocked):
        acts.merge(session, WANG, second, second, now=NOW)


def test_a_turn_moved_out_is_a_group_of_its_own_and_both_are_found_again(database: Database, tmp_path: Path) -> None:
    first, second = mined(database, tmp_path, "车顶能装行李架吗", "后排有没有小桌板")
    with database.unit_of_work() as session:
        acts.merge(session, WANG, second, first, now=NOW)
        turn = session.scalars(select(GapTurn).where(GapTurn.words == "后排有没有小桌板")).one()
        alone = acts.move_out(session, WANG, turn.id, LetterEmbedder().encode, now=NOW)
    asks(database, "later", "后排有没有小桌板", at=NOW)
    miner(database, tmp_path).mine(NOW)
    assert (gap(database, first).count, gap(database, alone).count) == (1, 2)
    with database.unit_of_work() as session:
        left = session.scalars(select(GapTurn).where(GapTurn.gap_id == first)).one()
        with pytest.raises(Blocked, match="只有这一句"):
            acts.move_out(session, WANG, left.id, LetterEmbedder().encode, now=NOW)


def test_a_draft_for_a_group_that_went_into_another_meanwhile_is_that_ones(database: Database, tmp_path: Path) -> None:
    first, second = mined(database, tmp_path, "车顶能装行李架吗", "后排有没有小桌板")
    range_script(database)
    with database.unit_of_work() as session:
        acts.merge(session, WANG, first, second, now=NOW)
        acts.note_draft(session, WANG, first, "range", now=NOW)
    assert (gap(database, second).state, gap(database, second).script) == ("drafted", "range")
    with database.unit_of_work() as session, pytest.raises(Blocked, match="并入"):
        acts.dismiss(session, WANG, first, now=NOW)


def test_every_act_leaves_a_group_that_mining_puts_into_no_other(database: Database, tmp_path: Path) -> None:
    first, second, third, fourth = mined(database, tmp_path, "车顶能装行李架吗", "后排有没有小桌板", "方向盘能加热吗", "座椅有按摩吗")
    range_script(database)
    with database.unit_of_work() as session:
        acts.dismiss(session, WANG, first, now=NOW)
        acts.take_up(session, WANG, first, now=NOW)
        acts.note_draft(session, WANG, second, "range", now=NOW)
        acts.merge(session, WANG, third, fourth, now=NOW)
        turn = session.scalars(select(GapTurn).where(GapTurn.words == "方向盘能加热吗")).one()
        alone = acts.move_out(session, WANG, turn.id, LetterEmbedder().encode, now=NOW)
    assert [gap(database, number).touched for number in (first, second, fourth, alone)] == [True] * 4


def test_a_store_manager_may_do_none_of_it(database: Database, tmp_path: Path) -> None:
    first, second = mined(database, tmp_path, "车顶能装行李架吗", "后排有没有小桌板")
    range_script(database)
    with database.unit_of_work() as session:
        for act in (
            lambda: acts.dismiss(session, MANAGER, first, now=NOW),
            lambda: acts.take_up(session, MANAGER, first, now=NOW),
            lambda: acts.merge(session, MANAGER, first, second, now=NOW),
            lambda: acts.move_out(session, MANAGER, 1, LetterEmbedder().encode, now=NOW),
            lambda: acts.note_draft(session, MANAGER, first, "range", now=NOW),
            lambda: acts.add_similar(session, MANAGER, first, "range", "行李架", now=NOW),
        ):
            with pytest.raises(NotAllowed):
                act()
