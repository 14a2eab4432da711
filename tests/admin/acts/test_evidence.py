"""An operator's judgement: the tag follows, WeCom is told, the words become a counter-example, and all can be taken back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.acts import evidence as acts
from admin.looks.customer import Words, portrait
from admin.terms import Blocked, NotAllowed, Role, Who
from bot.messages import Channel
from bot.models import OutboxMessage
from core.db import Database
from core.errors import Refused
from customers.models import Customer, FocusRecord, LevelChange, SignalRecord, SlotRecord
from customers.terms import SlotName
from intents.store import taught_focus
from tests.admin.people import BOSS, NOW, RULES, STORES, WORDS, audited, stated, talked, who

LATER = NOW + timedelta(minutes=1)


def first(session: Session, table: type[FocusRecord] | type[SignalRecord] | type[SlotRecord]) -> int:
    return session.scalars(select(table.id).order_by(table.id)).first() or 0


def told_wecom(session: Session) -> list[tuple[list[list[str]], list[list[str]]]]:
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.channel == Channel.TAGS).order_by(OutboxMessage.id))
    return [(row.payload["add"], row.payload["remove"]) for row in rows]


def test_an_undone_focus_point_is_told_and_learnt_and_can_be_taken_back_twice(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session, advisor="liming")
        focus = first(session, FocusRecord)
        acts.undo_focus(session, BOSS, "wm-li", focus, now=NOW)
        [taught] = taught_focus(session)
        assert (taught.text, taught.words, taught.point, taught.polarity, taught.message_id) == (WORDS, "续航", "range", "", "m1")
        acts.redo_focus(session, BOSS, "wm-li", focus, now=LATER)
        assert taught_focus(session) == []
        acts.undo_focus(session, BOSS, "wm-li", focus, now=LATER)
        assert len(taught_focus(session)) == 1
        tag = [["关注点", "续航能耗"]]
        assert told_wecom(session) == [([], tag), (tag, []), ([], tag)]
    assert [entry.act for entry in audited(database)] == ["撤销关注点", "恢复关注点", "撤销关注点"]
    assert audited(database)[0].before == {"内容": "续航能耗", "原话": "续航"}


def test_a_tag_is_undone_with_every_sentence_behind_it(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        talked(session, msgid="m2")
        assert acts.undo_tag(session, BOSS, "wm-li", "range", now=NOW) == 2
        with pytest.raises(Blocked, match="没有依据"):
            acts.undo_tag(session, BOSS, "wm-li", "range", now=NOW)


def test_an_undone_signal_moves_the_level_and_the_audit_says_so(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session, advisor="liming")
        signal = first(session, SignalRecord)
        acts.undo_signal(session, BOSS, "wm-li", signal, RULES, now=NOW)
        assert customer.level == "C"
        acts.redo_signal(session, BOSS, "wm-li", signal, RULES, now=LATER)
        assert customer.level == "B"
        assert told_wecom(session)[0] == ([["意向级别", "C级"]], [["意向级别", "B级"]])
    undone, redone = audited(database)
    assert (undone.before, undone.after) == (
        {"信号": "想试驾", "原话": "想试驾", "级别": "B"},
        {"信号": "想试驾", "原话": "想试驾", "级别": "C"},
    )
    assert redone.act == "恢复购买信号"


def test_a_number_that_is_not_his_is_undone_without_standing_in_the_audit(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        slot = session.scalars(select(SlotRecord).where(SlotRecord.name == SlotName.PHONE)).one()
        acts.undo_slot(session, BOSS, "wm-li", slot.id, now=NOW)
        assert (slot.undone_at, slot.undone_by) == (NOW, BOSS.shown_as)
        acts.redo_slot(session, BOSS, "wm-li", slot.id, now=NOW)
        assert slot.undone_at is None
    assert [entry.before or entry.after for entry in audited(database)] == [{"原话": "138****5678"}] * 2


@pytest.mark.parametrize(
    ("operator", "error"),
    [
        (who(Role.ADVISOR, userid="liming"), NotAllowed),
        (who(Role.STORE_MANAGER, store="sh_minhang"), Blocked),
        (who(Role.STORE_MANAGER, store="sh_pudong"), None),
        (who(Role.OPERATOR), None),
    ],
)
def test_who_may_judge_and_whose_customers(database: Database, operator: Who, error: type[Blocked] | None) -> None:
    with database.unit_of_work() as session:
        talked(session, advisor="liming")
        focus, signal, slot = (first(session, table) for table in (FocusRecord, SignalRecord, SlotRecord))
    deeds: list[Callable[[Session], object]] = [
        lambda s: acts.undo_focus(s, operator, "wm-li", focus, now=NOW),
        lambda s: acts.redo_focus(s, operator, "wm-li", focus, now=NOW),
        lambda s: acts.undo_tag(s, operator, "wm-li", "range", now=NOW),
        lambda s: acts.undo_signal(s, operator, "wm-li", signal, RULES, now=NOW),
        lambda s: acts.redo_signal(s, operator, "wm-li", signal, RULES, now=NOW),
        lambda s: acts.undo_slot(s, operator, "wm-li", slot, now=NOW),
        lambda s: acts.redo_slot(s, operator, "wm-li", slot, now=NOW),
    ]
    for deed in deeds:
        with database.unit_of_work() as session:
            if error is None:
                deed(session)
                continue
            with pytest.raises(error):
                deed(session)
    assert len(audited(database)) == (0 if error else len(deeds))


def test_evidence_of_somebody_else_is_refused_in_words(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        session.add(Customer(external_id="wm-wang", first_seen_at=NOW))
        session.flush()
        with pytest.raises(Refused, match="不是这位客户的"):
            acts.undo_focus(session, BOSS, "wm-wang", first(session, FocusRecord), now=NOW)


def test_a_level_said_outright_is_taken_back_with_who_and_why(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = stated(session, talked(session, advisor="liming"))
        change = session.scalars(select(LevelChange.id).where(LevelChange.after == "H")).one()
        with pytest.raises(Blocked, match="原因"):
            acts.undo_level(session, BOSS, "wm-li", change, " ", RULES, now=NOW)
        acts.undo_level(session, BOSS, "wm-li", change, "说的是别的车", RULES, now=NOW)
        assert customer.level == "B"
        assert told_wecom(session)[-1] == ([["意向级别", "B级"]], [["意向级别", "H级"]])
        shown = portrait(session, BOSS, "wm-li", RULES, Words(STORES, STORES), now=NOW).levels
        assert [one["undone"] for one in shown if one["after"] == "H"] == ["小王 刚刚 撤回：说的是别的车"]
        acts.redo_level(session, BOSS, "wm-li", change, RULES, now=LATER)
        assert customer.level == "H"
        assert told_wecom(session)[-1] == ([["意向级别", "H级"]], [["意向级别", "B级"]])
    first, second = audited(database)
    assert (first.act, first.before) == ("撤回级别", {"级别变化": "B → H", "原话": "这周就定", "级别": "H"})
    assert first.after == {"级别": "B", "原因": "说的是别的车"}
    assert (second.act, second.after) == ("恢复级别", {"级别变化": "B → H", "级别": "H"})


def test_the_level_tag_offers_to_take_back_only_what_was_said_outright(database: Database) -> None:
    def offered(session: Session) -> dict[str, bool]:
        tags = portrait(session, BOSS, "wm-li", RULES, Words(STORES, STORES), now=NOW).tags
        return {tag["name"]: bool(tag["change"]) for tag in tags}

    with database.unit_of_work() as session:
        customer = talked(session)
        assert offered(session) == {"续航能耗": False, "B级": False}
        stated(session, customer)
        assert offered(session) == {"续航能耗": False, "H级": True}
