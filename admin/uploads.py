"""What operators may upload: by kind of material, told by the bytes and not by the name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from zipfile import BadZipFile, ZipFile

from kb.terms import MaterialKind

# Reference §11: what /media/upload takes.
MEGABYTES: Final[Mapping[MaterialKind, int]] = {MaterialKind.IMAGE: 10, MaterialKind.VIDEO: 10, MaterialKind.FILE: 20}
_SMALLEST_BYTES: Final = 6
_OLD_OFFICE: Final = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True)
class Upload:
    """A file as the browser sent it; the name is his word for it and nothing more."""

    name: str
    content: bytes

    @property
    def suffix(self) -> str:
        """The name's ending in lower case, with its dot; empty without one."""
        dot = self.name.rfind(".")
        return self.name[dot:].lower() if dot >= 0 else ""


def upload_fault(upload: Upload, kind: MaterialKind) -> str | None:
    """What is wrong with it, as a Chinese sentence; None when WeCom will take it."""
    checks = _LOOKS_LIKE[kind]
    if upload.suffix not in checks:
        return f"「{upload.name}」不能作为{KIND_NAMES[kind]}，可以用：{' '.join(sorted(checks))}"
    size = len(upload.content)
    if size > MEGABYTES[kind] * 2**20:
        return f"「{upload.name}」有 {size / 2**20:.1f} MB，企业微信的{KIND_NAMES[kind]}最大 {MEGABYTES[kind]} MB"
    if size < _SMALLEST_BYTES:
        return f"「{upload.name}」是空文件"
    if not checks[upload.suffix](upload.content):
        return f"「{upload.name}」的内容不是 {upload.suffix} 格式，请用原软件另存一次"
    return None


def accepted(kind: MaterialKind) -> str:
    """For the browser's file dialog."""
    return ",".join(sorted(_LOOKS_LIKE[kind]))


def _is_png(content: bytes) -> bool:
    return content.startswith(b"\x89PNG\r\n\x1a\n")


def _is_jpeg(content: bytes) -> bool:
    return content.startswith(b"\xff\xd8\xff")


def _is_mp4(content: bytes) -> bool:
    return content[4:8] == b"ftyp"


def _is_pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-")


def _is_old_office(content: bytes) -> bool:
    return content.startswith(_OLD_OFFICE)


def _is_office(folder: str) -> Callable[[bytes], bool]:
    """A file of Word, Excel or PowerPoint is an archive with such a folder in it; one with macros is not taken."""

    def check(content: bytes) -> bool:
        try:
            with ZipFile(BytesIO(content)) as archive:
                names = archive.namelist()
        except (BadZipFile, ValueError, EOFError, OSError):
            return False
        return any(name.startswith(folder) for name in names) and not any("vbaproject" in name.lower() for name in names)

    return check


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


KIND_NAMES: Final[Mapping[MaterialKind, str]] = {
    MaterialKind.IMAGE: "图片",
    MaterialKind.FILE: "文件",
    MaterialKind.VIDEO: "视频",
    MaterialKind.LINK: "链接",
    MaterialKind.MINIPROGRAM: "小程序",
}
_LOOKS_LIKE: Final[Mapping[MaterialKind, Mapping[str, Callable[[bytes], bool]]]] = {
    MaterialKind.IMAGE: {".png": _is_png, ".jpg": _is_jpeg, ".jpeg": _is_jpeg},
    MaterialKind.VIDEO: {".mp4": _is_mp4},
    MaterialKind.FILE: {
        ".pdf": _is_pdf,
        ".txt": _is_text,
        **dict.fromkeys((".doc", ".xls", ".ppt"), _is_old_office),
        ".docx": _is_office("word/"),
        ".xlsx": _is_office("xl/"),
        ".pptx": _is_office("ppt/"),
    },
}
