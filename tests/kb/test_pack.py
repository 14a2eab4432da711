"""A pack's scripts: what is right becomes contents, what is wrong is named with file and line."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kb.pack import ScriptPack, read_script_pack
from kb.terms import Answer, MaterialKind, Scope

MODELS = """\
models:
  e7:
    zh: E7
    trims:
      e7-520: {zh: 520 版}
"""
STORES = """\
cities: {shanghai: {zh: 上海}}
stores: {sh-pudong: {zh: 浦东店, city: shanghai}}
"""
MATERIALS = """\
- {key: price-list, kind: image, title: 价格表, file: price.png, valid_until: 2026-12-31}
- {key: booking, kind: link, title: 预约, url: "https://www.example.com/", thumb: price.png}
"""
SCRIPT = """\
- key: price-e7
  intent: ask_price
  title: E7 指导价
  standard: E7的指导价是多少
  similar:
    - E7多少钱
    - e7啥价
    - 想问下E7价格
    - E7怎么卖
    - E7报价
  negative:
    - E7保险一年多少钱
  must_hit:
    - 问一下e7啥价位
    - E7贵不贵
  scope: {models: [e7], trims: [e7-520], cities: [shanghai], stores: [sh-pudong]}
  valid_from: 2026-01-01
  valid_until: 2026-12-31
  answers:
    - text: "{称呼}好，19.98 万元起。"
      attachments: [price-list]
    - text: 指导价 19.98 万元起。
"""
SECOND = SCRIPT.replace("price-e7", "price-e5").replace("E7", "E5").replace("e7啥", "e5啥")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)

Read = Callable[..., tuple[ScriptPack, list[str]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reading(script: str = SCRIPT, **files: str) -> tuple[ScriptPack, list[str]]:
        (tmp_path / "scripts").mkdir(exist_ok=True)
        (tmp_path / "price.png").write_bytes(PNG)
        texts = {"models": MODELS, "stores": STORES, "materials": MATERIALS, "scripts/price": script, **files}
        for name, text in texts.items():
            (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
        pack, faults = read_script_pack(tmp_path, intents={"ask_price"})
        return pack, [str(fault) for fault in faults]

    return reading


def test_a_right_pack_is_read_whole(read: Read) -> None:
    pack, faults = read()
    assert faults == []
    content = pack.contents[0]
    assert content.key == "price-e7"
    assert content.similar[1] == "e7啥价"
    assert content.questions == (content.standard, *content.similar)
    assert content.must_hit == ("问一下e7啥价位", "E7贵不贵")
    assert content.scope == Scope(frozenset({"e7"}), frozenset({"e7-520"}), frozenset({"shanghai"}), frozenset({"sh-pudong"}))
    assert (content.valid_from, content.valid_until) == (date(2026, 1, 1), date(2026, 12, 31))
    assert content.answers == (Answer("{称呼}好，19.98 万元起。", ("price-list",)), Answer("指导价 19.98 万元起。"))
    assert [material.kind for material in pack.materials] == [MaterialKind.IMAGE, MaterialKind.LINK]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("  title: E7 指导价\n", "", "scripts/price.yaml:1: «title» is missing"),
        ("  title: E7 指导价\n", "  title: 7\n", "scripts/price.yaml:3: «title» must be a text"),
        ("  title:", "  titel: x\n  title:", "scripts/price.yaml:3: unknown key «titel»"),
        ("    - E7报价\n", "", "scripts/price.yaml:5: «similar» has 4, needs at least 5"),
        ("    - E7报价\n", "    - 7\n", "scripts/price.yaml:5: «similar» must hold texts only"),
        ("  negative:\n    - E7保险一年多少钱\n", "", "scripts/price.yaml:1: «negative» has 0, needs at least 1"),
        ("    - E7贵不贵\n", "", "scripts/price.yaml:13: «must_hit» has 1, needs at least 2"),
        ("ask_price", "ask_prize", "scripts/price.yaml:2: unknown intent «ask_prize»"),
        ("price-e7\n", "Price_E7\n", "scripts/price.yaml:1: the key «Price_E7» may have"),
        ("models: [e7]", "models: [e9]", "scripts/price.yaml:16: unknown key «e9» in scope.models"),
        ("trims: [e7-520]", "trims: [e7]", "scripts/price.yaml:16: unknown key «e7» in scope.trims"),
        ("cities: [shanghai]", "towns: [shanghai]", "scripts/price.yaml:16: unknown key «towns»"),
        ("{称呼}", "{电话}", "scripts/price.yaml:20: unknown variable «电话»"),
        ("{称呼}", "{称呼", "scripts/price.yaml:20: a stray brace"),
        ("[price-list]", "[price-lists]", "scripts/price.yaml:21: unknown material «price-lists»"),
        ("指导价 19.98 万元起。", "好" * 201, "scripts/price.yaml:22: the answer has 603 bytes of UTF-8"),
        ("  valid_until: 2026-12-31\n", "", "scripts/price.yaml:19: «19.98 万元» is a claim that ends some day"),
        ("valid_until: 2026-12-31\n  ans", "valid_until: 2025-12-31\n  ans", "scripts/price.yaml:18: valid_until 2025-12-31 is before"),
        ("valid_until: 2026-12-31\n  ans", "valid_until: 2027-12-31\n  ans", "scripts/price.yaml:21: the material «price-list» expires on"),
        ("valid_until: 2026-12-31\n  ans", "valid_until: soon\n  ans", "scripts/price.yaml:18: «valid_until» must be a date"),
        ("    - E7报价\n", "    - E7报价\n    - Ｅ7 报价？\n", "the question «Ｅ7 报价？» stands already at scripts/price.yaml:10"),
        ("    - E7贵不贵\n", "    - E7多少钱\n", "the question «E7多少钱» stands already at scripts/price.yaml:6"),
        ("  title:", "  key: again\n  title:", "scripts/price.yaml:3: «key» stands here twice"),
    ],
)
def test_every_fault_is_named_with_its_line(read: Read, old: str, new: str, fault: str) -> None:
    assert old in SCRIPT
    _, faults = read(SCRIPT.replace(old, new))
    assert any(fault in found for found in faults), faults


def test_keys_and_questions_are_unique_over_all_files(read: Read) -> None:
    _, faults = read(**{"scripts/zz": SECOND.replace("price-e5", "price-e7").replace("E5报价", "E7报价").replace("e5啥价位", "e7啥价位")})
    assert faults == [
        "scripts/zz.yaml:1: the key «price-e7» is taken at scripts/price.yaml:1",
        "scripts/zz.yaml:10: the question «E7报价» stands already at scripts/price.yaml:10",
        "scripts/zz.yaml:14: the question «问一下e7啥价位» stands already at scripts/price.yaml:14",
    ]


def test_a_question_may_be_negative_here_and_positive_there(read: Read) -> None:
    other = SECOND.replace("E5保险一年多少钱", "E7多少钱")
    _, faults = read(**{"scripts/zz": other})
    assert faults == []


@pytest.mark.parametrize(
    "text", ["- {key: [", "- {key: \x01}", "just words", "key: a mapping", "- 7", "- {standard: [1], answers: 7, scope: x}", ""]
)
def test_a_broken_file_is_a_fault_and_never_a_traceback(read: Read, text: str) -> None:
    _, faults = read(text)
    assert faults
    assert all(found.startswith("scripts/price.yaml:") for found in faults)


@pytest.mark.parametrize("name", ["models", "stores", "materials"])
def test_a_broken_neighbour_is_one_fault_and_not_held_against_every_script(read: Read, name: str) -> None:
    _, faults = read(**{name: "- {a: ["})
    assert [found.partition(":")[0] for found in faults] == [f"{name}.yaml"]


def test_a_pack_without_scripts_is_a_fault(tmp_path: Path) -> None:
    _, faults = read_script_pack(tmp_path, intents=set())
    assert "scripts:1: there is no file in scripts/" in [str(fault) for fault in faults]
    assert "materials.yaml:1: the file is missing" in [str(fault) for fault in faults]
