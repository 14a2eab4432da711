"""Who may settle what stopped, and what the audit says of it."""

import pytest
from sqlalchemy import select

from admin.acts import boxes as acts
from admin.models import AuditEntry
from admin.terms import Blocked, NotAllowed, Role, Who
from bot import boxes
from bot.models import OutboxMessage
from bot.queue import State
from core.db import Database
from tests.bot.builders import later, outbox_rows
from tests.bot.test_boxes import REASON, stopped

LINA = Who(1, "lina", "李娜", Role.OPERATOR)


def audited(database: Database) -> list[AuditEntry]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEntry)))


def test_trying_again_and_giving_up_are_told_with_who_did_it(database: Database) -> None:
    first, second = stopped(database, "a"), stopped(database, "b")
    with database.unit_of_work() as session:
        acts.try_again(session, LINA, OutboxMessage, [first], now=later(60))
        acts.give_up(session, LINA, OutboxMessage, [second], now=later(60))
    assert [row.reason for row in outbox_rows(database)] == ["李娜 让它重试", f"李娜 放弃：{REASON}"]
    assert [(one.operator, one.act, one.subject_id) for one in audited(database)] == [
        ("lina", "重试发件", str(first)),
        ("lina", "放弃发件", str(second)),
    ]
    assert audited(database)[0].before == {"原因": [REASON]}


def test_all_of_one_reason_are_settled_together_and_nothing_else(database: Database) -> None:
    for key in ("a", "b"):
        stopped(database, key)
    stopped(database, "c", reason="别的")
    with database.unit_of_work() as session:
        pile = next(pile for pile in boxes.piles(session, OutboxMessage) if pile.reason == REASON)
        assert len(acts.try_pile_again(session, LINA, OutboxMessage, pile, now=later(60)).done) == 2
    assert [row.state for row in outbox_rows(database)] == [State.WAITING, State.WAITING, State.PARKED]


def test_what_somebody_else_settled_and_what_is_too_late_is_said(database: Database) -> None:
    done, late = stopped(database, "a", state=State.DONE), stopped(database, "b", expires_at=later(1))
    with database.unit_of_work() as session:
        with pytest.raises(Blocked, match="已经有人处理过了"):
            acts.give_up(session, LINA, OutboxMessage, [done], now=later(60))
        with pytest.raises(Blocked, match="已过有效时间"):
            acts.try_again(session, LINA, OutboxMessage, [late], now=later(60))
    assert audited(database) == []


@pytest.mark.parametrize("role", [Role.STORE_MANAGER, Role.ADVISOR])
def test_only_who_keeps_the_boxes_may_settle(database: Database, role: Role) -> None:
    known, who = stopped(database, "a"), Who(2, "wang", "王", role, store="s1", userid="wang")
    with database.unit_of_work() as session:
        for act in (acts.try_again, acts.give_up):
            with pytest.raises(NotAllowed):
                act(session, who, OutboxMessage, [known], now=later(60))
    assert outbox_rows(database)[0].state == State.PARKED
