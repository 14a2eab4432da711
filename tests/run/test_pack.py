"""A whole pack, held against itself."""

import shutil
from pathlib import Path

import pytest

from core.errors import PackFaulty
from run.pack import load_pack, read_pack

SHIPPED = Path(__file__).resolve().parents[2] / "packs" / "ev_dealer"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped pack, to be spoilt."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "pack"))


def test_the_shipped_pack_has_no_fault() -> None:
    pack, faults = read_pack(SHIPPED)
    assert faults == []
    assert pack is not None
    assert pack.names["e7"] == "云驰 E7"
    assert len(pack.scripts.contents) >= 150
    assert len(pack.scripts.materials) >= 30


def test_a_broken_file_is_named_with_its_line_and_nothing_is_blamed_on_others(folder: Path) -> None:
    price = folder / "scripts" / "price.yaml"
    lines = price.read_text("utf-8").splitlines()
    price.write_text("\n".join([*lines, "  - {key: x"]), "utf-8")
    with pytest.raises(PackFaulty, match=rf"^scripts/price.yaml:{len(lines) + 1}: "):
        load_pack(folder)


def test_a_welcome_that_leads_nowhere_is_a_fault(folder: Path) -> None:
    replies = folder / "replies.yaml"
    replies.write_text(replies.read_text("utf-8").replace("question: 我想预约试驾", "question: 我想预约飞船"), "utf-8")
    _, faults = read_pack(folder)
    assert [fault.reason for fault in faults] == ["«我想预约飞船» of the welcome menu is no script's standard question"]


def test_a_folder_without_a_pack_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(PackFaulty, match="the file is missing; ZHANTING_PACK names a folder"):
        load_pack(tmp_path)
