"""Seeing a number, stopping and allowing messages, exporting and deleting: by whom, of whom, and what the audit keeps."""

import json
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from admin.acts import customers as acts
from admin.looks.customer import Words, portrait
from admin.looks.wanted import Wanted
from admin.terms import Blocked, NotAllowed, Role, Who
from core.db import Database
from core.text import Normaliser
from customers import store
from customers.birthday import birthday_name
from customers.models import Customer, SlotRecord
from customers.terms import SlotName
from tests.admin.people import BOSS, NOW, PHONE, RULES, STORES, WORDS, audited, talked, who

NAMING = acts.Naming(STORES, {}, RULES)
Deed = Callable[[Session, Who], object]
DEEDS: dict[str, Deed] = {
    "phone": lambda s, w: acts.show_phone(s, w, "wm-li", phone_id(s), now=NOW),
    "stop": lambda s, w: acts.stop_messages(s, w, "wm-li", now=NOW),
    "allow": lambda s, w: acts.allow_messages(s, w, "wm-li", "他来电说可以", now=NOW),
    "birthday": lambda s, w: acts.set_birthday(s, w, "wm-li", "5月20日", now=NOW),
    "list": lambda s, w: acts.export_list(s, w, Wanted(), NAMING, now=NOW),
    "one": lambda s, w: acts.export_one(s, w, "wm-li", NAMING, now=NOW),
    "delete": lambda s, w: acts.delete_customer(s, w, "wm-li", vectors=Path("nowhere"), normaliser=Normaliser(), now=NOW),
}
OPERATOR, MANAGER, ADVISOR = who(Role.OPERATOR), who(Role.STORE_MANAGER, store="sh_pudong"), who(Role.ADVISOR, userid="liming")


def phone_id(session: Session) -> int:
    return session.scalars(select(SlotRecord.id).where(SlotRecord.name == SlotName.PHONE)).one()


def done(database: Database, deed: str, operator: Who) -> object:
    with database.unit_of_work() as session:
        return DEEDS[deed](session, operator)


@pytest.mark.parametrize(
    ("operator", "deeds"),
    [
        (OPERATOR, ["phone", "delete"]),
        (MANAGER, ["list", "one", "delete"]),
        (ADVISOR, ["stop", "allow", "birthday", "list", "one", "delete"]),
    ],
)
def test_a_role_without_the_right_is_refused_and_nothing_happens(database: Database, operator: Who, deeds: list[str]) -> None:
    with database.unit_of_work() as session:
        talked(session, advisor="liming")
    for deed in deeds:
        with pytest.raises(NotAllowed):
            done(database, deed, operator)
    assert audited(database) == []


@pytest.mark.parametrize("operator", [who(Role.STORE_MANAGER, store="sh_minhang"), who(Role.ADVISOR, userid="lina")])
def test_another_stores_customer_is_as_good_as_not_there(database: Database, operator: Who) -> None:
    with database.unit_of_work() as session:
        talked(session, advisor="liming")
    for deed in ("phone", "stop", "birthday"):
        with pytest.raises(Blocked):
            done(database, deed, operator)
    assert audited(database) == []


def test_a_birthday_is_kept_without_its_year_changed_and_taken_back(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session, advisor="liming")
    for text, kept in (("1990-05-20", "05-20"), ("5.21", "05-21"), (" ", "")):
        with database.unit_of_work() as session:
            acts.set_birthday(session, MANAGER, "wm-li", text, now=NOW)
        with database.reading() as session:
            assert session.scalars(select(Customer.birthday)).all() == [kept]
            him = portrait(session, MANAGER, "wm-li", RULES, Words(STORES, {}), now=NOW)
            assert (him.birthday, dict(him.facts)["生日"]) == (kept, birthday_name(kept) or "还没登记")
    told = [(entry.act, entry.before, entry.after) for entry in audited(database)]
    days = [{"生日": day} for day in ("没有登记", "5月20日", "5月21日", "没有登记")]
    assert told == [("登记生日", before, after) for before, after in pairwise(days)]


def test_a_day_that_does_not_exist_is_refused_and_the_birthday_stays(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session, advisor="liming").birthday = "05-20"
    with pytest.raises(Blocked, match="2 月 30 日"), database.unit_of_work() as session:
        acts.set_birthday(session, OPERATOR, "wm-li", "2-30", now=NOW)
    with database.reading() as session:
        assert session.scalars(select(Customer.birthday)).all() == ["05-20"]
    assert audited(database) == []


def test_a_birthday_stands_in_both_exports_and_goes_with_him(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session, advisor="liming")
    done(database, "birthday", MANAGER)
    assert json.loads(str(done(database, "one", BOSS), "utf-8"))["客户"]["生日"] == "5月20日"  # type: ignore[call-overload]
    sheet = load_workbook(BytesIO(done(database, "list", BOSS))).worksheets[0]  # type: ignore[arg-type]
    head, row = sheet.iter_rows(values_only=True)
    assert dict(zip(head, row, strict=True))["生日"] == "5月20日"
    done(database, "delete", BOSS)
    with database.reading() as session:
        assert session.scalars(select(Customer)).all() == []
    assert "5月20日" not in str([(entry.before, entry.after) for entry in audited(database)])


def test_a_number_is_shown_and_that_somebody_looked_is_kept_without_it(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session, advisor="liming")
    assert done(database, "phone", ADVISOR) == PHONE
    [entry] = audited(database)
    assert (entry.act, entry.subject_id, entry.before, entry.after) == ("查看电话", "wm-li", None, None)


def test_only_a_number_of_his_is_shown(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        store_slot = session.scalars(select(SlotRecord.id).where(SlotRecord.name == SlotName.STORE)).one()
        talked(session, "wm-wang", msgid="m2")
        his = session.scalars(select(SlotRecord.id).where(SlotRecord.name == SlotName.PHONE, SlotRecord.message_id == "m2")).one()
        for slot in (store_slot, his, 999):
            with pytest.raises(Blocked, match="没有这个电话"):
                acts.show_phone(session, BOSS, "wm-li", slot, now=NOW)


def test_messages_are_stopped_and_allowed_again_with_a_reason(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = talked(session)
        with pytest.raises(Blocked, match="没有设为"):
            acts.allow_messages(session, BOSS, "wm-li", "他要的", now=NOW)
        acts.stop_messages(session, BOSS, "wm-li", now=NOW)
        assert customer.opted_out_at == NOW
        with pytest.raises(Blocked, match="已经是"):
            acts.stop_messages(session, BOSS, "wm-li", now=NOW)
        with pytest.raises(Blocked, match="为什么"):
            acts.allow_messages(session, BOSS, "wm-li", "  ", now=NOW)
        acts.allow_messages(session, BOSS, "wm-li", "他来电说可以", now=NOW)
        assert customer.opted_out_at is None
    assert [(entry.act, entry.after) for entry in audited(database)] == [
        ("设为不再打扰", {"不再打扰": "是"}),
        ("恢复联系", {"不再打扰": "否", "原因": "他来电说可以"}),
    ]


@pytest.mark.parametrize(("operator", "phone", "told"), [(BOSS, PHONE, "完整"), (OPERATOR, "138****5678", "隐藏中间四位")])
def test_the_exported_list_opens_in_excel(database: Database, operator: Who, phone: str, told: str) -> None:
    with database.unit_of_work() as session:
        talked(session, nickname='=HYPERLINK("http://x")\x07')
        talked(session, "wm-wang", msgid="m2").level = "H"
    with database.unit_of_work() as session:
        sheet = acts.export_list(session, operator, Wanted({"level": "B"}), NAMING, now=NOW)
    header, *rows = load_workbook(BytesIO(sheet))["客户"].iter_rows(values_only=True)
    assert header[:2] == ("昵称", "外部联系人ID")
    [row] = rows
    assert (row[0], row[1], row[5]) == ('=HYPERLINK("http://x")', "wm-li", phone)
    [entry] = audited(database)
    assert entry.after == {"人数": 1, "电话": told, "筛选 level": "B"}


def test_too_long_a_list_is_not_cut_off_in_silence(database: Database) -> None:
    rows = [{"external_id": f"wm-{at}", "first_seen_at": NOW} for at in range(acts.EXPORT_AT_MOST + 1)]
    with database.unit_of_work() as session:
        session.execute(insert(Customer), rows)
        with pytest.raises(Blocked, match="50,001"):
            acts.export_list(session, BOSS, Wanted(), NAMING, now=NOW)


@pytest.mark.parametrize(("operator", "hidden"), [(BOSS, False), (OPERATOR, True)])
def test_one_file_holds_all_that_is_known_of_him(database: Database, operator: Who, hidden: bool) -> None:
    with database.unit_of_work() as session:
        talked(session, advisor="liming")
        told = json.loads(acts.export_one(session, operator, "wm-li", NAMING, now=NOW))
    assert told["客户"]["外部联系人ID"] == "wm-li"
    assert [line["内容"] for line in told["聊天记录"]] == [WORDS.replace(PHONE, "138****5678") if hidden else WORDS]
    assert [one["关注点"] for one in told["关注点"]] == ["续航能耗"]
    assert [one["信号"] for one in told["购买信号"]] == ["想试驾"]
    assert {one["名称"]: one["内容"] for one in told["已知信息"]}["门店"] == "浦东店"
    assert (PHONE in json.dumps(told, ensure_ascii=False)) is not hidden
    assert [entry.act for entry in audited(database)] == ["导出客户资料"]


def test_a_deleted_customer_is_not_there(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
    done(database, "delete", BOSS)
    with database.reading() as session:
        assert store.customer_by_external_id(session, "wm-li") is None
    with pytest.raises(Blocked):
        done(database, "delete", BOSS)
