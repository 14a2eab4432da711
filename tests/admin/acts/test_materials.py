"""Materials are uploaded, saved, retired and taken back; what customers get stays whole."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from admin.acts import materials as acts
from admin.models import AuditEntry
from admin.terms import Blocked, NotAllowed, Role, Who
from admin.uploads import Upload
from core.db import Database
from kb import store
from kb.material_files import MaterialFiles
from kb.publish import publish, retire, save_draft
from kb.terms import Answer, Material, MaterialKind
from tests.admin.test_uploads import JPEG, PNG
from tests.kb.builders import NOW, script

ANN = Who(1, "ann", "安", Role.OPERATOR)
MANAGER = Who(3, "cat", "凯", Role.STORE_MANAGER, store="s1")


@pytest.fixture
def files(tmp_path: Path) -> MaterialFiles:
    return MaterialFiles(tmp_path / "pack", tmp_path / "uploads")


def upload(files: MaterialFiles, content: bytes = PNG, name: str = "海报.png") -> str:
    return acts.keep_upload(ANN, files, MaterialKind.IMAGE, Upload(name, content))


def save(database: Database, files: MaterialFiles, material: Material) -> str:
    with database.unit_of_work() as session:
        return acts.save_material(session, ANN, files, material, now=NOW)


def poster(database: Database, files: MaterialFiles) -> str:
    return save(database, files, Material("", MaterialKind.IMAGE, "E7 海报", file=upload(files)))


def test_who_may_not_edit_materials_does_nothing(database: Database, files: MaterialFiles) -> None:
    key = poster(database, files)
    with pytest.raises(NotAllowed):
        acts.keep_upload(MANAGER, files, MaterialKind.IMAGE, Upload("a.png", PNG))
    with database.unit_of_work() as session:
        with pytest.raises(NotAllowed):
            acts.save_material(session, MANAGER, files, Material(key, MaterialKind.IMAGE, "x", file="y"), now=NOW)
        with pytest.raises(NotAllowed):
            acts.retire_material(session, MANAGER, key, welcome=(), now=NOW)
        with pytest.raises(NotAllowed):
            acts.restore_material(session, MANAGER, key, now=NOW)


def test_an_upload_is_stored_by_its_hash_and_once(files: MaterialFiles) -> None:
    first, again = upload(files), upload(files, name="other.png")
    assert first == again
    assert [path.read_bytes() for path in files.uploads.iterdir()] == [PNG]
    with pytest.raises(Blocked, match="内容不是"):
        upload(files, b"<html></html>")


def test_new_bytes_make_another_content_hash_so_that_wecom_gets_them(database: Database, files: MaterialFiles) -> None:
    key = poster(database, files)
    assert key == "image-e7"
    with database.reading() as session:
        before = store.materials(session)[key]
    save(database, files, replace(before, file=upload(files, JPEG, "b.jpg")))
    with database.reading() as session:
        after = store.materials(session)[key]
    assert after.content_hash != before.content_hash
    assert files.path(after.file).read_bytes() == JPEG


@pytest.mark.parametrize(
    ("material", "why"),
    [
        (Material("", MaterialKind.IMAGE, "没有图"), "还没有填文件"),
        (Material("", MaterialKind.LINK, "试驾", url="javascript:alert(1)", thumb="t"), "https://"),
        (Material("", MaterialKind.LINK, "试" * 43, url="https://e.example", thumb="t"), "128 字节"),
        (Material("", MaterialKind.MINIPROGRAM, "算费用", appid="abc", pagepath="p.html", thumb="t"), "wx"),
        (Material("", MaterialKind.MINIPROGRAM, "算费用", appid="wx1", pagepath="p/i", thumb="t"), ".html"),
        (Material("nowhere", MaterialKind.IMAGE, "没有了", file="x"), "不存在"),
    ],
)
def test_what_wecom_would_not_take_is_told(database: Database, files: MaterialFiles, material: Material, why: str) -> None:
    with pytest.raises(Blocked, match=why):
        save(database, files, material)


def test_what_a_published_script_attaches_is_not_retired(database: Database, files: MaterialFiles) -> None:
    key = poster(database, files)
    with database.unit_of_work() as session:
        content = replace(script(), title="续航介绍", answers=(Answer("看图", (key,)),))
        publish(session, "range", save_draft(session, content, "ann", now=NOW), now=NOW)
    with database.unit_of_work() as session, pytest.raises(Blocked, match="「续航介绍」"):
        acts.retire_material(session, ANN, key, welcome=(), now=NOW)
    with database.unit_of_work() as session:
        retire(session, "range", now=NOW)
        with pytest.raises(Blocked, match="欢迎语"):
            acts.retire_material(session, ANN, key, welcome=[key], now=NOW)
        acts.retire_material(session, ANN, key, welcome=(), now=NOW)
        assert store.materials(session) == {}
        acts.restore_material(session, ANN, key, now=NOW)
        assert list(store.materials(session)) == [key]
        assert [entry.act for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))] == ["新建素材", "停用素材", "恢复素材"]


def test_what_an_operator_edited_stays_when_the_pack_is_read_again(database: Database, files: MaterialFiles) -> None:
    packed = Material("poster", MaterialKind.IMAGE, "包里的", file="a.png", content_hash="h")
    with database.unit_of_work() as session:
        store.keep_material(session, packed)
        store.keep_material(session, replace(packed, title="包里新的"))
    with database.reading() as session:
        assert store.materials(session)["poster"].title == "包里新的"
    save(database, files, replace(packed, title="安改的"))
    with database.unit_of_work() as session:
        store.keep_material(session, packed)
        assert store.materials(session)["poster"].title == "安改的"


def test_an_upload_that_was_tidied_away_meanwhile_must_be_chosen_again(database: Database, files: MaterialFiles) -> None:
    named = upload(files)
    files.path(named).unlink()
    with pytest.raises(Blocked, match="请重新选择文件"):
        save(database, files, Material("", MaterialKind.IMAGE, "海报", file=named))
