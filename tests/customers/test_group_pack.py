"""groups.yaml: read as it is written, its faults named with file and line."""

from pathlib import Path

import pytest

from customers.group_pack import FILE, read_lifecycle_rule
from customers.lifecycle import LifecycleRule
from customers.terms import GroupStage

SHIPPED = Path(__file__).resolve().parents[2] / "packs" / "ev_dealer"


def faults_of(folder: Path, text: str) -> list[str]:
    (folder / FILE).write_text(text, "utf-8")
    rule, faults = read_lifecycle_rule(folder)
    assert not faults or rule == LifecycleRule()
    return [str(fault) for fault in faults]


def test_the_shipped_rule_is_the_usual_one() -> None:
    assert read_lifecycle_rule(SHIPPED) == (LifecycleRule(), [])


def test_a_pack_without_the_file_has_the_usual_rule(tmp_path: Path) -> None:
    assert read_lifecycle_rule(tmp_path) == (LifecycleRule(), [])


def test_what_is_written_counts(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("full_age_days: 60\nstages: {warming: 0.2, mature: 0.5, ageing: 0.9}\n", "utf-8")
    rule, faults = read_lifecycle_rule(tmp_path)
    assert (faults, rule.full_age_days, rule.from_coefficient[GroupStage.AGEING]) == ([], 60, 0.9)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("window_days: 7\nspeed: 3\n", "groups.yaml:2: unknown key «speed»"),
        ("window_days: 0\n", "groups.yaml:1: window_days must be a whole number of days, at least 1"),
        ("\nlively_share: 0\n", "groups.yaml:2: lively_share must be a number above 0"),
        ("weights: {time: 1}\n", "groups.yaml:1: weights must name exactly time, inflow, outflow, inactivity"),
        ("weights: {time: 0, inflow: 0, outflow: 0, inactivity: 0}\n", "groups.yaml:1: weights must not all be 0"),
        (
            "weights:\n  time: 1\n  inflow: -1\n  outflow: 1\n  inactivity: 1\n",
            "groups.yaml:3: the weight of inflow must be a number, at least 0",
        ),
        ("stages: {warming: 0.5, mature: 0.5, ageing: 0.9}\n", "groups.yaml:1: stages must rise from warming to ageing"),
        ("stages: {warming: 0.1, mature: 0.5, ageing: 1.1}\n", "groups.yaml:1: ageing must begin above 0 and at most at 1"),
        ("- 1\n", "groups.yaml:1: a mapping is expected here"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path: Path, text: str, fault: str) -> None:
    assert faults_of(tmp_path, text) == [fault]
