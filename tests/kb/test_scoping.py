"""Whole libraries are judged as each script alone would be."""

from dataclasses import replace
from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.rules import is_in_scope, may_answer, scope_fit
from kb.scoping import Scoping
from kb.terms import Question, ScriptContent
from tests.kb.builders import TODAY, script
from tests.kb.strategies import contents

_keys = st.frozensets(st.sampled_from(["e5", "e7", "shanghai"]), max_size=2)
questions = st.builds(
    Question,
    text=st.just(""),
    tokens=st.just(()),
    vector=st.just(np.zeros(2, np.float32)),
    today=st.dates(date(2024, 1, 1), date(2029, 12, 31)),
    models=_keys,
    trims=_keys,
    cities=_keys,
    stores=_keys,
)


@given(st.lists(contents, max_size=6), questions)
def test_all_at_once_is_the_same_as_one_by_one(library: list[ScriptContent], question: Question) -> None:
    scoping = Scoping(library)
    assert scoping.allowed(question).tolist() == [may_answer(content, question) for content in library]
    assert scoping.in_scope(question).tolist() == [is_in_scope(content.scope, question) for content in library]
    assert scoping.scope(question).tolist() == [scope_fit(content.scope, question) for content in library]


def test_intents_are_looked_up_by_name() -> None:
    scoping = Scoping([script(intent="ask_price"), script(intent="ask_range"), script(intent="ask_price")])
    question = replace(Question("", (), np.zeros(2, np.float32), TODAY), intents={"ask_price": 0.75})
    assert scoping.intent(question).tolist() == [0.75, 0, 0.75]
    assert scoping.of_intent("ask_price").tolist() == [True, False, True]
