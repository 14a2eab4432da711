"""A change is held against every question whose answer is known, before it is published."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kb.build import build_library
from kb.library import Library
from kb.regression import Change, Probe, Rehearsal, Standing, change_of, probes_of
from kb.terms import Question, ScriptContent
from tests.kb.builders import TODAY, published, reader, script, showroom

CHARGING, COLOUR, RANGE, STORE = showroom()
KNOWN = [CHARGING, replace(COLOUR, must_hit=("红色好看吗",)), replace(RANGE, must_hit=("一次能跑多远啊",)), STORE]


def rehearsal(folder: Path, scripts: Sequence[ScriptContent] = KNOWN) -> Rehearsal:
    read = reader(folder)

    def ask(texts: Sequence[str]) -> Sequence[Question]:
        return read.read(texts, TODAY)

    return Rehearsal(build_library(published(scripts), read, {}), read, ask, answer_at=0.5)


def test_saying_the_same_changes_nothing(tmp_path: Path) -> None:
    told = rehearsal(tmp_path).compare([KNOWN[2]])
    assert (told.asked, told.moved) == (3, ())


def test_a_question_that_goes_to_another_script_is_lost_and_both_are_named(tmp_path: Path) -> None:
    thief = script("thief", "一次能跑多远啊", ["一次能跑多远"], intent="ask_store")
    told = rehearsal(tmp_path).compare([thief])
    (moved,) = told.of(Change.LOST)
    assert (moved.probe, moved.before.first, moved.after.first) == (Probe("一次能跑多远啊", "range", True), "range", "thief")
    assert moved.after.title == "thief"
    assert moved.before.own == moved.before.confidence > 0
    assert 0 < moved.after.own < moved.after.confidence


def test_a_question_that_comes_to_its_script_is_gained(tmp_path: Path) -> None:
    wanting = replace(RANGE, must_hit=("电池顶多久",))
    scripts = [KNOWN[0], KNOWN[1], wanting, STORE]
    told = rehearsal(tmp_path, scripts).compare([replace(wanting, similar=("电池能顶多久",))])
    assert [(moved.probe.text, moved.after.first) for moved in told.of(Change.GAINED)] == [("电池顶多久", "range")]


def test_a_forbidden_question_that_the_change_answers_is_lost(tmp_path: Path) -> None:
    bolder = replace(CHARGING, similar=(*CHARGING.similar, "充电桩送不送"))
    told = rehearsal(tmp_path).compare([bolder])
    assert [(moved.probe, moved.after.first) for moved in told.of(Change.LOST)] == [(Probe("充电桩送不送", "charging", False), "charging")]


def test_a_new_question_of_the_change_that_stays_unanswered_is_missed(tmp_path: Path) -> None:
    told = rehearsal(tmp_path).compare([replace(STORE, must_hit=("一次能跑多远",))])
    assert [(moved.probe.key, moved.after.first) for moved in told.of(Change.MISSED)] == [("store", "range")]


def test_a_question_that_the_change_takes_away_is_not_asked(tmp_path: Path) -> None:
    told = rehearsal(tmp_path).compare([RANGE])
    assert (told.asked, told.moved) == (2, ())


def test_retiring_asks_the_others_only(tmp_path: Path) -> None:
    rehearsed = rehearsal(tmp_path)
    assert rehearsed.compare([], without=["range"]).asked == 2
    assert len(rehearsed.candidate([], without=["range"])) == 3


def test_the_candidate_is_what_publishing_would_make(tmp_path: Path) -> None:
    edited = replace(RANGE, similar=("电池顶多久",))
    rehearsed = rehearsal(tmp_path)
    candidate = rehearsed.candidate([edited])
    real = build_library(published([KNOWN[0], KNOWN[1], edited, STORE]), reader(tmp_path), {})
    question = reader(tmp_path).read(["电池能顶多久"], TODAY)[0]
    assert [(one.key, one.score) for one in candidate.find(question, 4)] == [(one.key, one.score) for one in real.find(question, 4)]
    assert candidate.calibrator == rehearsed.library.calibrator


def test_everything_may_be_retired_and_an_empty_library_filled(tmp_path: Path) -> None:
    gone = rehearsal(tmp_path).compare([], without=[content.key for content in KNOWN])
    assert (gone.asked, gone.moved) == (0, ())
    read = reader(tmp_path)
    empty = Rehearsal(Library([]), read, lambda texts: read.read(texts, TODAY), answer_at=0.5)
    assert [moved.probe.key for moved in empty.compare([KNOWN[2]]).of(Change.GAINED)] == ["range"]


@pytest.mark.parametrize(
    ("must", "before", "after", "is_own", "change"),
    [
        (True, Standing("a", "", 0.9), Standing("b", "", 0.9), False, Change.LOST),
        (True, Standing("b", "", 0.9), Standing("a", "", 0.1), False, Change.GAINED),
        (True, Standing("a", "", 0.5), Standing("a", "", 0.49), False, Change.LESS_SURE),
        (True, Standing("a", "", 0.49), Standing("a", "", 0.5), False, Change.SURER),
        (True, Standing("a", "", 0.9), Standing("a", "", 0.5), False, None),
        (True, Standing("b", "", 0.9), Standing(), False, None),
        (True, Standing("b", "", 0.9), Standing(), True, Change.MISSED),
        (False, Standing("b", "", 0.9), Standing("a", "", 0.9), False, Change.LOST),
        (False, Standing("a", "", 0.9), Standing(), False, Change.GAINED),
        (False, Standing("a", "", 0.9), Standing("a", "", 0.9), True, Change.MISSED),
        (False, Standing("b", "", 0.9), Standing("b", "", 0.1), False, None),
    ],
)
def test_what_became_of_a_question(must: bool, before: Standing, after: Standing, is_own: bool, change: Change | None) -> None:
    assert change_of(Probe("问", "a", must), before, after, answer_at=0.5, is_own=is_own) == change


def test_every_named_and_every_forbidden_question_is_a_probe() -> None:
    content = script(must_hit=["一", "二"], negative=["三"])
    assert probes_of([content]) == [Probe("一", "range", True), Probe("二", "range", True), Probe("三", "range", False)]
