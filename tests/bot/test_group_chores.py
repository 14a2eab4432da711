"""Every minute groups just read are judged, every day all of them; a list that cannot be had costs nothing else."""

from datetime import datetime, timedelta

import pytest

from bot.group_chores import GROUPS_A_DEED, GroupChores
from bot.wecom.group_calls import GroupCalls
from core.db import Database
from core.errors import Misconfigured, Refused, Unavailable
from customers.lifecycle import LifecycleRule
from customers.models import GroupChat
from tests.bot.builders import NOW, later, outbox_rows

DAY = timedelta(days=1)


class Groups(GroupCalls):
    """Lists these, or raises."""

    def __init__(self, *listed: str, error: Exception | None = None) -> None:
        self.listed, self.error = list(listed), error

    def chat_ids(self) -> list[str]:
        if self.error:
            raise self.error
        return self.listed


def chores(database: Database, groups: Groups | None = None) -> GroupChores:
    return GroupChores(database, groups or Groups(), LifecycleRule())


def add(database: Database, count: int, *, read: bool = True, dismissed: bool = False) -> None:
    with database.unit_of_work() as session:
        for number in range(count):
            at, end = NOW if read else None, NOW if dismissed else None
            chat = f"wr-{read}-{dismissed}-{number}"
            session.add(GroupChat(chat_id=chat, created_at=NOW, first_seen_at=NOW, read_at=at, dismissed_at=end))


def judged(database: Database) -> list[datetime | None]:
    with database.reading() as session:
        return [row.judged_at for row in session.query(GroupChat).order_by(GroupChat.id)]


def test_what_has_been_read_is_judged_in_the_same_minute_and_then_once_a_day(database: Database) -> None:
    add(database, GROUPS_A_DEED + 1)
    chores(database).minute(NOW)
    chores(database).minute(later(60))
    assert set(judged(database)) == {NOW}
    chores(database).daily(NOW + DAY)
    assert set(judged(database)) == {NOW + DAY}


@pytest.mark.parametrize(("read", "dismissed"), [(False, False), (True, True)])
def test_what_is_unread_or_dismissed_is_not_judged(database: Database, read: bool, dismissed: bool) -> None:
    add(database, 1, read=read, dismissed=dismissed)
    chores(database).daily(NOW)
    assert judged(database) == [None]


def test_every_listed_group_is_to_be_read_once_a_day(database: Database) -> None:
    for _ in range(2):
        chores(database, Groups("wr1", "wr2")).daily(NOW)
    assert len(outbox_rows(database)) == 2


@pytest.mark.parametrize("error", [Unavailable("网络不通"), Refused("no"), Misconfigured("secret is wrong")])
def test_a_list_that_cannot_be_had_leaves_the_judging_alone(database: Database, error: Exception) -> None:
    add(database, 1)
    chores(database, Groups(error=error)).daily(NOW)
    assert judged(database) == [NOW]
    assert outbox_rows(database) == []
