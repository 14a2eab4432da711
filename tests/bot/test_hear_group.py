"""What an event about a customer group does at once, and that a reading follows."""

from dataclasses import replace

import pytest

from bot.hear_group import hear_group
from bot.hear_kf import Outcome
from bot.messages import Channel
from bot.queue import State
from bot.wecom.callback import ChatChange, ChatChangeType
from core.db import Database
from customers import group_store
from customers.models import GroupChat
from customers.terms import JoinScene, LeftReason
from tests.bot.builders import NOW, item, later, outbox_rows

JOINED = ChatChange(ChatChangeType.JOINED, "wr1", ("wm-li", "wm-wang"), JoinScene.QR, False, "v0", "v1")
LEFT = replace(JOINED, change_type=ChatChangeType.LEFT, members=("wm-li",), version_before="v1", version_after="v2")


def heard(database: Database, change: ChatChange, *, after: float = 0) -> Outcome:
    with database.unit_of_work() as session:
        return hear_group(session, change, item("", occurred_at=later(after)), now=later(after))


def group(database: Database) -> GroupChat:
    with database.reading() as session:
        found = group_store.group_by_chat_id(session, "wr1")
    assert found is not None
    return found


def test_who_joined_is_in_it_at_once_and_the_group_is_read(database: Database) -> None:
    assert heard(database, JOINED) == (State.DONE, "入群 2 人；首次见到这个群")
    assert (group(database).customers, group(database).member_version) == (2, "v1")
    [row] = outbox_rows(database)
    assert (row.channel, row.payload) == (Channel.GROUP_PROFILE, {"chat_id": "wr1", "stale": "v0"})
    assert row.due_at >= later(2), "before that WeCom shows what was before"


@pytest.mark.parametrize(("removed", "told", "reason"), [(False, "退群 1 人", LeftReason.LEFT), (True, "移出 1 人", LeftReason.REMOVED)])
def test_who_left_is_gone_with_the_reason(database: Database, removed: bool, told: str, reason: LeftReason) -> None:
    heard(database, JOINED)
    assert heard(database, replace(LEFT, was_removed=removed), after=60) == (State.DONE, told)
    with database.reading() as session:
        stay = group_store.all_last_stays(session, group(database).id)["wm-li"]
    assert (stay.left_at, stay.left_reason) == (later(60), reason)


def test_a_gap_between_versions_is_told(database: Database) -> None:
    heard(database, JOINED)
    assert heard(database, replace(LEFT, version_before="v5"), after=60) == (State.DONE, "退群 1 人；之前有变更没收到，重新读取")


def test_a_dismissed_group_is_not_read_any_more(database: Database) -> None:
    dismissed = replace(JOINED, change_type=ChatChangeType.DISMISSED, members=())
    assert heard(database, dismissed) == (State.DONE, "群已解散")
    assert group(database).dismissed_at == NOW
    assert outbox_rows(database) == []


def test_another_owner_is_found_by_reading(database: Database) -> None:
    changed = replace(JOINED, change_type=ChatChangeType.OWNER_CHANGED, members=(), version_before="")
    assert heard(database, changed) == (State.DONE, "换了群主，重新读取")
    assert len(outbox_rows(database)) == 1


@pytest.mark.parametrize("change", [replace(JOINED, change_type=ChatChangeType.OTHER), replace(JOINED, chat_id="")])
def test_what_names_no_change_or_no_group_is_passed_over(database: Database, change: ChatChange) -> None:
    assert heard(database, change) == (State.IGNORED, "无需处理的客户群变更")
    assert outbox_rows(database) == []
