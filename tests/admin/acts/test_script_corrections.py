"""A better script for a message: from then on the question is asked before every publishing, and it says nothing of who asked it."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.acts import corrections
from admin.models import AuditEntry
from admin.terms import Blocked
from bot import transcript
from bot.transcript import Line
from core.db import Database
from customers.recognise import recognise
from kb import publish, store
from kb.build import build_library
from kb.content import content_from_json
from kb.regression import Change, Probe, Rehearsal, probes_of
from kb.terms import ScriptContent
from tests.admin.people import BOSS, NOW
from tests.kb.builders import TODAY, published, reader, script

RANGE = script(must_hit=["跑长途够吗"])
STORE = script("store", "你们的店在哪里", ["门店地址"], intent="ask_store", must_hit=["冬天能开多远"])


def library(session: Session, words: str, *, nickname: str = "晴天") -> None:
    """Two scripts are out, and STORE has answered a customer's message."""
    for content in (RANGE, STORE):
        publish.publish(session, content.key, publish.save_draft(session, content, "pack", now=NOW), now=NOW)
    recognise(session, "wm-li", now=NOW).nickname = nickname
    line = Line("m1", "wm-li", "customer", words, NOW, turn="m1", understood={}, decision="answer", script="store@1")
    transcript.append(session, [line])


def newest(database: Database, key: str) -> ScriptContent:
    with database.reading() as session:
        return content_from_json(store.versions(session, key)[0].content)


def corrected(database: Database, words: str, *, nickname: str = "晴天") -> str:
    with database.unit_of_work() as session:
        library(session, words, nickname=nickname)
        return corrections.correct_script(session, BOSS, "m1", "range", now=NOW).question


def test_it_must_hit_the_right_script_and_must_not_hit_the_wrong_one(database: Database) -> None:
    corrected(database, "冬天能开多远？")
    right, wrong = newest(database, "range"), newest(database, "store")
    assert {Probe("冬天能开多远？", "range", True), Probe("冬天能开多远？", "store", False)} <= set(probes_of([right, wrong]))
    assert "冬天能开多远？" in right.similar
    assert wrong.must_hit == (), "what it must not answer any more it need not answer either"


def test_whoever_takes_the_question_away_afterwards_is_told(database: Database, tmp_path: Path) -> None:
    corrected(database, "冬天能开多远？")
    out, read = [newest(database, "range"), newest(database, "store")], reader(tmp_path)
    rehearsal = Rehearsal(build_library(published(out), read, {}), read, lambda texts: read.read(texts, TODAY), answer_at=0.5)
    thief = script("thief", "冬天能开多远", ["冬天可以开多远", "冬天能开多少公里"], intent="ask_other")
    unlearnt = script("range", must_hit=["冬天能开多远？"])
    lost = rehearsal.compare([thief, unlearnt]).of(Change.LOST)
    assert [(one.probe.key, one.after.first) for one in lost] == [("range", "thief")]


def test_who_he_is_is_not_kept(database: Database) -> None:
    assert corrected(database, "我叫李雷，电话13812345678，晴天想问冬天能开多远", nickname="晴天") == "**想问冬天能开多远"
    kept = "".join(str(content) for content in (newest(database, "range"), newest(database, "store")))
    assert not any(words in kept for words in ("李雷", "13812345678", "138", "5678", "晴天"))
    with database.reading() as session:
        assert "13812345678" not in str([entry.after for entry in session.scalars(select(AuditEntry))])


def test_a_message_that_only_says_who_he_is_teaches_nothing(database: Database) -> None:
    with database.unit_of_work() as session:
        library(session, "13812345678")
    with database.unit_of_work() as session, pytest.raises(Blocked, match="只有个人信息"):
        corrections.correct_script(session, BOSS, "m1", "range", now=NOW)


def test_taken_back_it_is_in_neither_and_what_stood_there_before_stays(database: Database) -> None:
    corrected(database, "跑长途够吗")
    assert (newest(database, "range").must_hit, newest(database, "range").similar[-1]) == (("跑长途够吗",), "跑长途够吗")
    with database.unit_of_work() as session:
        entry = session.scalars(select(AuditEntry.id).where(AuditEntry.act == "更正话术")).one()
        corrections.take_back(session, BOSS, entry, now=NOW)
    assert newest(database, "range") == RANGE
    assert "跑长途够吗" not in newest(database, "store").negative
