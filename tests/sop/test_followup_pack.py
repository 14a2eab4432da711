"""followups.yaml: what is right is read, what is wrong is named with its line."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from customers.terms import Level
from sop.followup_pack import read_followups
from sop.reminder_terms import FollowUp

SHIPPED = Path(__file__).resolve().parents[2] / "packs" / "ev_dealer"


def test_the_shipped_file_has_no_fault_and_reminds_of_every_level_but_the_lost() -> None:
    rules, faults = read_followups(SHIPPED)
    assert faults == []
    assert rules.levels[Level.H].first_touch == timedelta(hours=2)
    assert [level for level in Level if rules.levels[level].every is None] == [Level.L]
    assert rules.facts == {FollowUp.TEST_DRIVEN: ("试驾", "已试驾"), FollowUp.DELIVERED: ("身份", "车主")}
    assert (rules.duty_from, rules.duty_until) == (time(9), time(20))


@pytest.mark.parametrize(
    "wrong",
    [
        "levels: {X: {follow_up_days: 1}}",
        "levels: {H: {follow_up_days: 0}}",
        "levels: {H: {first_touch_hours: 2}}",
        'duty: {from: "20:00", until: "09:00"}',
        "digest_at: 9",
        "cards_a_day: 0",
        "again_after_hours: yes",
        "managers: {s: boss}",
        "lost_reasons: [a, b, c, d, e, f, g, h]",
        "facts: {driven: 试驾/已试驾}",
        "facts: {later: 试驾/已试驾}",
        "facts: {delivered: 车主}",
        "colour: red",
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "followups.yaml").write_text(f"kept_for_urgent: 1\n{wrong}\n", "utf-8")
    rules, faults = read_followups(tmp_path)
    assert [(fault.file, fault.line) for fault in faults] == [("followups.yaml", 2)]
    assert rules.kept_for_urgent == 1
