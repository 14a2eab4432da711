"""A script that repeats another one is found, with the questions that show it."""

from pathlib import Path

import pytest

from kb.build import build_library
from kb.duplicates import CLOSE, Duplicate, near_duplicates
from kb.library import Library
from kb.terms import Scope, ScriptContent
from tests.kb.builders import published, reader, script, showroom


def found(folder: Path, content: ScriptContent, *others: ScriptContent) -> list[Duplicate]:
    read = reader(folder)
    return near_duplicates(build_library(published([*showroom(), *others]), read, {}), read, content)


def test_a_question_that_another_script_has_is_told_with_both_wordings(tmp_path: Path) -> None:
    again = script("again", "怎么保养", ["  快充多长时间 ", "多久做一次保养"])
    (duplicate,) = found(tmp_path, again)
    assert (duplicate.key, duplicate.ours, duplicate.theirs) == ("charging", "  快充多长时间 ", "快充多长时间")
    assert duplicate.closeness == pytest.approx(1, abs=0.001)


def test_a_particle_more_is_still_nearly_the_same(tmp_path: Path) -> None:
    (duplicate,) = found(tmp_path, script("again", "车身颜色怎么选呢", ["保养多久一次"]))
    assert duplicate.key == "colour"
    assert CLOSE <= duplicate.closeness < 1


def test_another_subject_is_no_duplicate(tmp_path: Path) -> None:
    assert found(tmp_path, script("new", "保险一年交几钱", ["保费贵不贵"])) == []


def test_a_script_is_no_duplicate_of_what_it_said_before(tmp_path: Path) -> None:
    assert found(tmp_path, script()) == []


def test_a_script_for_one_car_stands_beside_the_general_one_but_not_beside_another_for_that_car(tmp_path: Path) -> None:
    special = script("special", "E5 充电要多长时间呢", ["快充要多长时间啊"], models=["e5"])
    assert found(tmp_path, special) == []
    assert found(tmp_path, special, script("other", "E5 充电要多长时间", models=["e7"])) == []
    assert [one.key for one in found(tmp_path, special, script("other", "E5 充电要多长时间", models=["e5", "e7"]))] == ["other"]


def test_the_same_words_are_told_also_for_other_ground_with_that_ground(tmp_path: Path) -> None:
    special = script("special", "快充多长时间？", ["钥匙没电怎么开门"], models=["e5"])
    assert [(one.key, one.theirs, one.scope) for one in found(tmp_path, special)] == [("charging", "快充多长时间", Scope())]
    general = script("general", "快充多长时间", ["钥匙没电怎么开门"])
    told = found(tmp_path, general, script("other", "钥匙没电怎么开门", models=["e7"]))
    assert {one.key: one.scope for one in told} == {"charging": None, "other": Scope(models=frozenset({"e7"}))}


def test_each_script_is_told_once_and_the_nearest_first(tmp_path: Path) -> None:
    both = script("both", "充电要多久啊", ["快充多长时间", "你们的店在哪里啊"])
    assert [one.key for one in found(tmp_path, both)] == ["charging", "store"]


def test_an_empty_library_repeats_nothing(tmp_path: Path) -> None:
    assert near_duplicates(Library([]), reader(tmp_path), script()) == []
