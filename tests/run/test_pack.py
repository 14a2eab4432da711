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


def spoil(folder: Path, before: str, after: str) -> int:
    """Other words in replies.yaml; returns the line on which they stand now."""
    replies = folder / "replies.yaml"
    text = replies.read_text("utf-8").replace(before, after)
    replies.write_text(text, "utf-8")
    return text[: text.index(after)].count("\n") + 1


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
    with pytest.raises(PackFaulty, match=rf"^{folder}/scripts/price.yaml:{len(lines) + 1}: "):
        load_pack(folder)


def test_a_welcome_that_leads_nowhere_is_a_fault(folder: Path) -> None:
    line = spoil(folder, "question: 我想预约试驾", "question: 我想预约飞船")
    _, faults = read_pack(folder)
    told = "«我想预约飞船» of the welcome menu is no script's standard question"
    assert [(fault.file, fault.line, fault.reason) for fault in faults] == [(f"{folder}/replies.yaml", line, told)]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("not_sold: 你们卖其他品牌的车吗", "not_sold: 你们卖飞船吗", "«not_sold» is no script's standard question"),
        ("rivals: 你们和别的品牌比怎么样", "rivals: 和飞船比呢", "«rivals» is no script's standard question"),
        ("[compare-e7-e5, test-drive-booking]", "[compare-e7-e5, spaceship]", "material «spaceship» of the welcome is unknown"),
    ],
)
def test_a_reply_that_names_what_is_not_there_is_told_on_its_own_line(folder: Path, before: str, after: str, told: str) -> None:
    line = spoil(folder, before, after)
    assert line > 1
    assert [(fault.line, fault.reason) for fault in read_pack(folder)[1]] == [(line, told)]


def test_a_file_is_named_from_where_one_stands(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "stores.yaml").write_text("[", "utf-8")
    monkeypatch.chdir(folder.parent)
    with pytest.raises(PackFaulty, match=r"^pack/stores\.yaml:2: "):
        load_pack(folder)


def test_a_pack_that_is_not_there_is_told_with_the_folders_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PackFaulty, match=rf"^nope/pack\.yaml:1: 没有这个文件。找过 {SHIPPED.parent / 'nope'} 和 {tmp_path / 'nope'}；"):
        load_pack(Path("nope"))


def test_without_what_may_be_left_out_a_pack_has_no_fault(folder: Path) -> None:
    for file in ("followups.yaml", "groups.yaml"):
        (folder / file).unlink()
    shutil.rmtree(folder / "sop")
    assert read_pack(folder)[1] == []
