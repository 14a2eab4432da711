"""A material becomes a body, uploaded when WeCom has not got it or will soon forget it."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.attach import ABANDONED_AFTER, Attacher
from bot.wecom.media_calls import MediaCalls
from bot.wecom.terms import Uploaded, UploadKind
from core.db import Database
from core.errors import Refused, Unavailable
from kb import store
from kb.material_files import MaterialFiles
from kb.models import MaterialRow
from kb.terms import Material, MaterialKind
from tests.bot.builders import NOW

POSTER = Material("poster", MaterialKind.IMAGE, "海报", file="poster.png", content_hash="h1")
BROCHURE = Material("brochure", MaterialKind.FILE, "手册", file="brochure.pdf", content_hash="h2")
CLIP = Material("clip", MaterialKind.VIDEO, "短片", file="clip.mp4", content_hash="h3")
DRIVE = Material("drive", MaterialKind.LINK, "试驾", url="https://e.example/drive", desc="约试驾", thumb="thumb.png", content_hash="h4")
COSTS = Material("costs", MaterialKind.MINIPROGRAM, "算费用", appid="wx1", pagepath="p/i", thumb="thumb.png", content_hash="h5")
LOST = Material("lost", MaterialKind.IMAGE, "没有文件", file="lost.png", content_hash="h6")
RENEW = timedelta(days=2, hours=12)


class Uploads(MediaCalls):
    """Takes every upload and numbers it; fails while it is told to."""

    def __init__(self) -> None:
        self.taken: list[tuple[UploadKind, str, bytes]] = []
        self.fails = False

    def upload(self, kind: UploadKind, filename: str, content: bytes) -> Uploaded:
        if self.fails:
            raise Unavailable("网络不通")
        self.taken.append((kind, filename, content))
        return Uploaded(f"media-{len(self.taken)}", NOW)


@pytest.fixture
def uploads() -> Uploads:
    return Uploads()


@pytest.fixture
def attacher(sqlite_database: Database, uploads: Uploads, tmp_path: Path) -> Attacher:
    for name in ("poster.png", "brochure.pdf", "clip.mp4", "thumb.png"):
        (tmp_path / name).write_bytes(name.encode())
    keep(sqlite_database, POSTER, BROCHURE, CLIP, DRIVE, COSTS, LOST)
    return Attacher(sqlite_database, uploads, MaterialFiles(tmp_path, tmp_path / "uploads"))


def keep(database: Database, *materials: Material) -> None:
    with database.unit_of_work() as session:
        for material in materials:
            store.keep_material(session, material)


@pytest.mark.parametrize(
    ("key", "msgtype", "kind", "filename"),
    [
        ("poster", "image", UploadKind.IMAGE, "poster.png"),
        ("brochure", "file", UploadKind.FILE, "brochure.pdf"),
        ("clip", "video", UploadKind.VIDEO, "clip.mp4"),
        ("drive", "link", UploadKind.IMAGE, "thumb.png"),
        ("costs", "miniprogram", UploadKind.IMAGE, "thumb.png"),
    ],
)
def test_each_kind_uploads_what_it_shows(
    attacher: Attacher, uploads: Uploads, key: str, msgtype: str, kind: UploadKind, filename: str
) -> None:
    body = attacher.kf_body(key, now=NOW)
    assert body["msgtype"] == msgtype
    assert "media-1" in body[msgtype].values()
    assert uploads.taken == [(kind, filename, filename.encode())]


@pytest.mark.parametrize(("key", "uploaded"), [("poster", 1), ("drive", 0), ("costs", 1)])
def test_a_welcome_attaches_the_same_but_links_need_no_picture(attacher: Attacher, uploads: Uploads, key: str, uploaded: int) -> None:
    body = attacher.welcome_body(key, now=NOW)
    assert body["msgtype"] in body
    assert len(uploads.taken) == uploaded


@pytest.mark.parametrize(("age", "uploaded"), [(RENEW, 1), (RENEW + timedelta(seconds=1), 2)])
def test_an_upload_is_used_until_shortly_before_wecom_forgets_it(
    attacher: Attacher, uploads: Uploads, age: timedelta, uploaded: int
) -> None:
    attacher.kf_body("poster", now=NOW)
    body = attacher.kf_body("poster", now=NOW + age)
    assert body["image"]["media_id"] == f"media-{uploaded}"
    assert len(uploads.taken) == uploaded


def test_a_renewed_upload_is_remembered(attacher: Attacher, uploads: Uploads) -> None:
    for days in (0, 3, 4):
        attacher.kf_body("poster", now=NOW + timedelta(days=days))
    assert len(uploads.taken) == 2


def test_changed_bytes_are_uploaded_anew(attacher: Attacher, sqlite_database: Database, uploads: Uploads) -> None:
    attacher.kf_body("poster", now=NOW)
    keep(sqlite_database, Material("poster", MaterialKind.IMAGE, "海报", file="brochure.pdf", content_hash="h9"))
    attacher.kf_body("poster", now=NOW)
    assert [filename for _, filename, _ in uploads.taken] == ["poster.png", "brochure.pdf"]


@pytest.mark.parametrize(("key", "why"), [("nowhere", "素材「nowhere」不存在"), ("lost", "素材「lost」的文件 lost.png 读不到")])
def test_what_cannot_be_attached_says_why(attacher: Attacher, key: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        attacher.kf_body(key, now=NOW)


def test_a_failed_upload_is_tried_again(attacher: Attacher, uploads: Uploads) -> None:
    uploads.fails = True
    with pytest.raises(Unavailable):
        attacher.kf_body("poster", now=NOW)
    uploads.fails = False
    assert attacher.kf_body("poster", now=NOW)["image"]["media_id"] == "media-1"


def test_what_a_welcome_needs_is_uploaded_ahead_of_time(attacher: Attacher, uploads: Uploads) -> None:
    def ready(now: datetime) -> int:
        attacher.keep_ready(["poster", "drive", "brochure"], now=now)
        return len(uploads.taken)

    assert [ready(NOW), ready(NOW), ready(NOW + timedelta(days=3))] == [2, 2, 4]


@pytest.mark.parametrize(
    ("kind", "title", "sent"),
    [
        (MaterialKind.FILE, "E7 手册/2026", "E7 手册2026.pdf"),
        (MaterialKind.FILE, "手册.pdf", "手册.pdf"),
        (MaterialKind.FILE, "//", "up.pdf"),
    ],
)
def test_an_operators_file_goes_by_its_title_because_the_customer_sees_it(
    attacher: Attacher, sqlite_database: Database, uploads: Uploads, tmp_path: Path, kind: MaterialKind, title: str, sent: str
) -> None:
    named = MaterialFiles(tmp_path, tmp_path / "uploads").keep(b"%PDF-1.7", ".pdf")
    keep(sqlite_database, Material("up", kind, title, file=named, content_hash="u1"))
    assert attacher.kf_body("up", now=NOW)["file"]["media_id"] == "media-1"
    assert uploads.taken == [(UploadKind.FILE, sent, b"%PDF-1.7")]


def test_an_upload_leads_nowhere_else(attacher: Attacher, sqlite_database: Database) -> None:
    keep(sqlite_database, Material("bad", MaterialKind.FILE, "坏", file="upload:../x.pdf", content_hash="b"))
    with pytest.raises(Refused, match="不对"):
        attacher.kf_body("bad", now=NOW)


def test_an_abandoned_upload_goes_after_a_day_but_a_retired_materials_stays(
    attacher: Attacher, sqlite_database: Database, tmp_path: Path
) -> None:
    files = MaterialFiles(tmp_path, tmp_path / "uploads")
    named, abandoned = files.keep(b"kept", ".png"), files.keep(b"abandoned", ".png")
    keep(sqlite_database, Material("own", MaterialKind.IMAGE, "海报", file=named, content_hash="h7"))
    with sqlite_database.unit_of_work() as session:
        session.scalars(select(MaterialRow).where(MaterialRow.key == "own")).one().retired_at = NOW
    for one in (named, abandoned):
        os.utime(files.path(one), (NOW.timestamp(), NOW.timestamp()))
    attacher.tidy(NOW + ABANDONED_AFTER)
    assert files.path(abandoned).is_file()
    attacher.tidy(NOW + ABANDONED_AFTER + timedelta(seconds=1))
    assert (files.path(abandoned).is_file(), files.path(named).is_file()) == (False, True)
