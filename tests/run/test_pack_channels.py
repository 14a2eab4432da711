"""Names of channels: what pack.yaml may say of them."""

import shutil
from pathlib import Path

import pytest

from run.pack import load_pack, read_pack

SHIPPED = Path(__file__).resolve().parents[2] / "packs" / "ev_dealer"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped pack, to be spoilt."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "pack"))


def test_channels_have_names_where_the_pack_gives_them(folder: Path) -> None:
    assert load_pack(folder).names["store_qr"] == "门店二维码"
    (folder / "pack.yaml").write_text("name: x\n", "utf-8")
    assert "store_qr" not in load_pack(folder).names


@pytest.mark.parametrize(
    ("channels", "line", "reason"),
    [
        ("\n  a_link:", 3, "channel «a_link» needs a name"),
        ("\n  e7: 车型二维码", 3, "«e7» is the key of a model or store already"),
        (" [a_link]", 2, "channels must be «key: name»"),
        ("\n  a: 甲\n  a: 乙", 4, "«a» stands here twice"),
    ],
)
def test_a_channel_without_a_name_of_its_own_is_a_fault(folder: Path, channels: str, line: int, reason: str) -> None:
    (folder / "pack.yaml").write_text(f"name: x\nchannels:{channels}\n", "utf-8")
    _, faults = read_pack(folder)
    assert [(Path(fault.file).name, fault.line, fault.reason) for fault in faults] == [("pack.yaml", line, reason)]
