"""materials.yaml: what WeCom would not take is found before it is sent."""

from pathlib import Path

import pytest

from core.yaml_source import Fault, Source
from kb.pack_materials import read_materials
from kb.terms import Material, MaterialKind

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
LINK = '- {key: booking, kind: link, title: 预约试驾, url: "https://www.example.com/", thumb: good.png}'
MINI = "- {key: tco, kind: miniprogram, title: 计算器, appid: wx0, pagepath: pages/tco/index.html, thumb: good.png}"


def read(folder: Path, text: str) -> tuple[dict[str, Material], list[str]]:
    (folder / "good.png").write_bytes(PNG)
    (folder / "tiny.png").write_bytes(PNG[:5])
    (folder / "words.png").write_bytes(b"not a picture at all")
    (folder / "guide.pdf").write_bytes(b"%PDF-1.4 ...")
    with (folder / "huge.png").open("wb") as file:
        file.write(PNG)
        file.truncate(10 * 2**20 + 1)
    (folder / "materials.yaml").write_text(text, "utf-8")
    faults: list[Fault] = []
    found = read_materials(Source(folder / "materials.yaml", "materials.yaml"), folder, faults)
    return found, [str(fault) for fault in faults]


def test_every_kind_is_read(tmp_path: Path) -> None:
    image, file = "- {key: a, kind: image, title: 图, file: good.png}", "- {key: b, kind: file, title: 册, file: guide.pdf}"
    found, faults = read(tmp_path, "\n".join([image, file, LINK, MINI]))
    assert faults == []
    assert {key: material.kind for key, material in found.items()} == {
        "a": MaterialKind.IMAGE,
        "b": MaterialKind.FILE,
        "booking": MaterialKind.LINK,
        "tco": MaterialKind.MINIPROGRAM,
    }


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- {key: a, kind: image, title: 图, file: none.png}", "the file none.png is missing"),
        ("- {key: a, kind: image, title: 图, file: huge.png}", "huge.png has 10,485,761 bytes, WeCom takes 10 MB for kind image"),
        ("- {key: a, kind: image, title: 图, file: tiny.png}", "tiny.png has 5 bytes, WeCom wants at least 6"),
        ("- {key: a, kind: image, title: 图, file: words.png}", "words.png is not a PNG or JPEG picture"),
        ("- {key: a, kind: video, title: 片, file: good.png}", "good.png is not an MP4 video"),
        ("- {key: a, kind: image, title: 图}", "a material of kind image needs «file»"),
        ("- {key: a, kind: poster, title: 图, file: good.png}", "unknown kind «poster»"),
        ("- {key: a, kind: image, file: good.png}", "«title» is missing"),
        (LINK.replace("good.png", "none.png"), "the file none.png is missing"),
        (LINK.replace("https://www.example.com/", "www.example.com"), "a link's url begins with https://"),
        (LINK.replace("预约试驾", "长" * 43), "«title» has more than 128 bytes"),
        (MINI.replace("index.html", "index"), "a mini-program's pagepath ends in .html"),
        (MINI.replace("计算器", "长" * 22), "«title» has more than 64 bytes"),
        (MINI.replace("appid: wx0, ", ""), "a material of kind miniprogram needs «appid»"),
        (f"{MINI}\n{MINI}", "materials.yaml:2: the key «tco» is taken by another material"),
        ("a: mapping", "materials.yaml:1: expected a list of materials"),
        ("- 7", "materials.yaml:1: expected a mapping"),
    ],
)
def test_what_wecom_would_not_take_is_named(tmp_path: Path, text: str, fault: str) -> None:
    _, faults = read(tmp_path, text)
    assert any(fault in found for found in faults), faults


def test_the_hash_follows_words_and_bytes(tmp_path: Path) -> None:
    first = read(tmp_path, LINK)[0]["booking"].content_hash
    renamed = read(tmp_path, LINK.replace("预约试驾", "预约"))[0]["booking"].content_hash
    other = read(tmp_path, LINK.replace("good.png", "huge.png"))[0]["booking"].content_hash
    assert len({first, renamed, other}) == 3
    assert read(tmp_path, LINK)[0]["booking"].content_hash == first
