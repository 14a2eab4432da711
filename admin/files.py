"""The bytes of materials, for who is signed in: never run, never shown as a page."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from admin.guard import ROOT
from admin.office import Office
from admin.rights import may
from admin.terms import Right
from core.errors import Refused
from core.fingerprint import fingerprint
from kb import store
from kb.material_files import UPLOAD
from kb.terms import MediaPurpose

_SHOWN: Final = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
_KNOWN: Final = {**_SHOWN, ".mp4": "video/mp4", ".pdf": "application/pdf"}
_ABSENT: Final = "没有这个文件"


def files_router(office: Office) -> APIRouter:
    """`/files/material/{key}/{purpose}` and, for a form that is not saved yet, `/files/upload/{name}`; the guard has let him in."""
    router = APIRouter(prefix=f"{ROOT}/files")

    @router.get("/material/{key}/{purpose}")
    def material(request: Request, key: str, purpose: MediaPurpose) -> Response:
        if not may(request.state.who, Right.SEE_SCRIPTS):
            return PlainTextResponse("没有这个权限", 403)
        with office.database.reading() as session:
            found = store.material(session, key)
        if found is None:
            return PlainTextResponse(_ABSENT, 404)
        return _answer(office, found.thumb if purpose is MediaPurpose.THUMB else found.file, found.title)

    @router.get("/upload/{name}")
    def upload(request: Request, name: str) -> Response:
        if not may(request.state.who, Right.EDIT_MATERIALS):
            return PlainTextResponse("没有这个权限", 403)
        return _answer(office, UPLOAD + name, name)

    return router


def address_of(named: str, key: str, purpose: MediaPurpose, *, saved: bool = True) -> str:
    """Where the browser finds these bytes: by their material, or an upload that is not saved yet by its own name."""
    if not saved and named.startswith(UPLOAD):
        return f"{ROOT}/files/upload/{named.removeprefix(UPLOAD)}"
    return f"{ROOT}/files/material/{key}/{purpose}?v={fingerprint(named)[:8]}"


def _answer(office: Office, named: str, title: str) -> Response:
    try:
        path = office.files.path(named)
    except Refused:
        return PlainTextResponse(_ABSENT, 404)
    if not path.is_file():
        return PlainTextResponse(_ABSENT, 404)
    suffix = path.suffix.lower()
    return FileResponse(
        path,
        media_type=_KNOWN.get(suffix, "application/octet-stream"),
        content_disposition_type="inline" if suffix in _SHOWN else "attachment",
        filename=title if title.lower().endswith(suffix) else title + suffix,
        headers={"X-Content-Type-Options": "nosniff"},
    )
