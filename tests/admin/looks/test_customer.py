"""One customer's page: each belief with its sentence, the score taken apart, everything that happened, and no phone number."""

from dataclasses import asdict
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from admin.looks.customer import Portrait, Words, portrait
from admin.terms import Blocked, Role, Who
from bot import outbox, transcript
from bot.messages import Channel, reply_key
from bot.models import Brief, OutboxMessage, Utterance
from bot.queue import State
from bot.transcript import Line
from core.db import Database
from customers import undo
from customers.models import SignalRecord, SlotRecord
from customers.recognise import end_follow, opt_out, recognise
from tests.admin.people import BOSS, NOW, PHONE, RULES, STORES, talked, who

WORDS = Words(STORES, {"sh_pudong": "浦东店"})
LATER = NOW + timedelta(minutes=5)


def seen(session: Session, operator: Who = BOSS, *, days: float = 0) -> Portrait:
    return portrait(session, operator, "wm-li", RULES, WORDS, now=NOW + timedelta(days=days))


def test_each_belief_stands_with_its_sentence_and_the_words_that_show_it(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        him = seen(session)
    [focus], [signal] = him.focus, him.signals
    assert (focus["name"], focus["polarity"], focus["confidence"]) == ("续航能耗", "担心", "90%")
    assert '冬天<mark class="focus" title="续航能耗">续航</mark>怎么样' in focus["sentence"]
    assert '<mark class="signal" title="想试驾">想试驾</mark>' in signal["sentence"]
    assert [tag["name"] for tag in him.tags] == ["续航能耗", "B级"]
    assert [tag["point"] for tag in him.tags] == ["range", ""]


def test_no_phone_number_reaches_the_page_whole(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        him = seen(session)
    assert PHONE not in str(asdict(him))
    assert {slot["name"]: slot["value"] for slot in him.slots} == {"电话": "138****5678", "门店": "浦东店"}


def test_the_score_is_taken_apart_as_it_is_now(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        talked(session, msgid="m2")
        him = seen(session, days=14)
        [newer, older] = him.signals
        assert him.score == "15"
        assert (newer["points"], newer["how"]) == (15.0, "30 分，每 14 天减半；已过 14.0 天，现在 15.0 分")
        assert (older["points"], older["how"]) == (0.0, "同一个信号说了几次，只算最近一次")
        customer = recognise(session, "wm-li", now=NOW)
        newest = session.scalars(select(SignalRecord.id).order_by(SignalRecord.id.desc())).first()
        assert newest is not None
        undo.undo_signal(session, customer, newest, RULES, by="小王", now=NOW)
        undone = seen(session, days=14).signals
    assert [one["counts"] for one in undone] == [False, True]
    assert undone[0]["undone"].startswith("小王 ")


def test_a_sentence_that_is_no_longer_kept_leaves_the_words(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        session.execute(delete(Utterance))
        him = seen(session)
    assert him.focus[0]["sentence"] == '<mark class="focus" title="续航能耗">续航</mark>'


def test_a_customers_words_are_shown_and_never_run(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        session.scalars(select(Utterance)).one().words = "E7冬天续航<script>"
        him = seen(session)
    assert "&lt;script&gt;" in him.focus[0]["sentence"]


def test_the_timeline_holds_messages_with_their_fate_and_what_happened(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session, advisor="liming")
        key = reply_key("m1", 0)
        outbox.enqueue(session, key, Channel.KF_TEXT, {"text": "您好"}, lane="kf", now=NOW)
        transcript.append(session, [Line(key, "wm-li", "assistant", "您好", LATER)])
        row = session.scalars(select(OutboxMessage).where(OutboxMessage.key == key)).one()
        row.state, row.reason = State.PARKED, "超过 48 小时"
        card = Brief(task_id="t", external_id="wm-li", open_kfid="wk", reason="complaint", recipients=["liming"], created_at=LATER)
        card.outcome, card.outcome_by, card.outcome_at = "called", "liming", LATER
        session.add(card)
        end_follow(session, customer, "liming", ended_by="customer", now=LATER)
        opt_out(customer, now=LATER)
        told = [(one["who"], one["text"], one["fate"]) for one in seen(session).timeline]
        follows = seen(session).follows
    assert ("助手", "您好", "没有发出：超过 48 小时") in told
    assert ("客户", "E7冬天续航怎么样，想试驾，我电话138****5678，去浦东店", "") in told
    assert ("级别", "C → B：意向分 30，达到 B 级的 20 分", "") in told
    assert {("顾问", "加为 liming 的客户", ""), ("顾问", "不再是 liming 的客户", ""), ("打扰", "不再打扰", "")} <= set(told)
    assert any(text.startswith("通知 liming：客户投诉（已联系，liming") for _, text, _ in told)
    assert "客户删除了顾问" in follows[0]["ended"]


@pytest.mark.parametrize("operator", [who(Role.STORE_MANAGER, store="sh_minhang"), who(Role.ADVISOR, userid="lina")])
def test_another_stores_customer_is_not_shown(database: Database, operator: Who) -> None:
    with database.unit_of_work() as session:
        talked(session, advisor="liming")
        with pytest.raises(Blocked):
            seen(session, operator)
        assert seen(session, who(Role.STORE_MANAGER, store="sh_pudong")).external_id == "wm-li"
        assert seen(session, who(Role.ADVISOR, userid="liming")).external_id == "wm-li"


def test_a_fact_said_often_is_one_row_and_goes_only_when_no_mention_holds(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        talked(session, msgid="m2")
        talked(session, msgid="m3")
        assert sorted(slot["name"] for slot in seen(session).slots) == ["电话", "门店"]
        newest, *_, oldest = session.scalars(select(SlotRecord).where(SlotRecord.name == "store").order_by(SlotRecord.id.desc()))
        newest.undone_at = NOW
        session.flush()
        [store] = [slot for slot in seen(session).slots if slot["name"] == "门店"]
        assert (store["undone"], oldest.id < store["id"] < newest.id) == ("", True)
        undo.undo_slot(session, recognise(session, "wm-li", now=NOW), oldest.id, by="小王", now=NOW)
        [store] = [slot for slot in seen(session).slots if slot["name"] == "门店"]
        assert (store["id"], store["undone"] != "") == (newest.id, True)
