"""Members come and go: by events in any order, and by readings that put things right."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from core.db import Database
from customers.groups import Repaired, dismiss, join, leave, meet_group, note_version, take_in
from customers.models import Advisor, GroupMember
from customers.terms import GroupSeen, JoinScene, LeftReason, MemberSeen

NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")
HOUR = timedelta(hours=1)
LI, WANG = "wm-li", "wm-wang"


def member(userid: str, joined_at: datetime = NOW, *, is_customer: bool = True) -> MemberSeen:
    return MemberSeen(userid, is_customer, f"昵称{userid}", joined_at, JoinScene.QR, state="s1")


def seen(*members: MemberSeen, version: str = "v1", owner: str = "zhangsan") -> GroupSeen:
    return GroupSeen("wr1", "看车群", owner, "", NOW - 9 * HOUR, members, version)


def read(database: Database, what: GroupSeen, *, at: datetime = NOW) -> Repaired:
    with database.unit_of_work() as session:
        return take_in(session, meet_group(session, "wr1", now=at)[0], what, now=at)


def joined(database: Database, *who: str, at: datetime = NOW) -> None:
    with database.unit_of_work() as session:
        join(session, meet_group(session, "wr1", now=at)[0], who, scene=JoinScene.QR, at=at)


def left(database: Database, *who: str, at: datetime = NOW, reason: LeftReason = LeftReason.LEFT) -> None:
    with database.unit_of_work() as session:
        leave(session, meet_group(session, "wr1", now=at)[0], who, reason=reason, at=at)


def stays(database: Database) -> list[tuple[str, datetime, datetime | None, str]]:
    with database.reading() as session:
        rows = session.scalars(select(GroupMember).order_by(GroupMember.userid, GroupMember.joined_at)).all()
        return [(row.userid, row.joined_at, row.left_at, row.left_reason) for row in rows]


def sizes(database: Database) -> tuple[int, int]:
    with database.unit_of_work() as session:
        group, is_new = meet_group(session, "wr1", now=NOW)
        assert not is_new
        return group.size, group.customers


def test_the_first_reading_repairs_nothing_it_only_learns(database: Database) -> None:
    assert read(database, seen(member(LI), member("zhangsan", is_customer=False))) == Repaired(0, 0)
    assert sizes(database) == (2, 1)


def test_a_reading_finds_what_no_event_told(database: Database) -> None:
    read(database, seen(member(LI)))
    assert read(database, seen(member(WANG, NOW + HOUR), version="v2"), at=NOW + 2 * HOUR) == Repaired(1, 1)
    assert stays(database) == [(LI, NOW, NOW + 2 * HOUR, LeftReason.UNSEEN), (WANG, NOW + HOUR, None, "")]


def test_an_event_told_twice_counts_once(database: Database) -> None:
    joined(database, LI)
    joined(database, LI)
    left(database, LI, at=NOW + HOUR)
    left(database, LI, at=NOW + 2 * HOUR, reason=LeftReason.REMOVED)
    assert stays(database) == [(LI, NOW, NOW + HOUR, LeftReason.LEFT)]


def test_a_leave_heard_before_its_join_is_one_stay(database: Database) -> None:
    left(database, LI, at=NOW + HOUR)
    joined(database, LI, at=NOW)
    assert stays(database) == [(LI, NOW, NOW + HOUR, LeftReason.LEFT)]
    assert sizes(database) == (0, 0)


def test_a_list_that_lags_behind_does_not_bring_back_who_left(database: Database) -> None:
    read(database, seen(member(LI)))
    left(database, LI, at=NOW + HOUR)
    read(database, seen(member(LI)), at=NOW + HOUR)
    assert stays(database) == [(LI, NOW, NOW + HOUR, LeftReason.LEFT)]


def test_who_was_missing_only_in_a_list_that_lags_behind_was_never_away(database: Database) -> None:
    joined(database, LI)
    read(database, seen(version="v0"))
    read(database, seen(member(LI)), at=NOW + HOUR)
    assert stays(database) == [(LI, NOW, None, "")]


def test_a_late_event_tells_why_he_was_gone(database: Database) -> None:
    read(database, seen(member(LI)))
    read(database, seen(version="v2"), at=NOW + 2 * HOUR)
    left(database, LI, at=NOW + HOUR, reason=LeftReason.REMOVED)
    assert stays(database) == [(LI, NOW, NOW + HOUR, LeftReason.REMOVED)]


def test_versions_that_do_not_join_up_show_a_loss(database: Database) -> None:
    with database.unit_of_work() as session:
        group, _ = meet_group(session, "wr1", now=NOW)
        assert not note_version(group, "v0", "v1"), "nothing is known of a group just met"
        assert not note_version(group, "v1", "v2")
        assert note_version(group, "v3", "v4")
        assert group.member_version == "v4"


def test_the_first_end_counts(database: Database) -> None:
    with database.unit_of_work() as session:
        group, _ = meet_group(session, "wr1", now=NOW)
        dismiss(group, at=NOW)
        dismiss(group, at=NOW + HOUR)
        assert group.dismissed_at == NOW


def test_a_group_names_the_advisors_in_it_who_have_no_name_yet(database: Database) -> None:
    with database.unit_of_work() as session:
        session.add(Advisor(userid="lisi", name="李思"))
    staff = [member(userid, is_customer=False) for userid in ("zhangsan", "lisi", "wangwu")]
    read(database, seen(member(LI), *staff))
    read(database, seen(member(LI), replace(staff[0], name="另一个名字"), *staff[1:], version="v2"), at=NOW + HOUR)
    with database.reading() as session:
        named = {row.userid: row.name for row in session.scalars(select(Advisor))}
    assert named == {"zhangsan": "昵称zhangsan", "lisi": "李思"}, (
        "the owner is named once; who was named stays; who is no advisor becomes none"
    )
