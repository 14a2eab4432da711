"""materials.yaml and the files beside it → materials, with what is wrong about them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Final

from core.fingerprint import fingerprint
from core.yaml_source import Fault, Source
from kb.content import material_as_json
from kb.pack_fields import Fields
from kb.terms import Material, MaterialKind

_KNOWN = ("key", "kind", "title", "file", "url", "desc", "thumb", "appid", "pagepath", "valid_until")
_NEEDS = {
    MaterialKind.IMAGE: ("file",),
    MaterialKind.FILE: ("file",),
    MaterialKind.VIDEO: ("file",),
    MaterialKind.LINK: ("url", "thumb"),
    MaterialKind.MINIPROGRAM: ("appid", "pagepath", "thumb"),
}
# Reference §11: what /media/upload takes; §5.5: the texts of a link and a mini-program in kf/send_msg.
_MEGABYTES = {MaterialKind.IMAGE: 10, MaterialKind.VIDEO: 10, MaterialKind.FILE: 20}
_SMALLEST_BYTES = 6
_TEXT_BYTES = {"desc": 512, "url": 2048}
_TITLE_BYTES = {MaterialKind.LINK: 128, MaterialKind.MINIPROGRAM: 64}
_LOOKS_LIKE: Final[Mapping[MaterialKind, Callable[[bytes], bool]]] = {
    MaterialKind.IMAGE: lambda head: head.startswith((b"\x89PNG", b"\xff\xd8\xff")),
    MaterialKind.VIDEO: lambda head: head[4:8] == b"ftyp",
    MaterialKind.FILE: lambda head: True,
}
_MEANT = {MaterialKind.IMAGE: "a PNG or JPEG picture", MaterialKind.VIDEO: "an MP4 video"}


def read_materials(source: Source, folder: Path, faults: list[Fault]) -> dict[str, Material]:
    """The materials by key; what is wrong goes to `faults`. Files are looked for below `folder`."""
    materials: dict[str, Material] = {}
    if not isinstance(source.value, list):
        faults.append(source.fault("expected a list of materials"))
        return materials
    for at, value in enumerate(source.value):
        fields = Fields(source, (at,), value, _KNOWN, faults)
        material = _read(fields, folder)
        if material is None:
            continue
        if material.key in materials:
            fields.fault(f"the key «{material.key}» is taken by another material", "key")
        materials[material.key] = material
    return materials


def _read(fields: Fields, folder: Path) -> Material | None:
    texts = {name: fields.text(name, required=name in ("key", "kind", "title")) for name in _KNOWN if name != "valid_until"}
    kind = texts.pop("kind")
    if kind not in set(MaterialKind):
        if kind:
            fields.fault(f"unknown kind «{kind}»; known: {', '.join(MaterialKind)}", "kind")
        return None
    bare = Material(kind=MaterialKind(kind), valid_until=fields.day("valid_until"), **texts)
    for place, reason in (*_text_faults(bare), *_file_faults(bare, folder)):
        fields.fault(reason, place)
    return replace(bare, content_hash=_hash(bare, folder))


def _text_faults(material: Material) -> Iterator[tuple[str, str]]:
    for name in _NEEDS[material.kind]:
        if not getattr(material, name):
            yield name, f"a material of kind {material.kind} needs «{name}»"
    limits = {**_TEXT_BYTES, "title": _TITLE_BYTES.get(material.kind, 128)}
    for name, limit in limits.items():
        if len(getattr(material, name).encode()) > limit:
            yield name, f"«{name}» has more than {limit} bytes of UTF-8"
    if material.kind is MaterialKind.MINIPROGRAM and not material.pagepath.endswith(".html"):
        yield "pagepath", "a mini-program's pagepath ends in .html"
    if material.kind is MaterialKind.LINK and not material.url.startswith(("https://", "http://")):
        yield "url", "a link's url begins with https://"


def _file_faults(material: Material, folder: Path) -> Iterator[tuple[str, str]]:
    kinds = {"file": material.kind, "thumb": MaterialKind.IMAGE}
    for name, kind in kinds.items():
        named = getattr(material, name)
        if named and kind in _MEGABYTES and (reason := _file_fault(folder / named, named, kind)):
            yield name, reason


def _file_fault(path: Path, named: str, kind: MaterialKind) -> str | None:
    if not path.is_file():
        return f"the file {named} is missing"
    size = path.stat().st_size
    if size > _MEGABYTES[kind] * 2**20:
        return f"{named} has {size:,} bytes, WeCom takes {_MEGABYTES[kind]} MB for kind {kind}"
    if size < _SMALLEST_BYTES:
        return f"{named} has {size} bytes, WeCom wants at least {_SMALLEST_BYTES}"
    with path.open("rb") as file:
        head = file.read(16)
    return None if _LOOKS_LIKE[kind](head) else f"{named} is not {_MEANT[kind]}"


def _hash(material: Material, folder: Path) -> str:
    files = [folder / name for name in (material.file, material.thumb) if name]
    digests = [blake2b(path.read_bytes(), digest_size=16).hexdigest() for path in files if path.is_file()]
    return fingerprint(material_as_json(material), digests)
