"""Rows about tasks: noted once, one customer taken out of them, and what an internal post brings along."""

from datetime import timedelta

from sqlalchemy import select

from bot import outbox
from bot.forget import forget_talk, prune_talk, traces_of
from bot.mass_follow import cockpit
from bot.mass_rule import FollowRule, Reach
from bot.mass_tasks import counts, keep_results, note_made, task_of
from bot.messages import Channel, Payload, mass_lane
from bot.models import MassResult, OutboxMessage
from core.db import Database
from tests.bot.builders import LI, NOW

WANG = "wm-wang"


def payload(*customers: str) -> Payload:
    said = {"text": "周末到店有礼", "attachments": [], "plan": "weekend", "step": "invite"}
    return {"sender": "zhangsan", "external_ids": list(customers), **said}


def made(database: Database, *customers: str, failed: tuple[str, ...] = ()) -> None:
    with database.unit_of_work() as session:
        note_made(session, "mass:1", Channel.MASS_MESSAGE, payload(*customers), wecom_id="msg-1", failed=failed, rule=FollowRule(), now=NOW)


def statuses(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {row.subject: row.status for row in session.scalars(select(MassResult))}


def test_a_task_is_noted_once_with_everybody_it_is_for(database: Database) -> None:
    for _ in range(2):
        made(database, LI, WANG, LI, failed=(WANG,))
    assert statuses(database) == {LI: Reach.NOT_SENT, WANG: Reach.REFUSED}
    with database.reading() as session:
        seen = cockpit(session, "weekend")
        assert (len(seen.tasks), seen.asked, seen.waiting, seen.lost) == (1, 2, 1, 1)
        assert cockpit(session, "weekend", "other").tasks == []


def test_results_change_what_is_known_and_add_what_is_not(database: Database) -> None:
    made(database, LI)
    with database.unit_of_work() as session:
        task = task_of(session, "mass:1")
        assert task is not None
        keep_results(session, task.id, [(LI, Reach.SENT, NOW), (WANG, Reach.LIMIT, None)])
    with database.reading() as session:
        assert counts(session, task.id) == {Reach.SENT: 1, Reach.LIMIT: 1}


def test_who_is_forgotten_leaves_the_others_their_message(database: Database) -> None:
    made(database, LI, WANG)
    with database.unit_of_work() as session:
        outbox.enqueue(session, "mass:2", Channel.MASS_MESSAGE, payload(LI, WANG), lane=mass_lane("zhangsan"), now=NOW)
        forget_talk(session, LI, traces_of(session, LI))
    assert statuses(database) == {WANG: Reach.NOT_SENT}
    with database.reading() as session:
        assert session.scalars(select(OutboxMessage)).one().payload["external_ids"] == [WANG]


def test_old_tasks_are_pruned_with_their_results(database: Database) -> None:
    made(database, LI)
    prune_talk(database, before=NOW)
    assert statuses(database) == {LI: Reach.NOT_SENT}
    prune_talk(database, before=NOW + timedelta(seconds=1))
    assert statuses(database) == {}
    with database.reading() as session:
        assert task_of(session, "mass:1") is None
