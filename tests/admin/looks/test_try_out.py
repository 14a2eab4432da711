"""命中测试 shows what the bot itself would do."""

from dataclasses import replace

import pytest

from admin.looks.try_out import Asked, in_chinese, named, try_out, why_behind, why_not
from admin.office import Office
from bot.decide import Answer
from core.db import Database
from kb.explain import Absence, Reason
from kb.publish import publish, save_draft
from kb.terms import Scope
from tests.admin.offices import office_over
from tests.kb.builders import NOW, script, showroom


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    only_e5 = replace(script("e5-range", "E5续航有多少公里", ["E5能跑多远"]), scope=Scope(models=frozenset({"e5"})))
    with sqlite_database.unit_of_work() as session:
        for content in (*showroom(), only_e5):
            publish(session, content.key, save_draft(session, content, "ann", now=NOW), now=NOW)
    return office_over(sqlite_database, now=NOW)


def test_the_decision_is_the_bots_and_the_ranking_has_its_parts(office: Office) -> None:
    tried = try_out(office, Asked("续航有多少公里"), now=NOW)
    first = tried.ranking[0]
    assert first.match.key == "range"
    assert sum(part.worth for part in first.parts) == pytest.approx(first.match.score, abs=1e-4)
    assert tried.decision[0] in ("answer", "clarify", "pass_on")
    assert tried.chosen == {match.key for match in named(tried.thought.decision)}


def test_what_was_settled_before_rules_scripts_out(office: Office) -> None:
    asked = Asked("续航有多少公里", model="e7")
    tried = try_out(office, asked, now=NOW)
    assert "e5-range" not in {placed.match.key for placed in tried.ranking}
    lost = why_not(office, asked, tried.whole, "e5-range", now=NOW)
    assert lost is not None
    [reason] = lost.reasons
    assert reason.absence is Absence.OUT_OF_SCOPE
    assert "云驰 E7" in reason.detail
    assert "云驰 E5" in reason.detail


def test_a_script_that_is_there_has_nothing_to_explain(office: Office) -> None:
    assert why_not(office, Asked("续航有多少公里"), "续航有多少公里", "range", now=NOW) is None
    lost = why_not(office, Asked("续航有多少公里"), "续航有多少公里", "nowhere", now=NOW)
    assert lost is not None
    assert lost.reasons[0].absence is Absence.NOT_PUBLISHED


def test_trying_leaves_nothing_behind(office: Office) -> None:
    tried = try_out(office, Asked("那颜色呢", earlier="续航有多少公里"), now=NOW)
    assert tried.understood.message == "那颜色呢"
    assert tried.thought.context.at == NOW or tried.thought.context.at is None


def test_the_part_that_costs_most_is_named(office: Office) -> None:
    ranking = try_out(office, Asked("续航有多少公里"), now=NOW).ranking
    assert "主要差在" in why_behind(ranking[-1], ranking[0])


def test_only_scripts_that_a_decision_names_are_chosen() -> None:
    assert named(Answer(())) == ()


def test_keys_of_the_pack_become_names() -> None:
    assert in_chinese(Reason(Absence.OUT_OF_SCOPE, "车型：问的是 e5、x9"), {"e5": "云驰 E5"}).detail == "车型：问的是 云驰 E5、x9"
