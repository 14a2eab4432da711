"""An advisor is told that a customer needs him: once, and whoever can be reached."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import sessions, transcript
from bot.brief import brief_of, queue_brief, queue_undelivered, recipients_of
from bot.decide import Why
from bot.messages import Channel, hand_key
from bot.models import Brief, OutboxMessage
from bot.transcript import Line
from bot.wecom.card import task_id
from core.db import Database
from customers.models import Customer
from customers.pack import LevelRules
from customers.recognise import begin_follow, end_follow, recognise
from customers.record import record_heard
from customers.terms import FocusMention, FocusPoint, Heard, Polarity, SlotName, Span
from kb.terms import ScriptMatch
from tests.bot.builders import KF, LI, NOW, later, match, speech


@dataclass(frozen=True)
class Asked:
    """A turn, as far as a brief needs it."""

    open_kfid: str = KF
    external_id: str = LI
    msgid: str = "m7"
    text: str = "那个\nE7多少钱"


@pytest.fixture
def session(sqlite_database: Database) -> Iterator[Session]:
    with sqlite_database.unit_of_work() as session:
        yield session


@pytest.fixture
def li(session: Session) -> Customer:
    customer = recognise(session, LI, now=NOW)
    customer.nickname = "李雷"
    return customer


def tell(session: Session, customer: Customer, why: Why = Why.NOT_COVERED, *suggested: ScriptMatch, duty: tuple[str, ...] = ()) -> None:
    slots = {SlotName.MODEL: "e7", SlotName.CITY: "nowhere-yet"}
    queue_brief(session, speech(duty_advisors=duty), Asked(), customer, why, suggested, slots, now=NOW)


def queued(session: Session) -> list[OutboxMessage]:
    return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def card(session: Session) -> dict[str, Any]:
    return queued(session)[0].payload


def test_one_turn_makes_one_card(session: Session, li: Customer) -> None:
    tell(session, li)
    tell(session, li)
    assert [(row.key, row.channel) for row in queued(session)] == [("brief:m7", Channel.ADVISOR_CARD)]
    brief = session.scalars(select(Brief)).one()
    assert (brief.task_id, brief.external_id, brief.reason, brief.outcome) == (task_id("brief:m7"), LI, "not_covered", "")


def test_the_card_says_who_what_was_asked_and_what_is_known(session: Session, li: Customer) -> None:
    tell(session, li, Why.COMPLAINT, match("price", 0.9), match("finance", 0.5))
    shown = card(session)
    assert shown["title"] == "有客户需要您跟进：客户投诉"
    assert (shown["desc"], shown["quote"]) == ("客户：李雷", "那个\nE7多少钱")
    assert shown["facts"] == [["意向级别", "C 三个月以上或未知"], ["车型", "云驰 E7"], ["城市", "nowhere-yet"]]
    assert shown["sub_title"] == "建议回复：price 标题；finance 标题"
    assert [name for name, _ in shown["buttons"]] == ["taken", "called", "later"]


def test_the_card_quotes_what_he_spoke_of_last(session: Session, li: Customer) -> None:
    spoken = [("range", "跑多远"), ("price", "太贵"), ("space", "后备箱"), ("smart", "智驾"), ("range", "续航")]
    for number, (point, words) in enumerate(spoken):
        mention = FocusMention(FocusPoint(point), Polarity.NEUTRAL, Span(words, 0, len(words)), 0.9)
        record_heard(session, li, Heard(f"m{number}", later(number), focus_points=[mention]), LevelRules(), now=NOW)
    tell(session, li)
    assert card(session)["facts"][3:] == [["续航能耗", "“续航”"], ["智能化", "“智驾”"], ["空间", "“后备箱”"]]


def test_without_a_suggestion_none_is_announced(session: Session, li: Customer) -> None:
    tell(session, li)
    assert card(session)["sub_title"] == ""


def test_his_own_advisor_is_told_before_anybody_else(session: Session, li: Customer) -> None:
    def told(*duty: str) -> list[str]:
        return recipients_of(session, li, KF, duty)

    assert told() == []
    sessions.note_duty(session, KF, [("zhou", False), ("wu", False)], now=NOW)
    assert told() == ["zhou", "wu"], "nobody on duty: every servicer"
    assert told("chen", "sun") == ["chen", "sun"], "whom the settings name"
    sessions.note_duty(session, KF, [("wu", True)], now=NOW)
    assert told("chen") == ["wu"], "a servicer on duty"
    begin_follow(session, li, "han", channel="", now=NOW)
    begin_follow(session, li, "lin", channel="", now=later(1))
    assert told("chen") == ["lin"], "his own advisor, the newest relation"
    end_follow(session, li, "lin", ended_by="customer", now=later(2))
    assert told("chen") == ["han"], "one whom he deleted cannot reach him"


def test_a_card_for_nobody_is_queued_all_the_same(session: Session, li: Customer) -> None:
    tell(session, li)
    assert card(session)["userids"] == [], "the sender parks it and says so"


def test_an_advisor_hears_once_a_turn_of_a_reply_that_did_not_arrive(session: Session, li: Customer) -> None:
    to = {"external_id": LI, "open_kfid": KF}
    for reply in ("reply:m7:0", "reply:m7:1", "reply:m9:0"):
        queue_undelivered(session, speech(duty_advisors=("chen",)), reply, to, "客户拒收", now=NOW)
    assert [row.key for row in queued(session)] == ["undelivered:reply:m7", "undelivered:reply:m9"]
    payload = card(session)
    assert payload["userids"] == ["chen"]
    assert "李雷没有收到助手的回复：客户拒收" in payload["text"]


def test_what_an_operator_wrote_is_not_called_the_assistants(session: Session, li: Customer) -> None:
    key = hand_key("click", 0)
    transcript.append(session, [Line(key, LI, "person", "马上给您回电", NOW, by="李娜")])
    queue_undelivered(session, speech(duty_advisors=("chen",)), key, {"external_id": LI, "open_kfid": KF}, "客户拒收", now=NOW)
    assert "李雷没有收到李娜的回复：客户拒收" in card(session)["text"]


@pytest.mark.parametrize(("customer", "duty"), [("wm-unknown", ("chen",)), (LI, ())])
def test_nobody_is_told_of_a_stranger_or_without_anybody_to_tell(
    session: Session, li: Customer, customer: str, duty: tuple[str, ...]
) -> None:
    to = {"external_id": customer, "open_kfid": KF}
    queue_undelivered(session, speech(duty_advisors=duty), "reply:m7:0", to, "客户拒收", now=NOW)
    assert queued(session) == []


def test_a_brief_is_found_by_its_card(session: Session, li: Customer) -> None:
    tell(session, li)
    found = brief_of(session, task_id("brief:m7"))
    assert found is not None
    assert found.recipients == []
    assert brief_of(session, "card-unknown") is None
