"""Seeing a phone number in a chat: who may, whose, and that it is kept who looked."""

import pytest

from admin.acts.conversations import show_number
from admin.terms import Blocked, NotAllowed, Role
from core.db import Database
from tests.admin.people import BOSS, NOW, PHONE, WORDS, audited, talked, who


def test_the_message_is_shown_in_full_and_the_look_is_kept_without_the_number(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        assert show_number(session, BOSS, "wm-li", "m1", now=NOW) == WORDS
    [entry] = audited(database)
    assert (entry.act, entry.subject_id) == ("查看电话", "wm-li")
    assert PHONE not in f"{entry.before}{entry.after}"


def test_an_operator_without_the_right_sees_no_number(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        with pytest.raises(NotAllowed):
            show_number(session, who(Role.OPERATOR), "wm-li", "m1", now=NOW)


@pytest.mark.parametrize(("external_id", "msgid"), [("wm-li", "m-other"), ("wm-zhao", "m1")])
def test_a_message_of_somebody_else_is_not_shown(database: Database, external_id: str, msgid: str) -> None:
    with database.unit_of_work() as session:
        talked(session)
        talked(session, "wm-zhao", msgid="m-other")
        with pytest.raises(Blocked, match="没有这句话"):
            show_number(session, BOSS, external_id, msgid, now=NOW)


def test_a_manager_sees_no_number_of_another_store(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        with pytest.raises(Blocked, match="不在您的范围内"):
            show_number(session, who(Role.STORE_MANAGER, store="sh_minhang"), "wm-li", "m1", now=NOW)
