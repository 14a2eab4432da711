"""Groups are read once for events of the same moment, again while WeCom lags behind, and all of them once a day."""

import pytest

from bot.read_groups import LAG, PACE, read_all, read_group, read_soon
from bot.wecom.group_calls import GroupCalls
from core.db import Database
from core.errors import Misconfigured, Refused, Unavailable
from customers import group_store
from customers.groups import join, meet_group, note_version
from customers.terms import GroupSeen, JoinScene, MemberSeen
from tests.bot.builders import LI, NOW, later, outbox_rows


class Groups(GroupCalls):
    """Lists these groups; shows the one it was given, or raises."""

    def __init__(self, *listed: str, shows: GroupSeen | Refused | Misconfigured | None = None) -> None:
        self.listed, self.shows = list(listed), shows

    def chat_ids(self) -> list[str]:
        return self.listed

    def group(self, chat_id: str) -> GroupSeen:
        if isinstance(self.shows, GroupSeen):
            return self.shows
        raise self.shows or Refused("invalid chat_id")


def seen(version: str) -> GroupSeen:
    return GroupSeen("wr1", "看车群", "zhangsan", "", NOW, (MemberSeen(LI, True, "李雷", NOW, JoinScene.QR),), version)


def read(database: Database, groups: Groups, *, stale: str = "", attempt: int = 1) -> str:
    return read_group(database, groups, {"chat_id": "wr1", "stale": stale}, attempt=attempt, now=later(60))


def met(database: Database, version: str = "") -> None:
    with database.unit_of_work() as session:
        group, _ = meet_group(session, "wr1", now=NOW)
        note_version(group, "", version)
        group.read_at = NOW


def test_events_of_one_moment_share_a_reading(database: Database) -> None:
    with database.unit_of_work() as session:
        for seconds in (0.1, 1, 2, 20):
            read_soon(session, "wr1", now=later(seconds))
    rows = outbox_rows(database)
    assert len(rows) == 2
    assert rows[0].due_at >= later(2) + LAG


def test_all_are_read_at_a_pace_also_those_no_longer_listed(database: Database) -> None:
    met(database)
    for _ in range(2):
        assert read_all(database, Groups("wr2", "wr3"), now=NOW) == 3
    rows = outbox_rows(database)
    assert [row.payload["chat_id"] for row in rows] == ["wr2", "wr3", "wr1"]
    assert [row.due_at for row in rows] == [NOW + LAG + place * PACE for place in range(3)]


def test_what_no_event_told_is_said(database: Database) -> None:
    met(database)
    with database.unit_of_work() as session:
        join(session, meet_group(session, "wr1", now=NOW)[0], ["wm-gone"], scene=JoinScene.QR, at=NOW)
    assert read(database, Groups(shows=seen("v1"))) == "补记入群 1 人，补记退群 1 人"
    assert read(database, Groups(shows=seen("v1"))) == "与已知一致"


def test_who_is_shown_what_was_before_asks_again_but_not_for_ever(database: Database) -> None:
    met(database, "v2")
    for attempt in (1, 2, 3):
        with pytest.raises(Unavailable):
            read(database, Groups(shows=seen("v1")), stale="v1", attempt=attempt)
    assert read(database, Groups(shows=seen("v1")), stale="v1", attempt=4) == "补记入群 1 人"


def test_a_group_that_is_neither_shown_nor_listed_is_dismissed(database: Database) -> None:
    met(database)
    assert read(database, Groups()) == "群已不在，记为已解散"
    with database.reading() as session:
        assert group_store.open_chat_ids(session) == []


@pytest.mark.parametrize(("groups", "error"), [(Groups("wr1"), Refused), (Groups(shows=Misconfigured("secret is wrong")), Misconfigured)])
def test_a_group_that_we_may_not_read_is_not_dismissed(database: Database, groups: Groups, error: type[Exception]) -> None:
    met(database)
    with pytest.raises(error):
        read(database, groups)
    with database.reading() as session:
        assert group_store.open_chat_ids(session) == ["wr1"]
