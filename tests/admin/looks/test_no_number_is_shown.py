"""A phone number that a customer left stands whole in no look of those who may not see numbers: every place where his words go."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from admin import audit
from admin.looks import audit as audit_look
from admin.looks import conversation, conversations, customer, customer_export, customers, gaps, intents, tasks, timeline
from admin.looks.wanted import Wanted
from admin.models import Gap, GapTurn
from admin.rights import may
from admin.terms import Right, Role, Who
from bot import sessions
from core.db import Database
from customers import store
from customers.models import CustomerTag, FocusRecord, LevelChange, SignalRecord
from customers.terms import FocusPoint, Polarity
from intents.store import taught_focus, taught_utterances, teach_focus, teach_utterance
from intents.terms import Intent
from sop import reminder_store
from sop.due_reminders import Due
from sop.reminder_terms import ReminderKind
from tests.admin.looks.test_every_look_narrows import texts
from tests.admin.people import NOW, PHONE, RULES, STORES, WORDS, talked, who
from tests.intents.builders import PACK

OPERATOR = who(Role.OPERATOR)
NAMES = conversation.Names({}, {})


@pytest.fixture
def left(database: Database) -> Database:
    """His whole sentence with the number is the evidence of everything."""
    with database.unit_of_work() as session:
        him = talked(session)
        about = {"customer_id": him.id, "message_id": "m1", "words": WORDS, "start": 0, "end": len(WORDS), "confidence": 0.9}
        session.add(SignalRecord(name="left_phone", said_at=NOW, **about))
        session.add(FocusRecord(point=FocusPoint.PRICE, polarity=Polarity.NEUTRAL, said_at=NOW, **about))
        tag = {"group": "说过", "name": "留电话", "confidence": 1.0, "words": WORDS, "message_id": "m1"}
        session.add(CustomerTag(customer_id=him.id, since=NOW, **tag))
        session.add(LevelChange(customer_id=him.id, before="C", after="B", changed_at=NOW, reason={"kind": "score", "words": WORDS}))
        sessions.note_heard(session, "wk-hall", "wm-li", at=NOW)
        gap = Gap(title=WORDS, centre=b"", made_at=NOW, last_at=NOW, count=1)
        session.add(gap)
        session.flush()
        session.add(GapTurn(gap_id=gap.id, msgid="m1", external_id="wm-li", words=WORDS, said_at=NOW))
        reason = {"words": WORDS, "story": [{"at": NOW.isoformat(), "text": f"转交：{WORDS}"}]}
        reminder_store.add(session, him, "liming", Due(ReminderKind.LEVEL, NOW, "since"), reason, now=NOW)
        teach_utterance(session, WORDS, Intent.ASK_PRICE, message_id="m1", by="lina", now=NOW)
        teach_focus(session, WORDS, PHONE, FocusPoint.PRICE, "", message_id="m1", by="lina", now=NOW)
        audit.note(session, OPERATOR, "教意图例句", "utterance", 1, after={"例句": WORDS}, now=NOW)
    return database


def _timeline(session: Session) -> object:
    him = store.customer_by_external_id(session, "wm-li")
    assert him is not None
    return timeline.timeline(session, him, store.level_history(session, him.id), [], {}, now=NOW)


Look = Callable[[Session, Who], object]
LOOKS: dict[str, Look] = {
    "conversation": lambda s, one: conversation.lines(s, one, "wm-li", NAMES),
    "conversations": lambda s, one: conversations.conversations(s, one, Wanted(), now=NOW),
    "customer": lambda s, one: customer.portrait(s, one, "wm-li", RULES, customer.Words({}, {}), now=NOW),
    "customers": lambda s, one: customers.customers(s, one, Wanted(), STORES, now=NOW),
    "timeline": lambda s, one: _timeline(s),
    "export": lambda s, one: list(customer_export.sheet_rows(s, one, Wanted(), STORES, with_phones=False, now=NOW)),
    "gaps": lambda s, one: gaps.gaps(s, one, Wanted(), now=NOW),
    "one gap": lambda s, one: gaps.gap(s, s.query(Gap).one().id, now=NOW),
    "its turns": lambda s, one: gaps.turns(s, one, s.query(Gap).one().id, Wanted(), now=NOW),
    "groups to merge with": lambda s, one: gaps.others(s, one, 0, ""),
    "tasks": lambda s, one: tasks.tasks(s, one, Wanted({"state": "open"}), STORES, now=NOW),
    "examples": lambda s, one: intents.examples(s, PACK, Wanted(), now=NOW),
    "sentences": lambda s, one: intents.sentences(s, PACK, Wanted(), now=NOW),
    "audit": lambda s, one: audit_look.entries(s, one, Wanted(), {}),
}


@pytest.mark.parametrize("name", LOOKS)
def test_it_is_hidden(left: Database, name: str) -> None:
    assert not may(OPERATOR, Right.SEE_PHONES)
    with left.reading() as session:
        told = "\n".join(texts(LOOKS[name](session, OPERATOR)))
    assert PHONE not in told
    assert "138****5678" in told or name == "customers", "otherwise this look shows nothing of it and the test is empty"


def test_an_example_that_is_put_elsewhere_keeps_its_own_words(left: Database) -> None:
    with left.reading() as session:
        [row] = taught_utterances(session)
        assert intents.text_of(session, f"taught:{row.id}") == WORDS
        assert intents.text_of(session, "pack:0") is None
        assert [one.words for one in taught_focus(session)] == [PHONE]
