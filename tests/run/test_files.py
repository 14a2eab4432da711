"""`understand` and `search` over files: what goes in is checked line by line."""

from pathlib import Path

import pytest

from core.errors import Misconfigured
from run.files import read_lines


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
