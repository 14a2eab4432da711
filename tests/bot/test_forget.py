"""Rows of the boxes lead to a customer by whole ids, and what is settled and old goes."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import inbox, outbox
from bot.forget import forget_talk, names_in, prune_boxes, prune_talk, traces_of
from bot.inbox_terms import KF_TEXT, Received
from bot.messages import Channel
from bot.models import InboxMessage, KfSession, OutboxMessage
from bot.queue import State
from core.db import Database
from core.pruning import SLICE
from tests.bot.builders import KF, LI, NOW


def received(session: Session, name: str, raw: str, state: State = State.DONE) -> None:
    inbox.accept(session, [Received(name, KF_TEXT, "lane", raw, NOW)], state=state, now=NOW)


def kept(database: Database) -> list[str]:
    with database.reading() as session:
        return [*session.scalars(select(InboxMessage.dedup_key)), *session.scalars(select(OutboxMessage.key))]


def test_ids_are_found_whole() -> None:
    assert names_in('{"external_userid":"wm-li","x":1} kf:wk_1:wm-li-2 card-0a') >= {"wm-li", "wm-li-2", "wk_1", "card-0a"}
    assert "wm-li" not in names_in("kf:wk_1:wm-li-2")


def test_only_rows_that_name_him_go(database: Database) -> None:
    with database.unit_of_work() as session:
        received(session, "his", f'{{"msgid":"m1","external_userid":"{LI}"}}')
        received(session, "other's", f'{{"msgid":"m2","external_userid":"{LI}2"}}')
        outbox.enqueue(session, "reply:m1:0", Channel.ADVISOR_TEXT, {"text": "他的"}, lane="app", now=NOW)
        outbox.enqueue(session, "reply:m10:0", Channel.ADVISOR_TEXT, {"text": "别人的"}, lane="app", now=NOW)
        outbox.enqueue(session, "tags", Channel.TAGS, {"external_id": LI}, lane="t1", now=NOW)
        outbox.enqueue(session, "tags2", Channel.TAGS, {"external_id": f"{LI}2"}, lane="t2", now=NOW)
        forget_talk(session, LI, traces_of(session, LI))
    assert kept(database) == ["other's", "reply:m10:0", "tags2"]


@pytest.mark.parametrize(("state", "goes"), [(State.DONE, True), (State.IGNORED, True), (State.SKIPPED, True), (State.PARKED, False)])
def test_settled_rows_go_when_they_are_old(database: Database, state: State, goes: bool) -> None:
    with database.unit_of_work() as session:
        received(session, "one", "{}", state)
    assert prune_boxes(database, before=NOW) == 0, "not older than that"
    assert prune_boxes(database, before=NOW + timedelta(seconds=1)) == int(goes)
    assert kept(database) == ([] if goes else ["one"])


def test_more_than_one_slice_goes(database: Database) -> None:
    with database.unit_of_work() as session:
        for at in range(SLICE + 1):
            received(session, f"row-{at}", "{}")
    assert prune_boxes(database, before=NOW + timedelta(days=1)) == SLICE + 1
    assert kept(database) == []


def test_a_session_forgets_what_the_next_turn_could_have_leant_on(database: Database) -> None:
    with database.unit_of_work() as session:
        for name, at in (("old", NOW), ("new", NOW + timedelta(days=2))):
            session.add(KfSession(open_kfid=KF, external_id=name, heard_at=at, context={"asked": "续航"}))
    prune_talk(database, before=NOW + timedelta(days=1))
    with database.reading() as session:
        assert {row.external_id: row.context for row in session.scalars(select(KfSession))} == {"old": None, "new": {"asked": "续航"}}
