"""Bytes of materials: only for who may see them, never as a page."""

import asyncio
from urllib.parse import unquote

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from admin.acts.materials import keep_upload
from admin.files import address_of, files_router
from admin.office import Office
from admin.terms import Role, Who
from admin.uploads import Upload
from core.db import Database
from kb import store
from kb.terms import Material, MaterialKind, MediaPurpose
from tests.admin.offices import office_over
from tests.admin.people import who
from tests.admin.test_uploads import PDF, PNG
from tests.kb.builders import NOW


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    office = office_over(sqlite_database, now=NOW)
    poster = keep_upload(who(Role.ADMIN), office.files, MaterialKind.IMAGE, Upload("a.png", PNG))
    guide = keep_upload(who(Role.ADMIN), office.files, MaterialKind.FILE, Upload("a.pdf", PDF))
    with sqlite_database.unit_of_work() as session:
        store.keep_material(session, Material("poster", MaterialKind.IMAGE, "海报", file=poster))
        store.keep_material(session, Material("guide", MaterialKind.FILE, "指南", file=guide))
        store.keep_material(session, Material("bad", MaterialKind.FILE, "坏", file="../../secret"))
    return office


def get(office: Office, path: str, asker: Who) -> httpx.Response:
    app = FastAPI()
    app.include_router(files_router(office))

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["who"] = asker
        await app(scope, receive, send)

    async def asking() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(guarded), base_url="http://console.invalid") as client:
            return await client.get(path)

    return asyncio.run(asking())


def test_a_picture_is_shown_and_a_file_is_saved(office: Office) -> None:
    picture = get(office, "/admin/files/material/poster/body", who(Role.ADVISOR, userid="li"))
    assert (picture.content, picture.headers["content-type"], picture.headers["x-content-type-options"]) == (PNG, "image/png", "nosniff")
    assert picture.headers["content-disposition"].startswith("inline")
    file = get(office, "/admin/files/material/guide/body", who(Role.ADMIN))
    assert file.headers["content-disposition"].startswith("attachment")
    assert "指南.pdf" in unquote(file.headers["content-disposition"])


@pytest.mark.parametrize(
    "path", ["material/nowhere/body", "material/poster/thumb", "material/bad/body", "upload/..%2Fx.png", "upload/x.html"]
)
def test_what_is_not_there_is_not_found(office: Office, path: str) -> None:
    assert get(office, f"/admin/files/{path}", who(Role.ADMIN)).status_code == 404


def test_an_upload_that_is_not_saved_is_for_who_may_save_it(office: Office) -> None:
    named = keep_upload(who(Role.ADMIN), office.files, MaterialKind.IMAGE, Upload("b.png", PNG + b"1"))
    path = address_of(named, "", MediaPurpose.BODY, saved=False)
    assert get(office, path, who(Role.OPERATOR)).content == PNG + b"1"
    assert get(office, path, who(Role.STORE_MANAGER, store="s")).status_code == 403
