"""Who waits for a person: an advisor reads why in the product's words, and the customer in his own."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from admin.looks.tasks import tasks
from admin.looks.wanted import Wanted
from bot.models import Brief, OutboxMessage, Utterance
from core.db import Database
from customers.models import Customer, SlotRecord
from run.reminder_ports import askings
from sop.models import Reminder
from sop.reminder_terms import ReminderKind, ReminderState
from tests.admin.people import BOSS
from tests.sop.advised import DAY, HOUR, MINUTE, NOW, advisor, reminding, rose, rows

REASONS = {"asked_for_person": "客户要求人工", "wants_order": "客户问订单、下订或退订", "not_covered": "话术库没有答案"}
ASKINGS: dict[str, Any] = {"askings": partial(askings, REASONS)}
MANAGED: dict[str, Any] = {**ASKINGS, "managers": lambda _s, _store: ["boss"]}
WORDS = "价格合适的话这周就定"


def said(session: Any, customer: str, words: str, at: datetime, *, speaker: str = "customer", recalled: bool = False) -> None:
    line = {"external_id": customer, "speaker": speaker, "words": words, "said_at": at}
    session.add(Utterance(msgid=f"{at.timestamp()}-{speaker}", recalled_at=at if recalled else None, **line))


def asks(database: Database, customer: str, why: str, at: datetime = NOW) -> None:
    """A brief about him goes to Chen, after these words of his."""
    with database.unit_of_work() as session:
        said(session, customer, "你好", at - 5 * MINUTE)
        said(session, customer, WORDS, at - MINUTE)
        said(session, customer, "说错了", at - MINUTE / 2, recalled=True)
        said(session, customer, "已经告诉顾问", at, speaker="assistant")
        said(session, customer, "在吗", at + MINUTE)
        session.add(Brief(task_id=f"t-{why}", external_id=customer, open_kfid="wk", reason=why, recipients=["chen"], created_at=at))


def queued(database: Database) -> Sequence[dict[str, Any]]:
    """What was said to advisors and managers, in order."""
    with database.reading() as session:
        return [row.payload for row in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]


def only(database: Database, kind: ReminderKind) -> Reminder:
    [row] = [row for row in rows(database) if row.kind == kind]
    return row


@pytest.mark.parametrize(("why", "name"), REASONS.items())
def test_the_reason_is_told_as_the_reason_and_the_customer_is_quoted_with_what_he_said(database: Database, why: str, name: str) -> None:
    advisor(database, "chen")
    asks(database, rose(database, "晴天", by="chen"), why)
    reminds = reminding(database, **ASKINGS)
    for after in (MINUTE, 15 * MINUTE, DAY - HOUR):
        reminds.minute(NOW + after)
    title = f"{name}，还没有人接"
    cards = [one for one in queued(database) if "quote" in one]
    assert (cards[0]["title"], cards[0]["quote_title"], cards[0]["quote"]) == (title, "客户说", WORDS)
    [digest] = [one["text"] for one in queued(database) if one.get("text", "").startswith("今天要跟进")][-1:]
    assert f"晴天 H 级 · {title}" in digest
    with database.reading() as session:
        [row], _ = tasks(session, BOSS, Wanted({"kind": "person_asked"}), {}, now=NOW + HOUR)
    assert (row["kind"], row["words"]) == (title, WORDS)


def test_who_said_nothing_is_not_quoted(database: Database) -> None:
    advisor(database, "chen")
    customer = rose(database, "晴天", by="chen")
    with database.unit_of_work() as session:
        session.add(Brief(task_id="t", external_id=customer, open_kfid="wk", reason="", recipients=["chen"], created_at=NOW))
    reminds = reminding(database, **ASKINGS)
    for after in (MINUTE, 15 * MINUTE):
        reminds.minute(NOW + after)
    [card] = [one for one in queued(database) if "quote" in one]
    assert (card["title"], card["quote"]) == ("已转告顾问，还没有人接", "")


def test_an_asking_that_nobody_answers_mutes_no_visit(database: Database) -> None:
    advisor(database, "chen", store="sh-pudong")
    customer = rose(database, "晴天", by="chen", store="sh-pudong")
    asks(database, customer, "asked_for_person")
    with database.unit_of_work() as session:
        evidence = {"message_id": "m1", "words": "后天下午来", "start": 0, "end": 5, "confidence": 1.0, "said_at": NOW}
        customer_id = session.scalars(select(Customer.id)).one()
        session.add(SlotRecord(customer_id=customer_id, name="visit_time", value="2026-11-25T15:00", **evidence))
    reminds = reminding(database, **MANAGED)
    for hours in (0, 1, 4, 7):
        reminds.minute(NOW + hours * HOUR)
    assert only(database, ReminderKind.PERSON_ASKED).state == ReminderState.ESCALATED
    assert only(database, ReminderKind.ROSE).state == ReminderState.OPEN, "one open card about him is enough of what is less urgent"

    reminds.minute(NOW + DAY - HOUR)  # at nine
    reminds.minute(NOW + DAY + 7 * HOUR)  # at five in the afternoon
    assert only(database, ReminderKind.VISIT_EVE).state == ReminderState.ASKED
    [digest] = [one["text"] for one in queued(database) if one.get("text", "").startswith("今天要跟进")][-1:]
    assert digest == "今天要跟进 1 位客户，其中 1 位要尽快：\n1. 晴天 H 级 · 客户明天到店"
    reminds.minute(NOW + 3 * DAY)
    assert only(database, ReminderKind.VISIT_PAST).state == ReminderState.ASKED
    titles = [one["title"] for one in queued(database) if "title" in one]
    assert titles[-2:] == ["客户明天到店", "昨天约了到店，还没有记录"]
