"""Files of an evaluation: what is wrong is named with file and line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from core.errors import Misconfigured
from run.evaluate.rows import read_rows, text_of

SHAPE = '{"text": "…"}'


def text(row: Mapping[str, Any]) -> str:
    return text_of(row["text"])


def test_empty_lines_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"text": "多少钱"}\n\n{"text": "你好"}\n', "utf-8")
    assert read_rows(file, SHAPE, text) == ["多少钱", "你好"]


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"text": 5}', '{"text": " "}'])
def test_a_line_that_does_not_fit_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"text": "多少钱"}\n\n' + line + "\n", "utf-8")
    with pytest.raises(Misconfigured, match=r"rows\.jsonl:3: .*a line is"):
        read_rows(file, SHAPE, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"rows\.jsonl: cannot be read \(No such file"):
        read_rows(tmp_path / "rows.jsonl", SHAPE, text)


@pytest.mark.parametrize(("content", "why"), [(b"\xff\xfe", "not UTF-8"), (b"\n\n", "no lines")])
def test_a_file_of_something_else_is_named(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "rows.jsonl").write_bytes(content)
    with pytest.raises(Misconfigured, match=why):
        read_rows(tmp_path / "rows.jsonl", SHAPE, text)
