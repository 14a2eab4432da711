"""`understand` and `search` over files: what goes in is checked line by line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import Misconfigured
from core.settings import Settings
from run.files import read_lines, search, understand


def test_lines_are_read_and_empty_ones_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"id": 1, "text": "你好"}\n\n{"id": "b", "text": ""}\n', "utf-8")
    assert [row["id"] for row in read_lines(file)] == [1, "b"]


@pytest.mark.parametrize("line", ["{", "[]", '{"text": "没有编号"}', '{"id": 1}', '{"id": 1, "text": 5}'])
def test_a_line_that_is_wrong_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"id": 1, "text": "你好"}\n' + line + "\n", "utf-8")
    with pytest.raises(Misconfigured, match=r"in\.jsonl:2: "):
        read_lines(file)


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"id": 1, "text": "hello"}\n{"id": 2, "text": "多少钱"}\n', "gbk")
    with pytest.raises(Misconfigured, match=r"in\.jsonl:2: 不是 UTF-8 编码"):
        read_lines(file)


def test_a_file_that_windows_has_marked_is_read(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"id": 1, "text": "多少钱"}\n', "utf-8-sig")
    assert read_lines(file) == [{"id": 1, "text": "多少钱"}]


@pytest.mark.parametrize(
    "command",
    [
        lambda settings, source, target: understand(settings, source, target, say=print),
        lambda settings, source, target: search(settings, source, target, top=1, say=print),
    ],
)
def test_where_nothing_can_be_written_nothing_is_begun(tmp_path: Path, command: Callable[[Settings, Path, Path], None]) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": 1, "text": "你好"}\n', "utf-8")
    settings = Settings(data_dir=tmp_path / "data")
    with pytest.raises(Misconfigured, match=f"没有文件夹 {tmp_path / 'none'}，请先建好"):
        command(settings, source, tmp_path / "none" / "out.jsonl")
    with pytest.raises(Misconfigured, match="这是文件夹"):
        command(settings, source, tmp_path)
    with pytest.raises(Misconfigured, match="和 --input 是同一个文件"):
        command(settings, source, source)
    assert source.read_text("utf-8") == '{"id": 1, "text": "你好"}\n'
    assert not settings.data_dir.exists()
