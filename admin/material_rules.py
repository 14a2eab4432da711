"""Pure: what must be true of a material before WeCom takes it, told to operators."""

from collections.abc import Iterator, Mapping
from typing import Final

from kb.terms import Material, MaterialKind

# Reference §5.5: the texts of a link and a mini-program in kf/send_msg; a title goes beside every kind.
_BYTES: Final[Mapping[str, int]] = {"desc": 512, "url": 2048}
_TITLE_BYTES: Final[Mapping[MaterialKind, int]] = {MaterialKind.LINK: 128, MaterialKind.MINIPROGRAM: 64}
_LONGEST_TITLE: Final = 128
FIELD_NAMES: Final[Mapping[str, str]] = {
    "title": "标题",
    "file": "文件",
    "url": "网址",
    "desc": "说明",
    "thumb": "封面图",
    "appid": "小程序 AppID",
    "pagepath": "页面路径",
}
NEEDS: Final[Mapping[MaterialKind, tuple[str, ...]]] = {
    MaterialKind.IMAGE: ("title", "file"),
    MaterialKind.FILE: ("title", "file"),
    MaterialKind.VIDEO: ("title", "file"),
    MaterialKind.LINK: ("title", "url", "thumb"),
    MaterialKind.MINIPROGRAM: ("title", "appid", "pagepath", "thumb"),
}


def material_faults(material: Material) -> Iterator[str]:
    """Everything that is wrong, one Chinese sentence each."""
    for name in NEEDS[material.kind]:
        if not getattr(material, name).strip():
            yield f"还没有填{FIELD_NAMES[name]}"
    limits = {**_BYTES, "title": _TITLE_BYTES.get(material.kind, _LONGEST_TITLE)}
    for name, limit in limits.items():
        size = len(getattr(material, name).encode())
        if size > limit:
            yield f"{FIELD_NAMES[name]}有 {size} 字节，最多 {limit} 字节（约 {limit // 3} 个汉字），请缩短"
    if material.kind is MaterialKind.LINK and material.url and not material.url.startswith(("https://", "http://")):
        yield "网址要以 https:// 开头"
    if material.kind is MaterialKind.MINIPROGRAM:
        yield from _mini_program_faults(material)


def _mini_program_faults(material: Material) -> Iterator[str]:
    if material.appid and not material.appid.startswith("wx"):
        yield "小程序 AppID 以 wx 开头，在小程序后台「开发管理」里"
    if material.pagepath and not material.pagepath.partition("?")[0].endswith(".html"):
        yield "页面路径要以 .html 结尾，例如 pages/index/index.html"
