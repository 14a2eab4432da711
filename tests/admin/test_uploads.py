"""What may be uploaded is told by its bytes, not by its name."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from admin.uploads import MEGABYTES, Upload, accepted, upload_fault
from kb.terms import MaterialKind

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 20
MP4 = b"\0\0\0\x18ftypmp42" + b"0" * 20
PDF = b"%PDF-1.7 " + b"0" * 20


def archive(*names: str) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        (MaterialKind.IMAGE, "海报.PNG", PNG),
        (MaterialKind.IMAGE, "a.jpeg", JPEG),
        (MaterialKind.VIDEO, "a.mp4", MP4),
        (MaterialKind.FILE, "a.pdf", PDF),
        (MaterialKind.FILE, "a.docx", archive("[Content_Types].xml", "word/document.xml")),
        (MaterialKind.FILE, "a.xlsx", archive("xl/workbook.xml")),
        (MaterialKind.FILE, "a.txt", "营业时间".encode("gb18030")),
    ],
)
def test_what_is_what_it_says_is_taken(kind: MaterialKind, name: str, content: bytes) -> None:
    assert upload_fault(Upload(name, content), kind) is None


@pytest.mark.parametrize(
    ("kind", "name", "content", "why"),
    [
        (MaterialKind.IMAGE, "a.png", b"<html><script>alert(1)</script>", "内容不是 .png"),
        (MaterialKind.IMAGE, "a.png", JPEG, "内容不是 .png"),
        (MaterialKind.IMAGE, "a.svg", b"<svg onload=alert(1)>", "不能作为图片"),
        (MaterialKind.FILE, "a.html", b"<html></html>", "不能作为文件"),
        (MaterialKind.FILE, "a.exe", b"MZ" + b"0" * 20, "不能作为文件"),
        (MaterialKind.FILE, "noending", PDF, "不能作为文件"),
        (MaterialKind.FILE, "a.docx", archive("word/document.xml", "word/vbaProject.bin"), "内容不是 .docx"),
        (MaterialKind.FILE, "a.xlsx", archive("word/document.xml"), "内容不是 .xlsx"),
        (MaterialKind.FILE, "a.pptx", b"PK\x03\x04 broken", "内容不是 .pptx"),
        (MaterialKind.FILE, "a.txt", b"text \0 with a zero", "内容不是 .txt"),
        (MaterialKind.VIDEO, "a.mp4", PNG, "内容不是 .mp4"),
        (MaterialKind.IMAGE, "a.png", b"\x89PNG", "空文件"),
    ],
)
def test_what_is_something_else_is_not(kind: MaterialKind, name: str, content: bytes, why: str) -> None:
    fault = upload_fault(Upload(name, content), kind)
    assert fault is not None
    assert why in fault


@pytest.mark.parametrize("kind", list(MEGABYTES))
def test_wecom_takes_so_many_bytes_and_no_more(kind: MaterialKind) -> None:
    head, name = {MaterialKind.IMAGE: (PNG, "a.png"), MaterialKind.VIDEO: (MP4, "a.mp4"), MaterialKind.FILE: (PDF, "a.pdf")}[kind]
    most = MEGABYTES[kind] * 2**20
    assert upload_fault(Upload(name, head.ljust(most, b"0")), kind) is None
    assert "最大" in (upload_fault(Upload(name, head.ljust(most + 1, b"0")), kind) or "")


def test_the_browser_offers_only_what_is_taken() -> None:
    assert accepted(MaterialKind.IMAGE) == ".jpeg,.jpg,.png"
