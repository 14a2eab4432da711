"""跟进任务 in the console: who may record, put off and reassign, and who sees what."""

import pytest

from admin.acts import tasks as acts
from admin.looks.tasks import behind, tasks
from admin.looks.wanted import Wanted
from admin.terms import Blocked, NotAllowed, Role, Who
from core.db import Database
from customers.models import Customer
from customers.recognise import begin_follow
from sop import reminder_store as store
from sop.due_reminders import Due
from sop.follow_up import FollowUps
from sop.models import Reminder
from sop.reminder_terms import FollowUp, FollowUpRules, ReminderKind
from tests.admin.offices import quiet_ports
from tests.admin.people import BOSS, NOW, RULES, STORES, audited, talked, who

ENGINE = FollowUps(FollowUpRules(), RULES, quiet_ports())


def due(database: Database) -> int:
    """A task of chen's with his customer, due now; zhou is another advisor."""
    with database.unit_of_work() as session:
        customer = talked(session, advisor="chen")
        begin_follow(session, talked(session, "wm-han", msgid="m2"), "zhou", channel="", now=NOW)
        store.add(session, customer, "chen", Due(ReminderKind.LEVEL, NOW, "x"), {}, now=NOW)
        return store.live_of(session, customer.id)[0].id


def task(database: Database, task_id: int) -> Reminder:
    with database.reading() as session:
        return session.get_one(Reminder, task_id)


def test_an_outcome_is_recorded_audited_and_moves_the_level(database: Database) -> None:
    task_id = due(database)
    with database.unit_of_work() as session:
        acts.record(session, BOSS, task_id, FollowUp.ORDERED, "", ENGINE, now=NOW)
    row = task(database, task_id)
    assert (row.state, row.outcome) == ("done", "ordered")
    with database.reading() as session:
        assert session.get_one(Customer, row.customer_id).level == "O"
    assert [entry.act for entry in audited(database)] == ["记录跟进：已下订"]
    with database.unit_of_work() as session, pytest.raises(Blocked, match="已经处理过"):
        acts.record(session, BOSS, task_id, FollowUp.LOST, "", ENGINE, now=NOW)


def test_a_task_goes_to_another_advisor_with_its_story(database: Database) -> None:
    task_id = due(database)
    with database.unit_of_work() as session:
        acts.assign(session, BOSS, task_id, "zhou", ENGINE, now=NOW)
    row = task(database, task_id)
    assert row.advisor == "zhou"
    assert "原顾问 chen" in row.reason["story"][0]["text"]


def test_an_advisor_may_not_reassign_and_sees_his_own_only(database: Database) -> None:
    task_id, mine, other = due(database), who(Role.ADVISOR, userid="chen"), who(Role.ADVISOR, userid="zhou")
    with database.unit_of_work() as session, pytest.raises(NotAllowed):
        acts.assign(session, mine, task_id, "zhou", ENGINE, now=NOW)
    with database.unit_of_work() as session, pytest.raises(Blocked, match="不在您的范围"):
        acts.record(session, other, task_id, FollowUp.CONTACTED, "", ENGINE, now=NOW)


@pytest.mark.parametrize(
    ("one", "seen"),
    [
        (BOSS, 1),
        (who(Role.ADVISOR, userid="chen"), 1),
        (who(Role.ADVISOR, userid="zhou"), 0),
        (who(Role.STORE_MANAGER, store="sh_minhang"), 0),
    ],
)
def test_what_is_overdue_is_shown_to_whom_it_concerns(database: Database, one: Who, seen: int) -> None:
    due(database)
    with database.reading() as session:
        rows, total = tasks(session, one, Wanted(), STORES, now=NOW)
        people = behind(session, one, now=NOW)
    assert (len(rows), total, [person["overdue"] for person in people]) == (seen, seen, [1] * seen)
