"""Customers and operators that tests of the console begin with, each made by one plain function."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.models import AuditEntry
from admin.terms import Role, Who
from bot import transcript
from bot.transcript import Line
from core.db import Database
from customers.models import Customer
from customers.pack import LevelRules, SignalWeight
from customers.recognise import begin_follow, recognise
from customers.record import record_heard
from customers.terms import FocusMention, FocusPoint, Heard, Level, LevelStatement, Polarity, Signal, Slot, SlotName, Span

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
RULES = LevelRules(weights={"test_drive": SignalWeight("想试驾", 30, 14)}, thresholds={Level.H: 60, Level.B: 20}, silent_after_days=30)
STORES = {"sh_pudong": "浦东店", "sh_minhang": "闵行店"}
PHONE = "13812345678"
WORDS = f"E7冬天续航怎么样，想试驾，我电话{PHONE}，去浦东店"


def who(role: Role, *, store: str = "", userid: str = "") -> Who:
    """An operator with this role."""
    return Who(1, f"the-{role}", "小王", role, store, userid)


BOSS = who(Role.ADMIN)


def span(words: str, text: str = WORDS) -> Span:
    """Where these words stand."""
    return Span(words, text.index(words), text.index(words) + len(words))


def talked(session: Session, external_id: str = "wm-li", *, msgid: str = "m1", nickname: str = "李雷的车", advisor: str = "") -> Customer:
    """A customer who said WORDS: a focus point, a signal, a phone number and a store were heard in it."""
    customer = recognise(session, external_id, channel="booth", now=NOW - timedelta(days=3))
    customer.nickname = nickname
    if advisor:
        begin_follow(session, customer, advisor, channel="booth", now=NOW)
    transcript.append(session, [Line(msgid, external_id, "customer", WORDS, NOW, turn=msgid)])
    heard = Heard(
        msgid,
        NOW,
        WORDS,
        [FocusMention(FocusPoint.RANGE, Polarity.NEGATIVE, span("续航"), 0.9)],
        [Signal("test_drive", span("想试驾"))],
        [Slot(SlotName.PHONE, PHONE, span(PHONE)), Slot(SlotName.STORE, "sh_pudong", span("浦东店"))],
    )
    record_heard(session, customer, heard, RULES, now=NOW)
    return customer


def stated(session: Session, customer: Customer, *, msgid: str = "m-week", at: datetime = NOW) -> Customer:
    """He says outright that he decides this week."""
    words = "这周就定"
    transcript.append(session, [Line(msgid, customer.external_id, "customer", words, at, turn=msgid)])
    record_heard(session, customer, Heard(msgid, at, words, stated_level=LevelStatement(Level.H, span(words, words))), RULES, now=at)
    return customer


def audited(database: Database) -> list[AuditEntry]:
    """The audit, oldest first."""
    with database.reading() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
