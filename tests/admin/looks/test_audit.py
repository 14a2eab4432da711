"""The audit list: newest first, filtered by who, what and whom."""

from datetime import datetime, timedelta

from admin import audit
from admin.looks.audit import changes, entries
from admin.looks.wanted import Wanted
from admin.terms import Role, Who
from core.db import Database

NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")


def test_the_newest_change_stands_first_and_filters_narrow(database: Database) -> None:
    with database.unit_of_work() as session:
        for number in range(25):
            who = Who(number, f"who{number % 2}", "", Role.ADMIN)
            audit.note(session, who, "改标签", "customer", f"c{number}", after={"标签": number}, now=NOW + timedelta(minutes=number))
    with database.reading() as session:
        rows, total = entries(session, Wanted())
        assert (total, len(rows), rows[0]["subject_id"]) == (25, 20, "c24")
        rows, total = entries(session, Wanted(page=2))
        assert [row["subject_id"] for row in rows] == ["c4", "c3", "c2", "c1", "c0"]
        assert entries(session, Wanted({"operator": "WHO1"}))[1] == 12
        assert entries(session, Wanted({"subject_id": "%"}))[1] == 0
        assert entries(session, Wanted(sort="at"))[0][0]["subject_id"] == "c0"


def test_only_what_differs_is_told() -> None:
    assert changes({"角色": "运营", "门店": "", "名字": "李"}, {"角色": "店长", "门店": "浦东", "名字": "李"}) == [
        {"name": "角色", "before": "运营", "after": "店长"},
        {"name": "门店", "before": "—", "after": "浦东"},
    ]
    assert changes({}, {"标签": ["a", "b"]}) == [{"name": "标签", "before": "—", "after": "a、b"}]
