"""Why a script comes first, and why another does not come at all."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from kb.build import build_library
from kb.explain import PART_NAMES, Absence, Lost, explain, why_lost
from kb.library import Library
from kb.terms import Scope, ScriptContent
from kb.weigh import WEIGHTS
from tests.kb.builders import TODAY, ask, published, reader, script, showroom


def library(folder: Path, *more: ScriptContent) -> Library:
    return build_library(published([*showroom(), *more]), reader(folder), {})


def lost(folder: Path, key: str, *more: ScriptContent, models: tuple[str, ...] = (), top: int = 10, text: str = "能跑多远") -> Lost | None:
    return why_lost(library(folder, *more), ask(reader(folder), text, models=models), key, top=top)


def test_the_parts_of_a_score_add_up_to_it(tmp_path: Path) -> None:
    ranking = explain(library(tmp_path), ask(reader(tmp_path), "快充得多长时间", intents={"ask_charging": 0.8}))
    assert [placed.place for placed in ranking] == [1, 2, 3, 4]
    for placed in ranking:
        assert sum(part.worth for part in placed.parts) == pytest.approx(placed.match.score, abs=1e-5)
    assert {part.name: part.value for part in ranking[0].parts}["intent"] == pytest.approx(0.8)


def test_every_part_has_a_name_that_people_can_read() -> None:
    assert set(PART_NAMES) == set(WEIGHTS)


def test_the_nearest_question_and_the_nearest_negative_one_are_shown(tmp_path: Path) -> None:
    ranking = explain(library(tmp_path), ask(reader(tmp_path), "快充要多长的时间"))
    assert (ranking[0].match.key, ranking[0].near, ranking[0].against) == ("charging", "快充多长时间", "充电桩送不送")
    assert ranking[1].against is None


def test_a_script_among_the_best_has_not_lost(tmp_path: Path) -> None:
    assert lost(tmp_path, "store") is None


def test_a_lower_script_is_held_against_the_first(tmp_path: Path) -> None:
    told = lost(tmp_path, "store", top=1)
    assert told is not None
    assert told.placed is not None
    assert told.first is not None
    assert (told.first.match.key, told.first.place) == ("range", 1)
    assert told.placed.match.key == "store"
    assert told.placed.place > 1
    lead = told.first.match.score - told.placed.match.score
    assert (told.reasons[0].absence, told.reasons[0].detail) == (Absence.LOWER, f"排第 {told.placed.place}，比第 1 名低 {lead:.2f} 分")
    assert [part.name for part in told.placed.parts] == [part.name for part in told.first.parts]


def test_what_is_not_published_says_so(tmp_path: Path) -> None:
    told = lost(tmp_path, "nothing")
    assert told is not None
    assert [reason.absence for reason in told.reasons] == [Absence.NOT_PUBLISHED]
    assert told.placed is None


def test_out_of_scope_and_out_of_date_are_both_told(tmp_path: Path) -> None:
    old = replace(script("old", valid_until=TODAY - timedelta(days=1)), scope=Scope(frozenset({"e7"}), cities=frozenset({"shanghai"})))
    told = lost(tmp_path, "old", old, models=("e5",))
    assert told is not None
    assert [(reason.absence, reason.detail) for reason in told.reasons] == [
        (Absence.OUT_OF_SCOPE, "车型：问的是 e5，话术只用于 e7"),
        (Absence.NO_LONGER_VALID, "2026-04-30 已到期"),
    ]


def test_the_last_and_the_first_day_of_a_script_count(tmp_path: Path) -> None:
    assert lost(tmp_path, "new", script("new", valid_from=TODAY, valid_until=TODAY)) is None
    told = lost(tmp_path, "new", script("new", valid_from=date(2026, 5, 2)))
    assert told is not None
    assert [(reason.absence, reason.detail) for reason in told.reasons] == [(Absence.NOT_YET_VALID, "2026-05-02 起生效")]


def test_an_empty_library_explains_nothing(tmp_path: Path) -> None:
    assert explain(Library([]), ask(reader(tmp_path), "续航")) == []
