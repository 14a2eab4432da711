"""Which scripts may answer at all."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given

from kb.rules import is_in_scope, may_answer, may_attach, scope_fit
from kb.terms import Material, MaterialKind, Question, Scope, ScriptContent
from tests.kb.builders import TODAY, script
from tests.kb.strategies import contents, scopes


def question(*, today: date = TODAY, models: str = "", cities: str = "") -> Question:
    return Question("", (), np.zeros(2, np.float32), today, models=frozenset(models.split()), cities=frozenset(cities.split()))


E7 = Scope(models=frozenset({"e7"}))


@pytest.mark.parametrize(("models", "fits"), [("e7", True), ("e5", False), ("", True), ("e5 e7", True)])
def test_a_script_for_one_model_is_out_when_another_is_asked_for(models: str, fits: bool) -> None:
    assert is_in_scope(E7, question(models=models)) is fits


def test_every_dimension_must_fit() -> None:
    scope = Scope(models=frozenset({"e7"}), cities=frozenset({"shanghai"}))
    assert is_in_scope(scope, question(models="e7", cities="shanghai"))
    assert not is_in_scope(scope, question(models="e7", cities="chengdu"))


@given(scopes)
def test_an_open_question_excludes_nothing(scope: Scope) -> None:
    assert is_in_scope(scope, question())


def test_a_special_script_is_preferred_when_it_is_asked_for_and_stands_back_when_it_is_not() -> None:
    assert scope_fit(E7, question(models="e7")) == 1
    assert scope_fit(Scope(), question(models="e7")) == 0
    assert scope_fit(E7, question()) == -1


def test_validity_includes_both_ends() -> None:
    content = script(valid_from=TODAY, valid_until=TODAY + timedelta(days=1))
    days = [TODAY + timedelta(days=offset) for offset in (-1, 0, 1, 2)]
    assert [may_answer(content, question(today=day)) for day in days] == [False, True, True, False]


@given(contents)
def test_what_has_expired_never_answers(content: ScriptContent) -> None:
    if content.valid_until:
        assert not may_answer(content, question(today=content.valid_until + timedelta(days=1)))


def test_a_material_whose_claim_has_run_out_is_left_away() -> None:
    material = Material("m", MaterialKind.IMAGE, "价格表", valid_until=TODAY)
    assert may_attach(material, TODAY)
    assert not may_attach(material, TODAY + timedelta(days=1))
