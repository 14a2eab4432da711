"""Media: uploaded with their limits, three days alive, fetched back as a file (reference §11)."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import quote

from python_multipart import parse_form
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import File

from bot.sandbox.corp import Corp, Media
from bot.sandbox.fields import Asked
from bot.sandbox.terms import ApiAnswer, ApiError, Json

LIFE = timedelta(days=3)
_MEGABYTE = 1024 * 1024
SMALLEST = 5

# kind → (largest file in bytes, what its first bytes must look like). Any file may be a «file».
_LIMITS: dict[str, tuple[int, Callable[[bytes], bool]]] = {
    "image": (10 * _MEGABYTE, lambda data: data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))),
    "voice": (2 * _MEGABYTE, lambda data: data.startswith(b"#!AMR")),
    "video": (10 * _MEGABYTE, lambda data: data[4:8] == b"ftyp"),
    "file": (20 * _MEGABYTE, lambda _data: True),
}
_PERMANENT_BYTES = 2 * _MEGABYTE
_ATTACHMENT_BYTES = 10 * _MEGABYTE


def upload(corp: Corp, asked: Asked) -> Json:
    """POST media/upload?type=…, multipart field `media`; `created_at` is a string."""
    kind = asked.query.get("type", "")
    if kind not in _LIMITS:
        raise ApiError(40004, "invalid media type")
    most, looks_right = _LIMITS[kind]
    filename, content_type, data = _uploaded(asked, most)
    if not looks_right(data):
        raise ApiError(40005, "invalid file type")
    media_id = keep(corp, Media(kind, filename, content_type, data, asked.now))
    return {"type": kind, "media_id": media_id, "created_at": str(int(asked.now.timestamp()))}


def upload_attachment(corp: Corp, asked: Asked) -> Json:
    """POST media/upload_attachment?media_type=…&attachment_type=1|2: its media_id works for moments (1) or products (2) only."""
    kind, purpose = asked.query.get("media_type", ""), asked.query.get("attachment_type", "")
    if kind not in ("image", "video", "file") or purpose not in ("1", "2"):
        raise ApiError(40004, "invalid media type")
    filename, content_type, data = _uploaded(asked, _ATTACHMENT_BYTES)
    if not _LIMITS[kind][1](data):
        raise ApiError(40005, "invalid file type")
    media_id = keep(corp, Media(f"{'moment' if purpose == '1' else 'album'}-{kind}", filename, content_type, data, asked.now))
    return {"type": kind, "media_id": media_id, "created_at": int(asked.now.timestamp())}


def uploadimg(corp: Corp, asked: Asked) -> Json:
    """POST media/uploadimg: a permanent url for use inside WeCom messages."""
    filename, content_type, data = _uploaded(asked, _PERMANENT_BYTES)
    if not _LIMITS["image"][1](data):
        raise ApiError(40005, "invalid file type")
    url = f"https://wework.qpic.cn/wwpic/{corp.issue('image')}/0"
    corp.images[url] = Media("image", filename, content_type, data, asked.now)
    return {"url": url}


def get(corp: Corp, asked: Asked) -> ApiAnswer:
    """GET media/get?media_id=…: the file itself."""
    media_id = asked.query.get("media_id", "")
    found = corp.media.get(media_id)
    if found is None:
        raise ApiError(40007, "invalid media_id")
    check_media(corp, media_id, found.kind, now=asked.now)
    # A header is ASCII; names in other letters go percent-encoded.
    return ApiAnswer(200, found.content_type, found.data, {"Content-disposition": f'attachment; filename="{quote(found.filename)}"'})


def check_media(corp: Corp, media_id: str, kind: str, *, now: datetime) -> None:
    """40007 unless the media exists, is of this kind and is younger than three days."""
    found = corp.media.get(media_id)
    if found is None or found.kind != kind or now - found.created_at >= LIFE:
        raise ApiError(40007, "invalid media_id")


def keep(corp: Corp, media: Media) -> str:
    """Store it; returns its media_id."""
    media_id = corp.issue(f"media-{media.kind}")
    corp.media[media_id] = media
    return media_id


def _uploaded(asked: Asked, most: int) -> tuple[str, str, bytes]:
    parts = _parts(asked)
    if "media" not in parts:
        raise ApiError(44001, "multipart field media is missing or has no filename")
    filename, content_type, data = parts["media"]
    if len(data) <= SMALLEST:
        raise ApiError(44001, "empty media data")
    if len(data) > most:
        raise ApiError(45001, f"media data exceeds {most} bytes")
    return filename, content_type, data


def _parts(asked: Asked) -> dict[str, tuple[str, str, bytes]]:
    parts: dict[str, tuple[str, str, bytes]] = {}

    def receive(file: File) -> None:
        file.file_object.seek(0)
        kind = file.content_type or "application/octet-stream"
        parts[(file.field_name or b"").decode()] = (file.file_name or b"").decode(), kind, file.file_object.read()
        file.close()

    headers = {"Content-Type": asked.content_type.encode(), "Content-Length": str(len(asked.raw)).encode()}
    try:
        parse_form(headers, io.BytesIO(asked.raw), None, receive)
    except (FormParserError, ValueError):
        raise ApiError(44001, "the body is not multipart") from None
    return parts
