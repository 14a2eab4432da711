"""What counts as answered rightly, and what the figures say about it."""

import pytest

from bot.decide import Answer, Clarify, Decision, HandOff, Why
from kb.terms import ScriptMatch
from run.evaluate.answers import Done, Probe, Reply, judge, outcome_of, probes_of
from tests.kb.builders import script


def match(key: str, confidence: float = 0.9) -> ScriptMatch:
    return ScriptMatch(key, 1, key, key, "ask_range", confidence, confidence)


def reply(text: str, best: str, confidence: float, *, must: bool = True) -> Reply:
    return judge(Probe(text, "range", must), Answer((match(best),)), [match(best, confidence)])


def test_every_question_that_is_promised_or_forbidden_is_probed() -> None:
    probes = probes_of([script("a", must_hit=["能跑多远呢"], negative=["充电多久"]), script("b", must_hit=["多远"])])
    assert [(probe.text, probe.script, probe.must) for probe in probes] == [
        ("能跑多远呢", "a", True),
        ("多远", "b", True),
        ("充电多久", "a", False),
    ]


@pytest.mark.parametrize(
    ("decision", "must", "done"),
    [
        (Answer((match("range"),)), True, Done.RIGHT),
        (Answer((match("price"), match("range"))), True, Done.RIGHT),
        (Answer((match("price"),)), True, Done.WRONG),
        (Answer((match("range"),)), False, Done.WRONG),
        (Answer((match("price"),)), False, Done.RIGHT),
        (Clarify((match("range"),)), True, Done.OFFERED),
        (HandOff(Why.NOT_COVERED, moves_session=False), True, Done.PASSED_ON),
    ],
)
def test_what_became_of_a_question(decision: Decision, must: bool, done: Done) -> None:
    assert judge(Probe("多远", "range", must), decision, []).done is done


def test_the_threshold_leaves_out_what_is_less_sure_than_the_first_mistake_allows() -> None:
    replies = [reply(str(n), "range", 0.9) for n in range(10)] + [reply("x", "price", 0.5), reply("y", "range", 0.4)]
    figures = outcome_of("", replies, answer_at=0.8).figures
    names = ("threshold_at_97", "coverage_at_97", "answer_precision", "answer_coverage")
    assert [figures[name] for name in names] == [0.9, 0.8333, 0.9167, 1]


def test_a_forbidden_question_teaches_only_when_the_forbidden_script_comes_first() -> None:
    assert reply("多久", "range", 0.9, must=False).is_right is False
    assert reply("多久", "price", 0.9, must=False).is_right is None
