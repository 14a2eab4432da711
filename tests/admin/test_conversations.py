"""The list of conversations: who is seen by whom, who waits, filters; and who may correct what."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import sign_in
from admin.acts import corrections
from admin.looks import conversations as looks
from admin.looks.conversation import accounts
from admin.looks.corrections import corrected_turns, fixes_of
from admin.looks.wanted import Wanted
from admin.models import AuditEntry
from admin.terms import Blocked, NotAllowed, Role, Who
from bot import sessions, transcript
from bot.models import KfSession, OutboxMessage
from bot.serving import Serves, is_served_by, who_serves
from bot.transcript import Line
from core.db import Database
from customers.models import Advisor, Customer, CustomerTag, FocusRecord, Follow
from customers.recognise import recognise
from customers.terms import FocusPoint, Polarity
from intents.models import TaughtFocus, TaughtUtterance
from intents.terms import Intent

NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")
KF = "wk-hall"
ADMIN = Who(1, "lina", "李娜", Role.ADMIN)
ADVISOR = Who(2, "zhou", "周", Role.ADVISOR, userid="zhou")
MANAGER = Who(3, "boss", "店长", Role.STORE_MANAGER, store="pudong")


def spoke(session: Session, external_id: str, *, minutes_ago: float, words: str = "多少钱", advisor: str = "", store: str = "") -> Customer:
    at = NOW - timedelta(minutes=minutes_ago)
    customer = recognise(session, external_id, now=at)
    customer.nickname, customer.advisor, customer.store = external_id, advisor, store
    if advisor:
        session.add(Follow(customer_id=customer.id, advisor=advisor, since=at))
    sessions.note_heard(session, KF, external_id, at=at)
    transcript.append(session, [Line(f"m-{external_id}", external_id, "customer", words, at, turn=f"m-{external_id}", understood={})])
    session.flush()
    return customer


def listed(database: Database, who: Who = ADMIN, **filters: str) -> list[str]:
    with database.reading() as session:
        rows, total = looks.conversations(session, who, Wanted(filters), now=NOW)
    assert len(rows) == total
    return [row["external_id"] for row in rows]


def test_the_newest_comes_first_and_among_those_who_wait_the_longest_wait(database: Database) -> None:
    with database.unit_of_work() as session:
        for name, ago in (("wm-1", 30), ("wm-2", 5), ("wm-3", 60)):
            spoke(session, name, minutes_ago=ago)
        sessions.session_of(session, KF, "wm-1").waiting_since = None
    assert listed(database) == ["wm-2", "wm-1", "wm-3"]
    assert listed(database, view="waiting") == ["wm-3", "wm-2"]


def test_a_manager_sees_his_store_and_an_advisor_his_own(database: Database) -> None:
    with database.unit_of_work() as session:
        spoke(session, "wm-1", minutes_ago=1, store="pudong", advisor="zhou")
        spoke(session, "wm-2", minutes_ago=2, store="pudong", advisor="li")
        spoke(session, "wm-3", minutes_ago=3, store="minhang", advisor="zhou")
    assert listed(database, MANAGER) == ["wm-1", "wm-2"]
    assert listed(database, ADVISOR) == ["wm-1", "wm-3"]
    with database.reading() as session:
        assert looks.counts(session, MANAGER, now=NOW)["waiting"] == 2


def test_filters_by_words_level_decision_servicer_and_state(database: Database) -> None:
    with database.unit_of_work() as session:
        spoke(session, "wm-1", minutes_ago=1, words="续航怎么样").level = "H"
        spoke(session, "wm-2", minutes_ago=2)
        sessions.note_turn(sessions.session_of(session, KF, "wm-2"), "hand_off")
        sessions.note_state(session, KF, "wm-2", 3, servicer="zhou", now=NOW)
        sessions.hold(sessions.session_of(session, KF, "wm-1"), "lina", now=NOW)
    assert listed(database, words="续航") == ["wm-1"]
    assert listed(database, level="H") == ["wm-1"]
    assert listed(database, decision="hand_off") == ["wm-2"]
    assert listed(database, servicer="zhou") == ["wm-2"]
    assert listed(database, view="servicer") == ["wm-2"]
    assert listed(database, view="operator") == ["wm-1"]
    assert listed(database, words="%") == []


@pytest.mark.parametrize(("role", "finds"), [(Role.ADMIN, True), (Role.OPERATOR, False), (Role.STORE_MANAGER, True), (Role.ADVISOR, True)])
def test_only_who_may_see_a_number_finds_it_digit_by_digit(database: Database, role: Role, finds: bool) -> None:
    who = Who(1, "one", "One", role, store="pudong", userid="zhou")
    with database.unit_of_work() as session:
        for name, words in (
            ("wm-1", "E7多少钱，我电话13812345678"),
            ("wm-2", "打我１３８ １２３４ ５６７８"),
            ("wm-3", "E7多少钱，预算250000"),
        ):
            spoke(session, name, minutes_ago=1, words=words, advisor="zhou", store="pudong")
    assert set(listed(database, who, words="8123")) == ({"wm-1"} if finds else set())
    assert set(listed(database, who, words="２３４")) == ({"wm-2"} if finds else set())
    for digits in ("13812345678", "1381", "45678", "38"):
        assert ("wm-1" in listed(database, who, words=digits)) is finds
    assert set(listed(database, who, words="多少钱")) == {"wm-1", "wm-3"}, "words are found also beside a number"
    assert listed(database, who, words="2500") == ["wm-3"], "other numbers are nobody's phone"
    assert "wm-3" in listed(database, who, words="E7")


def test_who_holds_a_conversation_is_called_by_his_name_and_not_by_his_login(database: Database) -> None:
    with database.unit_of_work() as session:
        spoke(session, "wm-1", minutes_ago=1)
        sign_in.new_operator(session, "lina", Role.OPERATOR, shown_as="李娜", now=NOW)
        session.add(Advisor(userid="lina", name="另一个人"))
        sessions.hold(sessions.session_of(session, KF, "wm-1"), "lina", now=NOW)
        [row], _ = looks.conversations(session, ADMIN, Wanted(), now=NOW)
        [account] = accounts(session, ADMIN, "wm-1", now=NOW)
    assert row["serves"] == account.served_by == "后台接管 · 李娜"


def test_who_serves_is_the_same_word_by_word_in_the_database(database: Database) -> None:
    with database.unit_of_work() as session:
        for number in range(5):
            for extra in ("", "promised", "held", "expired"):
                kf = sessions.note_state(session, KF, f"wm-{number}{extra}", number, now=NOW)
                kf.handing_over = extra == "promised"
                if extra in ("held", "expired"):
                    sessions.hold(kf, "lina", now=NOW - (timedelta(0) if extra == "held" else timedelta(hours=2)))
    with database.reading() as session:
        for serves in Serves:
            found = session.scalars(select(KfSession).where(is_served_by(serves, now=NOW))).all()
            assert {who_serves(kf, now=NOW) for kf in found} == {serves}
        assert len(session.scalars(select(KfSession)).all()) == 20


def test_what_somebody_has_open_is_read(database: Database) -> None:
    with database.unit_of_work() as session:
        spoke(session, "wm-1", minutes_ago=1)
    assert listed(database, view="unread") == ["wm-1"]
    with database.unit_of_work() as session:
        sessions.note_read(session, "wm-1", now=NOW)
    assert listed(database, view="unread") == []


def test_a_corrected_intent_becomes_an_example_is_shown_and_can_be_taken_back(database: Database) -> None:
    with database.unit_of_work() as session:
        spoke(session, "wm-1", minutes_ago=1, words="能便宜点不")
        corrections.correct_intent(session, ADMIN, "m-wm-1", Intent.ASK_PROMOTION, now=NOW)
    with database.reading() as session:
        taught = session.scalars(select(TaughtUtterance)).one()
        [fix] = fixes_of(session, ["m-wm-1"])["m-wm-1"]
        assert (taught.text, taught.intent, taught.message_id) == ("能便宜点不", "ask_promotion", "m-wm-1")
        assert (fix.told, fix.by, fix.undone_by) == ("意图应是「优惠活动」", "lina", "")
        assert list(corrected_turns(session, since=NOW)) == ["m-wm-1"]
    with database.unit_of_work() as session:
        corrections.take_back(session, ADMIN, fix.id, now=NOW)
        corrections.take_back(session, ADMIN, fix.id, now=NOW)
    with database.reading() as session:
        assert session.scalars(select(TaughtUtterance)).one().withdrawn_at is not None
        assert fixes_of(session, ["m-wm-1"])["m-wm-1"][0].undone_by == "lina"
        assert corrected_turns(session, since=NOW) == {}
        assert len(session.scalars(select(AuditEntry)).all()) == 2


def test_a_correction_names_the_person_and_not_what_he_signs_in_with(database: Database) -> None:
    with database.unit_of_work() as session:
        sign_in.new_operator(session, "lina", Role.OPERATOR, shown_as="李娜", now=NOW)
        spoke(session, "wm-1", minutes_ago=1, words="能便宜点不")
        corrections.correct_intent(session, ADMIN, "m-wm-1", Intent.ASK_PROMOTION, now=NOW)
        session.flush()
        [fix] = fixes_of(session, ["m-wm-1"])["m-wm-1"]
        corrections.take_back(session, ADMIN, fix.id, now=NOW)
        session.flush()
        [undone] = fixes_of(session, ["m-wm-1"])["m-wm-1"]
    assert (fix.by, undone.by, undone.undone_by) == ("李娜", "李娜", "李娜")


def test_a_missing_focus_point_makes_a_tag_in_wecom_too_and_cancelling_it_takes_it_away(database: Database) -> None:
    with database.unit_of_work() as session:
        spoke(session, "wm-1", minutes_ago=1, words="冬天电池掉得快不快", advisor="zhou")
        corrections.add_focus(session, ADMIN, "m-wm-1", "掉得快不快", FocusPoint.RANGE, Polarity.NEGATIVE, now=NOW)
    with database.reading() as session:
        record = session.scalars(select(FocusRecord)).one()
        assert (record.words, record.start, record.polarity, record.undone_at) == ("掉得快不快", 4, "negative", None)
        assert [tag.name for tag in session.scalars(select(CustomerTag).where(CustomerTag.ended_at.is_(None)))] == ["续航能耗"]
        assert [row.channel for row in session.scalars(select(OutboxMessage))] == ["tags"]
    with database.unit_of_work() as session:
        corrections.cancel_focus(session, ADMIN, record.id, now=NOW + timedelta(minutes=1))
    with database.reading() as session:
        assert session.scalars(select(CustomerTag).where(CustomerTag.ended_at.is_(None))).all() == []
        assert [(row.words, row.polarity) for row in session.scalars(select(TaughtFocus))] == [("掉得快不快", "")]
        assert len(session.scalars(select(OutboxMessage)).all()) == 2


def test_words_that_do_not_stand_in_the_message_are_refused(database: Database) -> None:
    with database.unit_of_work() as session:
        spoke(session, "wm-1", minutes_ago=1)
    with database.unit_of_work() as session, pytest.raises(Blocked, match="从这句话里"):
        corrections.add_focus(session, ADMIN, "m-wm-1", "续航", FocusPoint.RANGE, Polarity.NEUTRAL, now=NOW)


def test_who_may_not_correct_or_does_not_see_the_customer_is_refused(database: Database) -> None:
    with database.unit_of_work() as session:
        spoke(session, "wm-1", minutes_ago=1, store="minhang", advisor="zhou")
    with database.reading() as session, pytest.raises(NotAllowed):
        corrections.correct_intent(session, ADVISOR, "m-wm-1", Intent.ASK_PRICE, now=NOW)
    with database.reading() as session, pytest.raises(Blocked, match="不在您的范围内"):
        corrections.correct_intent(session, MANAGER, "m-wm-1", Intent.ASK_PRICE, now=NOW)
