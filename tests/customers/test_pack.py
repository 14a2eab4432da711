"""signals.yaml and levels.yaml: what is right becomes rules, what is wrong is named with its line."""

from pathlib import Path

import pytest

from core.settings import Settings
from customers.pack import LevelRules, SignalWeight, read_level_rules
from customers.terms import Level

SIGNALS = """\
test_drive:
  zh: 想试驾
  weight: 30
  half_life_days: 14
  intents: [book_test_drive]
too_dear:
  zh: 嫌贵
  weight: -8.5
  half_life_days: 10
  patterns: ["太贵"]
"""
LEVELS = """\
thresholds: {H: 60, A: 40, B: 20}
time_words:
  - {level: H, patterns: ["这周就定"]}
events: {place_order: O, lose_interest: L}
silent_after_days: 45
"""


def read(folder: Path, *, signals: str = SIGNALS, levels: str = LEVELS) -> tuple[LevelRules, list[str]]:
    (folder / "signals.yaml").write_text(signals, "utf-8")
    (folder / "levels.yaml").write_text(levels, "utf-8")
    rules, faults = read_level_rules(folder)
    return rules, [str(fault) for fault in faults]


def test_two_right_files_become_rules(tmp_path: Path) -> None:
    assert read(tmp_path) == (
        LevelRules(
            weights={"test_drive": SignalWeight("想试驾", 30, 14), "too_dear": SignalWeight("嫌贵", -8.5, 10)},
            thresholds={Level.H: 60, Level.A: 40, Level.B: 20},
            events={"place_order": Level.O, "lose_interest": Level.L},
            silent_after_days=45,
        ),
        [],
    )


def test_the_shipped_pack_has_no_faults() -> None:
    rules, faults = read_level_rules(Settings().pack_folder())
    assert faults == []
    assert list(rules.thresholds) == [Level.H, Level.A, Level.B]
    assert rules.weights


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (SIGNALS.replace("weight: 30", "weight: many"), "signals.yaml:3: signal «test_drive» needs a number «weight»"),
        (SIGNALS.replace("weight: 30", "weight: true"), "signals.yaml:3: signal «test_drive» needs a number «weight»"),
        (SIGNALS.replace("weight: 30", "weight: .nan"), "signals.yaml:3: signal «test_drive» needs a number «weight»"),
        (SIGNALS.replace("  weight: 30\n", ""), "signals.yaml:1: signal «test_drive» needs a number «weight»"),
        (SIGNALS.replace("half_life_days: 14", "half_life_days: 0"), "signals.yaml:4: signal «test_drive»: half_life_days must be above 0"),
        (SIGNALS.replace("half_life_days: 14", "half_life_days: x"), "signals.yaml:4: signal «test_drive» needs a number «half_life_days»"),
        (SIGNALS.replace("zh: 想试驾", "zh: 3"), "signals.yaml:1: signal «test_drive» needs a Chinese name «zh»"),
        (SIGNALS.replace("intents:", "intent:"), "signals.yaml:5: signal «test_drive» has an unknown key «intent»"),
        (SIGNALS.replace("intents: [book_test_drive]", "intents: []"), "signals.yaml:1: signal «test_drive» needs intents or patterns"),
        (SIGNALS + "quiet: 3\n", "signals.yaml:11: signal «quiet» must be a mapping"),
        (SIGNALS + "3: 3\n", "signals.yaml:11: «3» is not a name"),
        (SIGNALS + "too_dear: {zh: 贵, weight: 1, half_life_days: 1, intents: [x]}\n", "signals.yaml:11: «too_dear» stands here twice"),
        ("- test_drive\n", "signals.yaml:1: a mapping is expected here"),
        ("", "signals.yaml:1: a mapping is expected here"),
        ("test_drive: [\n", "signals.yaml:2: "),
    ],
)
def test_a_fault_in_the_signals_is_named_with_its_line(tmp_path: Path, text: str, fault: str) -> None:
    _, faults = read(tmp_path, signals=text)
    assert any(found.startswith(fault) for found in faults), faults


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (LEVELS.replace("H: 60", "X: 60"), "levels.yaml:1: «X» is not a level"),
        (LEVELS.replace("H: 60", "H: high"), "levels.yaml:1: «high» is not a number"),
        (LEVELS.replace("H: 60", "H: true"), "levels.yaml:1: «True» is not a number"),
        (LEVELS.replace("A: 40", "A: 70"), "levels.yaml:1: thresholds must fall from H to B"),
        (LEVELS.replace("{H: 60, A: 40, B: 20}", "{B: 60, A: 40, H: 20}"), "levels.yaml:1: thresholds must fall from H to B"),
        (LEVELS.replace("thresholds: {H: 60, A: 40, B: 20}\n", ""), "levels.yaml:1: a mapping is expected here"),
        (LEVELS.replace("place_order: O", "place_order: sold"), "levels.yaml:4: «sold» is not a level"),
        (LEVELS.replace("45", "0"), "levels.yaml:5: silent_after_days must be a whole number of days"),
        (LEVELS.replace("45", "soon"), "levels.yaml:5: silent_after_days must be a whole number of days"),
        (LEVELS.replace("45", "true"), "levels.yaml:5: silent_after_days must be a whole number of days"),
        (LEVELS.replace("events: {place_order: O, lose_interest: L}", "events: [O]"), "levels.yaml:4: a mapping is expected here"),
        (LEVELS + "tresholds: {}\n", "levels.yaml:6: unknown key «tresholds»"),
    ],
)
def test_a_fault_in_the_levels_is_named_with_its_line(tmp_path: Path, text: str, fault: str) -> None:
    _, faults = read(tmp_path, levels=text)
    assert any(found.startswith(fault) for found in faults), faults


def test_what_is_right_is_kept_beside_a_fault(tmp_path: Path) -> None:
    rules, faults = read(tmp_path, signals=SIGNALS.replace("weight: 30", "weight: x"), levels=LEVELS.replace("H: 60", "X: 60"))
    assert set(rules.weights) == {"too_dear"}
    assert set(rules.thresholds) == {Level.A, Level.B}
    assert len(faults) == 2


def test_a_missing_file_is_a_fault_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "signals.yaml").write_text(SIGNALS, "utf-8")
    _, faults = read_level_rules(tmp_path)
    assert [str(fault) for fault in faults] == ["levels.yaml:1: the file is missing"]
