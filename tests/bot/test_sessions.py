"""Who serves whom, and what may still be said."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from bot import sessions
from bot.sessions import Talk
from bot.wecom.terms import KfState
from core.db import Database
from tests.bot.builders import KF, LI, NOW, later


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.unit_of_work() as session:
        yield session


def test_a_session_is_created_on_first_sight_and_only_once(session: Session) -> None:
    assert sessions.session_now(session, KF, LI) is None
    first = sessions.session_of(session, KF, LI)
    assert sessions.session_of(session, KF, LI).id == first.id
    assert (first.state, first.said_since, first.heard_at, first.handing_over) == (KfState.NEW, 0, None, False)
    assert sessions.session_of(session, "wk-other", LI).id != first.id


def test_every_message_of_ours_is_counted_until_he_writes_again(session: Session) -> None:
    sessions.note_heard(session, KF, LI, at=NOW)
    for _ in range(3):
        sessions.note_talk(session, Talk(KF, LI), now=NOW)
    kf = sessions.session_of(session, KF, LI)
    session.refresh(kf)
    assert kf.said_since == 3
    assert sessions.note_heard(session, KF, LI, at=later(60)) == NOW, "when he wrote before"
    assert (kf.said_since, kf.heard_at) == (0, later(60))


def test_an_older_message_that_arrives_late_opens_nothing(session: Session) -> None:
    sessions.note_heard(session, KF, LI, at=NOW)
    sessions.note_talk(session, Talk(KF, LI), now=NOW)
    sessions.note_heard(session, KF, LI, at=later(-60))
    kf = sessions.session_of(session, KF, LI)
    session.refresh(kf)
    assert (kf.said_since, kf.heard_at) == (1, NOW)


@pytest.mark.parametrize(
    ("state", "after", "checked"),
    [
        (KfState.ENDED, KfState.NEW, None),
        (KfState.HUMAN, KfState.HUMAN, NOW),
        (KfState.ASSISTANT, KfState.ASSISTANT, NOW),
    ],
)
def test_an_ended_session_is_new_again_when_he_writes(session: Session, state: KfState, after: KfState, checked: datetime | None) -> None:
    sessions.note_state(session, KF, LI, state, now=NOW)
    sessions.note_heard(session, KF, LI, at=later(1))
    kf = sessions.session_of(session, KF, LI)
    assert (kf.state, kf.checked_at) == (after, checked)


@pytest.mark.parametrize(
    ("state", "handing_over", "with_person"),
    [
        (KfState.NEW, False, False),
        (KfState.ASSISTANT, False, False),
        (KfState.ASSISTANT, True, True),  # a person is promised
        (KfState.POOL, False, True),
        (KfState.HUMAN, False, True),
        (KfState.ENDED, False, False),
    ],
)
def test_the_assistant_only_listens_once_a_person_is_promised(
    session: Session, state: KfState, handing_over: bool, with_person: bool
) -> None:
    kf = sessions.note_state(session, KF, LI, state, now=NOW)
    kf.handing_over = handing_over
    assert kf.is_with_person is with_person


def test_what_wecom_says_settles_the_promise(session: Session) -> None:
    sessions.session_of(session, KF, LI).handing_over = True
    kf = sessions.note_state(session, KF, LI, KfState.HUMAN, servicer="chen", now=NOW)
    assert (kf.state, kf.servicer, kf.checked_at, kf.handing_over) == (KfState.HUMAN, "chen", NOW, False)


def test_when_nobody_could_be_given_the_session_the_assistant_goes_on(session: Session) -> None:
    kf = sessions.session_of(session, KF, LI)
    kf.handing_over = True
    sessions.hand_over_failed(session, KF, LI)
    session.refresh(kf)
    assert not kf.is_with_person


def test_who_is_on_duty_is_kept_up_to_date(session: Session) -> None:
    sessions.note_duty(session, KF, [("chen", True), ("zhou", False)], now=NOW)
    sessions.note_duty(session, KF, [("zhou", True)], now=later(60))
    sessions.note_duty(session, "wk-other", [("sun", True)], now=NOW)
    assert [(row.userid, row.on_duty, row.checked_at) for row in sessions.servicers(session, KF)] == [
        ("chen", True, NOW),
        ("zhou", True, later(60)),
    ]


def test_sessions_in_hand_are_counted_by_servicer(session: Session) -> None:
    for customer, servicer, state in (
        ("wm-1", "chen", KfState.HUMAN),
        ("wm-2", "chen", KfState.HUMAN),
        ("wm-3", "chen", KfState.ENDED),
        ("wm-4", "sun", KfState.HUMAN),
    ):
        sessions.note_state(session, KF, customer, state, servicer=servicer, now=NOW)
    assert sessions.busy_with(session, ["chen", "zhou"]) == {"chen": 2, "zhou": 0}
    assert sessions.busy_with(session, []) == {}
