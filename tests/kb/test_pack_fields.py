"""Reading a mapping goes on after a fault, and reads what is wrong as empty."""

from datetime import date
from pathlib import Path

from core.yaml_source import Fault, Source
from kb.pack_fields import Fields


def fields(folder: Path, text: str, faults: list[Fault]) -> Fields:
    (folder / "a.yaml").write_text(text, "utf-8")
    source = Source(folder / "a.yaml", "a.yaml")
    return Fields(source, (), source.value, ("name", "names", "day", "below", "each"), faults)


def test_right_values_are_read(tmp_path: Path) -> None:
    faults: list[Fault] = []
    read = fields(tmp_path, "{name: ' 一 ', names: [二, 三], day: 2026-01-02, below: {x: 四}, each: [{x: 五}]}", faults)
    assert (read.text("name"), read.texts("names"), read.day("day")) == ("一", ("二", "三"), date(2026, 1, 2))
    assert read.below("below", ("x",)).text("x") == "四"
    assert [one.text("x") for one in read.each("each", ("x",))] == ["五"]
    assert faults == []


def test_missing_values_are_empty(tmp_path: Path) -> None:
    faults: list[Fault] = []
    read = fields(tmp_path, "{}", faults)
    assert (read.text("name"), read.texts("names"), read.day("day")) == ("", (), None)
    assert read.below("below", ("x",)).text("x") == ""
    assert faults == []


def test_wrong_values_are_empty_and_noted_where_they_stand(tmp_path: Path) -> None:
    faults: list[Fault] = []
    read = fields(tmp_path, "name: [一]\nnames: 二\nday: 2026-01-02 03:04:05\nother: 1\n", faults)
    assert (read.text("name"), read.texts("names"), read.day("day")) == ("", (), None)
    assert [(fault.line, fault.reason.split(";")[0]) for fault in faults] == [
        (4, "unknown key «other»"),
        (1, "«name» must be a text"),
        (2, "«names» must be a list"),
        (3, "«day» must be a date such as 2026-12-31"),
    ]
