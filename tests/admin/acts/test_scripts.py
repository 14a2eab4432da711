"""Drafts are saved, reviewed, published, taken back and retired by who may, and nobody's work is overwritten."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from admin.acts import scripts as acts
from admin.models import AuditEntry
from admin.sign_in import new_operator
from admin.terms import Blocked, NotAllowed, Role, Who
from core.db import Database
from kb import sheet_import, store
from kb.models import MaterialRow, Script
from kb.sheet_rows import SheetNames
from kb.terms import Answer, Material, MaterialKind, Scope, ScriptContent, ScriptStatus
from tests.kb.builders import NOW, script

ANN = Who(1, "ann", "安", Role.OPERATOR)
BEN = Who(2, "ben", "本", Role.ADMIN)
OUTSIDERS = [Who(3, "cat", "凯", Role.STORE_MANAGER, store="s1"), Who(4, "dan", "丹", Role.ADVISOR, userid="dan")]
NEW = replace(script("", "续航有多少公里"), title="E7 续航", scope=Scope(models=frozenset({"e7"})))


def save(database: Database, content: ScriptContent, base: int = 0, who: Who = ANN) -> acts.Seen:
    with database.unit_of_work() as session:
        return acts.save_script(session, who, content, base, now=NOW)


def publish(database: Database, seen: acts.Seen, who: Who = ANN, *, four_eyes: bool = False) -> None:
    with database.unit_of_work() as session:
        acts.publish_script(session, who, seen, four_eyes=four_eyes, now=NOW)


def row(database: Database, key: str) -> Script:
    with database.reading() as session:
        found = store.script(session, key)
        assert found is not None
        return found


def audited(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def published(database: Database, content: ScriptContent = NEW) -> acts.Seen:
    seen = save(database, content)
    publish(database, seen)
    return seen


@pytest.mark.parametrize("who", OUTSIDERS, ids=lambda who: who.role)
def test_who_only_reads_scripts_changes_none(database: Database, who: Who) -> None:
    seen = published(database)
    plan = sheet_import.ImportPlan((), (), (), 0, (), (), "")
    with database.unit_of_work() as session:
        for act in (
            lambda: acts.save_script(session, who, NEW, 0, now=NOW),
            lambda: acts.ask_review(session, who, seen, now=NOW),
            lambda: acts.send_back(session, who, seen, "再改改", now=NOW),
            lambda: acts.publish_script(session, who, seen, four_eyes=False, now=NOW),
            lambda: acts.retire_script(session, who, seen[0], now=NOW),
            lambda: acts.roll_back(session, who, seen, now=NOW),
            lambda: acts.write_import(session, who, plan, now=NOW),
            lambda: acts.ask_reviews(session, who, [seen], now=NOW),
            lambda: acts.publish_scripts(session, who, [seen], four_eyes=False, now=NOW),
        ):
            with pytest.raises(NotAllowed):
                act()
    assert audited(database) == ["新建话术", "发布话术"]


def test_a_new_script_gets_a_readable_key_of_its_own(database: Database) -> None:
    assert save(database, NEW) == ("range-e7", 1)
    assert save(database, replace(NEW, standard="一次能开多远")) == ("range-e7-2", 1)


def test_saving_the_same_again_makes_no_version_and_no_line(database: Database) -> None:
    key, version = save(database, NEW)
    assert save(database, replace(NEW, key=key), version) == (key, 1)
    assert save(database, replace(NEW, key=key, title="E7 的续航"), version) == (key, 2)
    assert audited(database) == ["新建话术", "修改话术"]


def test_what_somebody_saved_meanwhile_is_told_and_not_overwritten(database: Database) -> None:
    key, version = save(database, NEW)
    save(database, replace(NEW, key=key, title="本的标题"), version, BEN)
    with pytest.raises(Blocked, match=r"ben .*第 2 版.*没有写入"):
        save(database, replace(NEW, key=key, title="安的标题"), version)
    assert row(database, key).title == "本的标题"


def test_a_faulty_wording_is_told_in_chinese_with_its_place(database: Database) -> None:
    with pytest.raises(Blocked, match=r"答案1：「5000 元」|答案1：「.*元」是会过期的承诺"):
        save(database, replace(NEW, answers=(Answer("优惠 5000 元"),)))
    with pytest.raises(Blocked, match="不存在或已停用"):
        save(database, replace(NEW, answers=(Answer("好", ("nowhere",)),)))


def test_a_draft_goes_through_review_and_may_come_back(database: Database) -> None:
    seen = save(database, NEW)
    with database.unit_of_work() as session:
        acts.ask_review(session, ANN, seen, now=NOW)
    with database.unit_of_work() as session, pytest.raises(Blocked, match="已经在待审"):
        acts.ask_review(session, ANN, seen, now=NOW)
    with database.unit_of_work() as session, pytest.raises(Blocked, match="原因"):
        acts.send_back(session, BEN, seen, " ", now=NOW)
    with database.unit_of_work() as session:
        acts.send_back(session, BEN, seen, "说得太满", now=NOW)
    assert (row(database, seen[0]).review_note, row(database, seen[0]).review_at) == ("说得太满", None)
    with database.unit_of_work() as session, pytest.raises(Blocked, match="不在待审"):
        acts.send_back(session, BEN, seen, "再来", now=NOW)


def test_with_four_eyes_nobody_publishes_his_own_draft(database: Database) -> None:
    seen = save(database, NEW)
    with pytest.raises(Blocked, match="双人审核"):
        publish(database, seen, ANN, four_eyes=True)
    publish(database, seen, BEN, four_eyes=True)
    assert row(database, seen[0]).status == ScriptStatus.PUBLISHED


def test_only_the_draft_that_was_looked_at_goes_out(database: Database) -> None:
    key, version = save(database, NEW)
    save(database, replace(NEW, key=key, title="后来的"), version)
    with pytest.raises(Blocked, match="草稿变了"):
        publish(database, (key, version))


def test_a_material_that_was_retired_meanwhile_is_not_published(database: Database) -> None:
    with database.unit_of_work() as session:
        store.keep_material(session, Material("poster", MaterialKind.IMAGE, "海报", file="a.png", content_hash="h"))
    seen = save(database, replace(NEW, answers=(Answer("看图", ("poster",)),)))
    with database.unit_of_work() as session:
        found = session.scalars(select(MaterialRow)).one()
        found.retired_at = NOW
    with pytest.raises(Blocked, match="已停用"):
        publish(database, seen)


def test_an_earlier_version_comes_back_if_it_was_out(database: Database) -> None:
    key, version = published(database)
    second = save(database, replace(NEW, key=key, title="第二版"), version)
    with database.unit_of_work() as session, pytest.raises(Blocked, match="没有发布过"):
        acts.roll_back(session, ANN, second, now=NOW)
    publish(database, second)
    with database.unit_of_work() as session:
        acts.roll_back(session, ANN, (key, 1), now=NOW + timedelta(minutes=1))
    assert row(database, key).published_version == 1
    with database.unit_of_work() as session, pytest.raises(Blocked, match="现在发布的就是"):
        acts.roll_back(session, ANN, (key, 1), now=NOW)


def test_a_retired_script_keeps_its_versions(database: Database) -> None:
    key, _ = published(database)
    with database.unit_of_work() as session:
        acts.retire_script(session, ANN, key, now=NOW)
    with database.unit_of_work() as session, pytest.raises(Blocked, match="只有已发布"):
        acts.retire_script(session, ANN, key, now=NOW)
    with database.reading() as session:
        assert len(store.versions(session, key)) == 1
    assert audited(database)[-1] == "下架话术"


def test_an_import_becomes_drafts_that_are_reviewed_and_published_together(database: Database) -> None:
    names = SheetNames({"ask_range": "续航能耗"}, {"e7": "云驰 E7"}, {}, {}, {}, {})
    published(database)
    with database.reading() as session:
        plan = sheet_import.dry_run(session, sheet_import.export_scripts(session, names), names)
    changed = replace(NEW, key="range-e7", title="表格里改过")
    plan = replace(plan, unchanged=(), changed=(sheet_import.Planned(2, changed, 1),))
    with database.unit_of_work() as session:
        drafts = acts.write_import(session, ANN, plan, now=NOW)
    assert drafts == [("range-e7", 2)]
    with database.unit_of_work() as session:
        assert (acts.ask_reviews(session, ANN, drafts, now=NOW), acts.ask_reviews(session, ANN, drafts, now=NOW)) == (1, 0)
        assert acts.publish_scripts(session, BEN, drafts, four_eyes=True, now=NOW) == 1
    assert row(database, "range-e7").published_version == 2


def test_a_lost_race_names_the_colleague_as_he_is_known(database: Database) -> None:
    with database.unit_of_work() as session:
        new_operator(session, "ann", Role.OPERATOR, now=NOW).shown_as = "安小姐"
    key, version = save(database, NEW)
    save(database, replace(NEW, key=key, title="先存的"), version)
    with pytest.raises(Blocked, match=r"安小姐 .*保存了第 2 版"):
        save(database, replace(NEW, key=key, title="后存的"), version, BEN)


def test_what_was_retired_goes_out_again_by_saving_it_as_it_was(database: Database) -> None:
    key, version = published(database)
    with database.unit_of_work() as session:
        acts.retire_script(session, ANN, key, now=NOW)
    again = save(database, replace(NEW, key=key), version)
    publish(database, again)
    assert (again, row(database, key).status) == ((key, version), ScriptStatus.PUBLISHED)
