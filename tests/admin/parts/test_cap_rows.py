"""Caps and quiet hours as rows of a form: there and back they are the same, and what is wrong is named."""

import pytest
import yaml

from admin.parts.cap_rows import CapRow, QuietRow, cap_faults, caps_as_data, caps_of, quiet_as_data, quiet_faults, quiet_of, quiet_wrong
from core.settings import Settings
from sop.pack import FOLDER, POLICY_FILE
from sop.policy_reading import read_policy


def test_the_policy_of_the_pack_comes_back_as_the_same_policy() -> None:
    path = Settings(_env_file=None).pack_folder() / FOLDER / POLICY_FILE  # type: ignore[call-arg]
    policy = yaml.safe_load(path.read_text("utf-8"))
    back = {**policy, "caps": caps_as_data(caps_of(policy["caps"]), ""), "quiet": quiet_as_data(quiet_of(policy["quiet"]))}
    assert back["caps"]
    assert read_policy(back) == read_policy(policy)


@pytest.mark.parametrize(
    ("row", "name", "per"),
    [
        (CapRow("1"), "每个群每天最多 1 条", "day"),
        (CapRow("2", "week"), "每个群每周最多 2 条", "week"),
        (CapRow("2", "days", "7"), "每个群7 天内最多 2 条", {"days": 7}),
        (CapRow("2", "hours", "12"), "每个群12 小时内最多 2 条", {"hours": 12}),
        (CapRow("2", "month", name="每月两条"), "每月两条", "month"),
    ],
)
def test_a_cap_without_a_name_is_called_by_what_it_holds(row: CapRow, name: str, per: object) -> None:
    [data] = caps_as_data([row], "每个群")
    assert (data["name"], data["per"]) == (name, per)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (CapRow("0"), "第 1 条上限「最多几条」要填 1 或更大的整数"),
        (CapRow("一"), "第 1 条上限「最多几条」要填 1 或更大的整数"),
        (CapRow("1", "days", "0"), "第 1 条上限「连续几天」要填 1 或更大的整数"),
        (CapRow("1", "year"), "第 1 条上限「多久」还没有选"),
    ],
)
def test_a_cap_that_makes_no_sense_is_named_by_its_field(row: CapRow, told: str) -> None:
    assert list(cap_faults([row])) == [told]


def test_quiet_hours_that_make_no_sense_are_named() -> None:
    rows = [QuietRow("25:00", "09:00", ["moment"]), QuietRow("09:00", "09:00", ["group_post"]), QuietRow("21:00", "09:00", ["moment"])]
    assert list(quiet_faults(rows, kinds=True)) == [
        "第 1 段免打扰「从」要写成 21:00 这样",
        "第 2 段免打扰「到」不能和开始一样，不需要这一段就删掉它",
        "第 3 段免打扰「方式」和前面的重复了，同一种方式只能有一段",
    ]
    good = [QuietRow("21:00", "09:00", ["moment"]), QuietRow("12:00", "13:00", ["group_post"])]
    assert list(quiet_faults(good, kinds=True)) == []
    assert quiet_wrong([QuietRow()], kinds=True) == {(1, "方式"): "还没有选"}


def test_quiet_hours_of_a_plan_name_no_ways_and_an_emptied_field_is_told() -> None:
    assert quiet_wrong([QuietRow(), QuietRow("12:00", "14:00")], kinds=False) == {}
    emptied = QuietRow(ends=None)  # type: ignore[arg-type] # what the field gives when it is cleared
    assert quiet_wrong([QuietRow(), emptied], kinds=False) == {(2, "到"): "要写成 21:00 这样"}
    assert quiet_as_data([QuietRow("12:00", "14:00")]) == [{"from": "12:00", "to": "14:00"}]
