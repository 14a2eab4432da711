"""Eight weeks of a community in virtual time: joins, a dismissal, a group that ages early, a holiday, a held week, an unconfirmed owner."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from bot.models import OutboxMessage
from core.db import Database
from core.zone import SHANGHAI
from customers.models import Advisor, GroupChat
from kb.importing import seed_scripts
from run.pack import load_pack
from sop import steer, store
from sop.models import Enrolment, Touch
from sop.pack import seed_plans
from sop.terms import Skipped
from sop.tick import Ticker, run_tick

PACK = load_pack(Path(__file__).resolve().parents[2] / "packs/ev_dealer")
# A Monday; the National Day holiday of 2026 falls into weeks 3 and 4.
START = datetime.fromisoformat("2026-09-14T00:00:00+08:00")
DAY, WEEK = timedelta(days=1), timedelta(days=7)


@pytest.fixture
def community(database: Database) -> Database:
    """The shipped plan runs over three groups of one owner."""
    with database.unit_of_work() as session:
        seed_scripts(session, PACK.scripts, now=START)
        seed_plans(session, PACK.sop, now=START)
        session.add(Advisor(userid="li", name="李顾问", store="sh-pudong"))
        session.add_all(group(id_, START) for id_ in ("steady", "early", "leaves"))
        plan = store.plan(session, "community")
        assert plan is not None
        steer.start(session, plan, now=START)
    return database


def group(chat_id: str, made: datetime) -> GroupChat:
    return GroupChat(chat_id=chat_id, owner="li", created_at=made, first_seen_at=made, size=80, stage="new")


def until(database: Database, begin: datetime, end: datetime) -> None:
    """From one due moment to the next, and every few hours whatever is due: nobody falls asleep."""
    ticker, now = Ticker(database, PACK.replies.variables, PACK.names), begin
    while now < end:
        run_tick(ticker, now=now)
        with database.reading() as session:
            due = session.scalar(select(func.min(Enrolment.next_at)).where(Enrolment.ended_at.is_(None)))
        now = min(max(due or end, now + timedelta(minutes=1)), now + timedelta(hours=6), end)


def becomes(database: Database, chat_id: str, **columns: object) -> None:
    with database.unit_of_work() as session:
        session.execute(update(GroupChat).where(GroupChat.chat_id == chat_id).values(**columns))


def heard_by(database: Database, chat_id: str) -> list[Touch]:
    with database.reading() as session:
        return list(session.scalars(select(Touch).where(Touch.subject_id == chat_id, Touch.verdict == "go").order_by(Touch.decided_at)))


def test_eight_weeks(community: Database) -> None:
    until(community, START, START + WEEK)
    becomes(community, "early", stage="mature")
    with community.unit_of_work() as session:
        session.add(group("joins", START + WEEK))
    until(community, START + WEEK, START + 3 * WEEK)
    becomes(community, "leaves", dismissed_at=START + 3 * WEEK)
    for chat_id in ("steady", "joins"):
        becomes(community, chat_id, stage="mature")
    until(community, START + 3 * WEEK, START + 8 * WEEK)

    steady = heard_by(community, "steady")
    days = [touch.decided_at.astimezone(SHANGHAI).date() for touch in steady]
    assert len(days) == len(set(days)) >= 45, "nearly every day something, never two"
    assert all(9 <= touch.decided_at.astimezone(SHANGHAI).hour < 21 for touch in steady), "never in the quiet hours"
    tracks = ["cgr".index(touch.step[0]) for touch in steady]
    assert tracks == sorted(tracks)
    assert set(tracks) == {0, 1, 2}
    assert "r-holiday" not in {touch.step for touch in steady if touch.decided_at > START + 5 * WEEK}, "work has begun again"

    first_goodwill = next(touch for touch in heard_by(community, "early") if touch.step.startswith("g-"))
    assert first_goodwill.decided_at < START + 2 * WEEK, "it aged early and went on before its third week"
    assert heard_by(community, "joins")[0].step == "c-welcome"
    assert heard_by(community, "joins")[0].decided_at >= START + WEEK

    gone = heard_by(community, "leaves")
    assert gone[-1].decided_at < START + 3 * WEEK
    with community.reading() as session:
        reasons = set(session.scalars(select(Touch.reason).where(Touch.subject_id == "leaves", Touch.verdict == "skip")))
    assert reasons <= {Skipped.DISMISSED, Skipped.CAP, Skipped.TOO_LATE}


def test_what_the_owner_never_confirms_expires_and_does_not_pile_up(community: Database) -> None:
    """Nobody carries the tasks out here: each has an end, long before the next of its step comes."""
    until(community, START, START + WEEK)
    with community.reading() as session:
        rows = list(session.scalars(select(OutboxMessage)))
    assert rows
    for row in rows:
        assert row.expires_at is not None
        assert row.expires_at - row.created_at <= timedelta(hours=10)
