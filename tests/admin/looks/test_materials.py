"""The list of materials: where each is used, until when it holds, what WeCom has of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from admin.looks.materials import material_to_edit, materials, thumbnail
from admin.looks.wanted import Wanted
from core.db import Database
from kb import store
from kb.models import MaterialRow
from kb.publish import publish, save_draft
from kb.terms import Answer, Material, MaterialKind, MediaPurpose
from tests.kb.builders import NOW, TODAY, script

POSTER = Material("poster", MaterialKind.IMAGE, "E7 海报", file="a.png", content_hash="h1")
GUIDE = Material("guide", MaterialKind.FILE, "充电指南", file="a.pdf", content_hash="h2", valid_until=TODAY + timedelta(days=14))
DRIVE = Material("drive", MaterialKind.LINK, "试驾", url="https://e.example", thumb="t.png", content_hash="h3")


@pytest.fixture(autouse=True)
def shelf(database: Database) -> None:
    with database.unit_of_work() as session:
        for one in (POSTER, GUIDE, DRIVE):
            store.keep_material(session, one)
        content = replace(script(), answers=(Answer("好", ("poster",)), Answer("行", ("poster", "guide"))))
        publish(session, "range", save_draft(session, content, "ann", now=NOW), now=NOW)
        save_draft(session, replace(content, answers=(Answer("好", ("guide",)),)), "ann", now=NOW)


def rows(database: Database, **filters: str) -> dict[str, dict[str, Any]]:
    with database.reading() as session:
        found, total = materials(session, Wanted(filters), now=NOW)
    assert total == len(found)
    return {row["id"]: row for row in found}


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        ({}, {"poster", "guide", "drive"}),
        ({"q": "海报"}, {"poster"}),
        ({"kind": "file"}, {"guide"}),
        ({"state": "in_use"}, {"poster", "guide"}),
        ({"state": "unused"}, {"drive"}),
        ({"state": "ending"}, {"guide"}),
        ({"state": "retired"}, set()),
    ],
)
def test_filters_narrow(database: Database, filters: dict[str, str], keys: set[str]) -> None:
    assert set(rows(database, **filters)) == keys


def test_where_it_is_used_tells_drafts_from_what_is_out(database: Database) -> None:
    with database.reading() as session:
        uses = store.uses_of_materials(session)
    assert {key: [(use.key, use.is_out) for use in found] for key, found in uses.items()} == {
        "poster": [("range", True)],
        "guide": [("range", True)],
    }
    with database.unit_of_work() as session:
        save_draft(session, replace(script("colour"), answers=(Answer("看", ("drive",)),)), "ann", now=NOW)
    assert rows(database)["drive"]["uses"] == [{"key": "colour", "title": "colour", "is_out": False}]


@pytest.mark.parametrize(
    ("age", "text"),
    [(timedelta(0), "还有 3 天"), (timedelta(days=2, hours=1), "还有 23 小时"), (timedelta(days=3), "已失效")],
)
def test_wecom_keeps_an_upload_for_three_days(database: Database, age: timedelta, text: str) -> None:
    assert rows(database)["poster"]["media"]["text"] == "还没有上传"
    with database.unit_of_work() as session:
        store.keep_media_id(session, POSTER, MediaPurpose.BODY, "m1", now=NOW - age)
    assert rows(database)["poster"]["media"]["text"] == text


def test_an_upload_of_other_bytes_says_nothing_of_these(database: Database) -> None:
    with database.unit_of_work() as session:
        store.keep_media_id(session, replace(POSTER, content_hash="old"), MediaPurpose.BODY, "m1", now=NOW)
    assert rows(database)["poster"]["media"]["text"] == "还没有上传"


def test_a_retired_one_is_found_where_it_is_looked_for(database: Database) -> None:
    with database.unit_of_work() as session:
        row = store.material_row(session, "drive")
        assert isinstance(row, MaterialRow)
        row.retired_at = NOW
    assert set(rows(database, state="retired")) == {"drive"}
    assert set(rows(database, state="unused")) == set()
    with database.reading() as session:
        assert material_to_edit(session, "drive") == (DRIVE, True, [])
        assert material_to_edit(session, "nowhere") is None


def test_a_picture_shows_itself_and_a_link_its_cover() -> None:
    assert "/material/poster/body" in thumbnail(POSTER)
    assert "/material/drive/thumb" in thumbnail(DRIVE)
    assert thumbnail(GUIDE) == ""
