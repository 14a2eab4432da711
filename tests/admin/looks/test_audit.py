"""The audit list: newest first, filtered by who, what and whom."""

from datetime import datetime, timedelta

from admin import audit
from admin.looks.audit import changes, entries
from admin.looks.wanted import Wanted
from admin.terms import Role, Who
from core.db import Database
from kb.models import MaterialRow
from tests.admin.people import BOSS, PHONE, talked, who

NAMES = {"sh-pudong": "浦东店", "e7": "云驰 E7"}
NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")


def test_the_newest_change_stands_first_and_filters_narrow(database: Database) -> None:
    with database.unit_of_work() as session:
        for number in range(25):
            who = Who(number, f"who{number % 2}", "", Role.ADMIN)
            audit.note(session, who, "改标签", "customer", f"c{number}", after={"标签": number}, now=NOW + timedelta(minutes=number))
    with database.reading() as session:
        rows, total = entries(session, BOSS, Wanted(), NAMES)
        assert (total, len(rows), rows[0]["subject_id"]) == (25, 20, "c24")
        rows, total = entries(session, BOSS, Wanted(page=2), NAMES)
        assert [row["subject_id"] for row in rows] == ["c4", "c3", "c2", "c1", "c0"]
        assert entries(session, BOSS, Wanted({"operator": "WHO1"}), NAMES)[1] == 12
        assert entries(session, BOSS, Wanted({"subject_id": "%"}), NAMES)[1] == 0
        assert entries(session, BOSS, Wanted(sort="at"), NAMES)[0][0]["subject_id"] == "c0"


def test_only_what_differs_is_told() -> None:
    assert changes({"角色": "运营", "门店": "", "名字": "李"}, {"角色": "店长", "门店": "浦东", "名字": "李"}, {}) == [
        {"name": "角色", "before": "运营", "after": "店长"},
        {"name": "门店", "before": "—", "after": "浦东"},
    ]
    assert changes({}, {"标签": ["a", "b"]}, {}) == [{"name": "标签", "before": "—", "after": "a、b"}]


def test_a_customer_is_found_by_his_name_and_led_to_by_those_who_may_see_him(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session, "wm-li", nickname="李雷的车")
        talked(session, "wm-han", msgid="m2", nickname="韩梅")
        for subject, subject_id in (("customer", "wm-li"), ("conversation", "wm-li"), ("message", "m1"), ("customer", "wm-han")):
            audit.note(session, BOSS, "改标签", subject, subject_id, now=NOW)
        rows, total = entries(session, BOSS, Wanted({"subject_id": "李雷"}), NAMES)
        assert total == 3
        assert [row["page"] for row in rows] == ["/conversations/wm-li", "/conversations/wm-li", "/customers/wm-li"]
        assert {row["subject"] for row in rows} == {"李雷的车"}
        other = who(Role.STORE_MANAGER, store="elsewhere")
        assert entries(session, other, Wanted({"subject_id": "李雷"}), NAMES)[1] == 0
        assert {(row["subject"], row["page"]) for row in entries(session, other, Wanted(), NAMES)[0]} == {
            ("wm-li", ""),
            ("m1", ""),
            ("wm-han", ""),
        }


def test_keys_are_told_by_their_names(database: Database) -> None:
    after = {"角色": "store_manager", "门店": "sh-pudong", "意图": "ask_price", "状态": "published", "附件1": ["prices", "gone"]}
    after |= {"文件": "upload:0123456789abcdef0123456789abcdef.pdf", "名字": "admin", "备注": f"回电{PHONE}", "适用范围": ["e7"]}
    with database.unit_of_work() as session:
        session.add(MaterialRow(key="prices", kind="file", data={"title": "E7 价格表"}, content_hash="", made_by="x", updated_at=NOW))
        audit.note(session, BOSS, "改", "material", "prices", after=after, now=NOW)
        [row], _ = entries(session, BOSS, Wanted(), NAMES)
    assert row["subject"] == "E7 价格表"
    assert {one["name"]: one["after"] for one in row["changes"]} == {
        "角色": "店长",
        "门店": "浦东店",
        "意图": "询价",
        "状态": "已发布",
        "附件1": "E7 价格表、gone",
        "文件": "上传的文件 012345（pdf）",
        "名字": "admin",
        "备注": "回电138****5678",
        "适用范围": "云驰 E7",
    }
