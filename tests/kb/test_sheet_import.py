"""What goes out as a spreadsheet comes back the same, and what comes in becomes drafts: all of it or nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db import Database
from core.errors import Refused
from kb import store
from kb.importing import seed_scripts
from kb.pack import ScriptPack
from kb.publish import publish, retire, rollback, save_draft
from kb.sheet_import import ImportPlan, apply, dry_run, export_scripts
from kb.sheet_rows import content_of, row_of
from kb.spreadsheet import read, write
from kb.terms import Answer, Scope, ScriptContent, ScriptStatus
from tests.kb.builders import NOW, script
from tests.kb.sheets import HEADER, NAMES, ROW, book, edited
from tests.kb.strategies import contents

LATER = NOW + timedelta(hours=1)
ODD = st.text(st.sampled_from("=+-@\\n0_x 　\t\r\n\x0b'\",;A续E７😀é") | st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
SAID = ODD.map(lambda text: text.replace("{", "").replace("}", "")).filter(str.strip)
ASKED = ODD | st.sampled_from(["=1+1", "0012", "_x000D_", "x005F_", "#N/A", "2026-01-01", "一行\n两行", "１２", "TRUE"])
keys = st.frozensets(st.sampled_from(["e5", "e7"]))
odd_contents = st.builds(
    ScriptContent,
    key=SAID,
    intent=st.sampled_from(sorted(NAMES.intents)),
    title=SAID,
    standard=SAID,
    similar=st.lists(ASKED, max_size=4).map(tuple),
    negative=st.lists(ASKED, max_size=2).map(tuple),
    must_hit=st.lists(ASKED, max_size=2).map(tuple),
    answers=st.lists(
        st.builds(Answer, SAID, st.lists(st.sampled_from(sorted(NAMES.materials)), max_size=2).map(tuple)), min_size=1, max_size=3
    ).map(tuple),
    scope=st.builds(
        Scope,
        models=keys,
        trims=st.frozensets(st.sampled_from(sorted(NAMES.trims))),
        stores=st.frozensets(st.sampled_from(sorted(NAMES.stores))),
    ),
    valid_from=st.none() | st.dates(date(1, 1, 1), date(2030, 1, 1)),
    valid_until=st.dates(date(2030, 1, 1), date(9999, 12, 31)),
)


def seed(database: Database, *scripts: ScriptContent) -> None:
    with database.unit_of_work() as session:
        seed_scripts(session, ScriptPack(scripts, ()), now=NOW)


def exported(database: Database) -> bytes:
    with database.reading() as session:
        return export_scripts(session, NAMES)


def planned(database: Database, data: bytes) -> ImportPlan:
    with database.reading() as session:
        return dry_run(session, data, NAMES)


def applied(database: Database, plan: ImportPlan) -> list[tuple[str, int]]:
    with database.unit_of_work() as session:
        return apply(session, plan, "li", now=LATER)


def newest(database: Database) -> dict[str, tuple[str, int]]:
    with database.reading() as session:
        return {key: (version.made_by, version.version) for key, (_, version) in store.newest_versions(session).items()}


@settings(deadline=None, max_examples=60)
@given(st.lists(odd_contents, min_size=1, max_size=4))
def test_a_file_says_what_the_scripts_say_whatever_they_say(scripts: list[ScriptContent]) -> None:
    rows = [row_of(content, NAMES, status=ScriptStatus.DRAFT, version=1) for content in scripts]
    table = read(write([*HEADER[:11], "答案3", "附件3", *HEADER[11:]], rows, {}))
    known = [content.key for content in scripts]
    assert [content_of(row, NAMES, known=known) for row in table.rows] == [(content, []) for content in scripts]


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(contents, min_size=1, max_size=4, unique_by=lambda content: content.key))
def test_export_and_import_are_the_identity(sqlite_database: Database, scripts: list[ScriptContent]) -> None:
    places = frozenset({"shanghai"})
    good = [
        replace(one, answers=(Answer("好"),), scope=Scope(one.scope.models & {"e5"}, cities=places), valid_from=None) for one in scripts
    ]
    seed(sqlite_database, *good)
    plan = planned(sqlite_database, exported(sqlite_database))
    assert (plan.new, plan.changed, plan.faults, plan.notices, plan.untouched) == ((), (), (), (), 0)
    assert set(plan.unchanged) >= {content.key for content in scripts}


def test_new_and_changed_rows_become_drafts_that_nobody_is_told_yet(database: Database) -> None:
    seed(database, script(), script("store", "店在哪", [], intent="ask_store"))
    plan = planned(database, book({**ROW, "答案1": "看您选哪一款。"}, {**ROW, "编号": "e7-range", "适用车型": "云驰 E7"}))
    assert ([one.content.key for one in plan.new], [one.content.key for one in plan.changed]) == (["e7-range"], ["range"])
    assert (plan.changed[0].row, plan.changed[0].before, plan.new[0].before) == (2, 1, None)
    assert [one.field for one in plan.changed[0].differences] == ["标题", "标准问", "相似问", "答案1"]
    assert (plan.unchanged, plan.untouched, plan.faults) == ((), 1, ())
    assert applied(database, plan) == [("e7-range", 1), ("range", 2)]
    with database.reading() as session:
        assert {one.content.key: one.version for one in store.published(session)} == {"range": 1, "store": 1}
        assert store.content_of(session, "range", 2) == plan.changed[0].content
        row = store.script(session, "range")
        assert row is not None
        assert row.draft_version == 2


def test_an_edited_export_changes_what_was_edited_only(database: Database) -> None:
    seed(database, script(), script("store", "店在哪", [], intent="ask_store"))
    plan = planned(database, edited(exported(database), "C3", "门店"))
    assert [(one.content.key, [diff.field for diff in one.differences]) for one in plan.changed] == [("store", ["标题"])]
    assert plan.unchanged == ("range",)


def test_the_newest_version_is_exported_also_when_it_is_a_draft(database: Database) -> None:
    seed(database, script())
    with database.unit_of_work() as session:
        save_draft(session, replace(script(), title="草稿"), "li", now=NOW)
    (row,) = read(exported(database)).rows
    assert [row.cells[name] for name in ("标题", "状态", "版本")] == ["草稿", "已发布", "2"]


def test_a_file_with_a_fault_is_not_imported_at_all(database: Database) -> None:
    plan = planned(database, book(ROW, {**ROW, "编号": "other", "意图": "?"}))
    assert [str(fault) for fault in plan.faults] == ["第 3 行「意图」：不认识意图「?」，请改成「可选值」里的名称或编号"]
    assert [one.content.key for one in plan.new] == ["range"]
    with pytest.raises(Refused, match="表格里还有 1 处错误，改好后重新导入"):
        applied(database, plan)
    assert newest(database) == {}


def test_a_key_that_stands_twice_is_told_with_the_first_row(database: Database) -> None:
    plan = planned(database, book(ROW, {**ROW, "标题": "又一条"}))
    assert [str(fault) for fault in plan.faults] == ["第 3 行「编号」：编号「range」与第 2 行重复，请改成别的编号或删掉一行"]


def test_faults_of_columns_and_an_empty_file_are_told(database: Database) -> None:
    assert [str(fault) for fault in planned(database, book()).faults] == ["表格里没有一条话术，请从第 2 行开始填写"]
    plan = planned(database, book(ROW, header=[*HEADER, "备注"]))
    assert [str(fault) for fault in plan.faults] == ["第 1 行「备注」：不认识这一列，请删除或改成导出表格里的列名"]


def test_an_import_is_refused_when_the_library_has_changed_since_it_was_checked(database: Database) -> None:
    seed(database, script("store", "店在哪", [], intent="ask_store"))

    def draft() -> None:
        with database.unit_of_work() as session:
            save_draft(session, script("new"), "wang", now=NOW)

    def retired() -> None:
        with database.unit_of_work() as session:
            retire(session, "store", now=NOW)

    for change in (draft, retired):
        plan = planned(database, book(ROW))
        change()
        with pytest.raises(Refused, match="检查之后话术库又有改动"):
            applied(database, plan)
    assert "range" not in newest(database)


def test_an_import_cannot_be_done_twice(database: Database) -> None:
    plan = planned(database, book(ROW))
    applied(database, plan)
    with pytest.raises(Refused, match="检查之后话术库又有改动"):
        applied(database, plan)
    assert newest(database) == {"range": ("li", 1)}


def test_what_an_import_does_not_do_is_said(database: Database) -> None:
    seed(database, script())
    old = exported(database)
    with database.unit_of_work() as session:
        publish(session, "range", save_draft(session, replace(script(), title="新"), "wang", now=LATER), now=LATER)
        retire(session, "range", now=LATER)
    assert [str(notice) for notice in planned(database, old).notices] == [
        "第 2 行「状态」：「range」现在是已下架，导入不改状态，请在话术库里操作",
        "第 2 行「版本」：「range」导出时是第 1 版，现在是第 2 版，请看清差异再确认",
    ]


def test_an_empty_library_is_exported_as_a_form_to_fill_in(database: Database) -> None:
    table = read(exported(database))
    assert (table.header, table.rows) == (tuple(name for name in HEADER if name not in ("答案2", "附件2")), ())


def test_after_a_rollback_the_file_says_what_is_out_and_not_what_was_taken_back(database: Database) -> None:
    seed(database, script())
    with database.unit_of_work() as session:
        publish(session, "range", save_draft(session, script(answer="说错了"), "li", now=LATER), now=LATER)
        rollback(session, "range", 1, now=LATER)
    (row,) = read(exported(database)).rows
    assert row.cells["答案1"] == script().answers[0].text
    assert planned(database, exported(database)).unchanged == ("range",)
