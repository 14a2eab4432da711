"""A pack file's faults name file, line and reason."""

from pathlib import Path

import pytest

from core.errors import PackFaulty
from core.yaml_source import Source, sources

TEXT = """\
# A comment moves the lines on.
price:
  lexicon:
    - 价格
    - 价钱
  weight: 1.5
levels: {H: 60, A: 40}
since: 2026-05-01
nothing:
"""


def source_of(tmp_path: Path, text: str) -> Source:
    path = tmp_path / "pack.yaml"
    path.write_text(text, "utf-8")
    return Source(path, "pack.yaml")


def test_values_are_plain_python(tmp_path: Path) -> None:
    value = source_of(tmp_path, TEXT).value
    assert value["price"] == {"lexicon": ["价格", "价钱"], "weight": 1.5}
    assert value["levels"] == {"H": 60, "A": 40}
    assert value["since"].isoformat() == "2026-05-01"
    assert value["nothing"] is None


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 2),
        (("price",), 2),
        (("price", "lexicon"), 3),
        (("price", "lexicon", 0), 4),
        (("price", "lexicon", 1), 5),
        (("price", "weight"), 6),
        (("levels", "A"), 7),
        (("price", "lexicon", 9), 3),
        (("price", "absent", "deeper"), 2),
        (("absent",), 2),
    ],
)
def test_each_thing_knows_its_line(tmp_path: Path, path: tuple[str | int, ...], line: int) -> None:
    assert source_of(tmp_path, TEXT).line(*path) == line


def test_a_fault_names_file_line_and_reason(tmp_path: Path) -> None:
    assert str(source_of(tmp_path, TEXT).fault("not a number", "price", "weight")) == "pack.yaml:6: not a number"


def test_a_repeated_key_is_a_fault_where_it_stands_again(tmp_path: Path) -> None:
    source = source_of(tmp_path, "a: 1\nb:\n  c: 1\n  c: 2\na: 3\n")
    assert sorted(str(fault) for fault in source.repeated) == ["pack.yaml:4: «c» stands here twice", "pack.yaml:5: «a» stands here twice"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", "pack.yaml:3: "),
        ("a: 1\n\tb: 2\n", "pack.yaml:2: "),
        ("a: 'open\n", "pack.yaml:2: "),
        ("a: 1\nb: *nowhere\n", "pack.yaml:2: "),
        ("a: 1\n---\nb: 2\n", "pack.yaml:2: "),
        ("a: !!python/name:os.system x\n", "pack.yaml:1: "),
        ("a: 1\n? [1, 2]\n: 3\n", "pack.yaml:2: "),
        ("a: 1\nday: 2026-13-45\n", "pack.yaml:2: "),
        ("a: &a {x: 1}\nb:\n  <<: *a\n", "pack.yaml:3: "),
        ("a: 1\nb: &b [*b]\n", "pack.yaml:2: "),
    ],
)
def test_what_is_not_yaml_is_named_with_its_line(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(PackFaulty) as broken:
        source_of(tmp_path, text)
    assert str(broken.value).startswith(where)
    assert len(str(broken.value)) > len(where)


def test_an_alias_stands_for_what_it_names(tmp_path: Path) -> None:
    assert source_of(tmp_path, "a: &a [1, 2]\nb: *a\n").value == {"a": [1, 2], "b": [1, 2]}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackFaulty, match=r"^levels\.yaml:1: the file is missing$"):
        Source(tmp_path / "levels.yaml", "levels.yaml")


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pack.yaml"
    path.write_bytes("价格: 1".encode("gbk"))
    with pytest.raises(PackFaulty, match=r"^pack\.yaml:1: not UTF-8 "):
        Source(path, "pack.yaml")


def test_an_empty_file_has_no_value(tmp_path: Path) -> None:
    source = source_of(tmp_path, "# nothing yet\n")
    assert source.value is None
    assert source.line("anything") == 1


def test_a_folder_s_files_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml", "c.txt"):
        (tmp_path / "scripts").mkdir(exist_ok=True)
        (tmp_path / "scripts" / name).write_text("[]", "utf-8")
    assert [source.name for source in sources(tmp_path / "scripts", "*.yaml", tmp_path)] == ["scripts/a.yaml", "scripts/b.yaml"]
