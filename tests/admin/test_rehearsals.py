"""What publishing would do is told before, and what was published is searched at once."""

from dataclasses import replace

import pytest

from admin.office import Office
from admin.take_over import take_over
from core.db import Database
from kb.publish import publish, retire, save_draft
from kb.regression import Change
from kb.terms import Answer, ScriptContent
from tests.admin.offices import office_over
from tests.kb.builders import NOW, script, showroom

TOLD: list[tuple[str, float]] = []


def tell(text: str, share: float) -> None:
    TOLD.append((text, share))


def out(database: Database, content: ScriptContent) -> None:
    with database.unit_of_work() as session:
        publish(session, content.key, save_draft(session, content, "ann", now=NOW), now=NOW)


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    TOLD.clear()
    for content in showroom():
        out(sqlite_database, replace(content, must_hit=(f"{content.standard}啊",)))
    return office_over(sqlite_database, now=NOW)


def test_a_greedy_script_is_told_what_it_takes_from_others(office: Office) -> None:
    greedy = script("greedy", "有哪些颜色啊", ["有哪些颜色", "有红色吗"], intent="ask_appearance", must_hit=["有什么颜色"])
    checked = office.rehearsals.check([greedy], tell=tell)
    assert checked.costs
    assert [moved.probe.key for moved in checked.regression.of(Change.LOST)] == ["colour"]
    assert [twin.key for twin in checked.duplicates["greedy"]] == ["colour"]
    assert all(0 <= share <= 1 for _, share in TOLD)
    assert TOLD[0][0].startswith("试问全库考题")


def test_a_script_of_its_own_subject_costs_nothing(office: Office) -> None:
    checked = office.rehearsals.check([script("film", "可以贴膜吗", ["贴车衣多久"], must_hit=["想贴个膜"])], tell=tell)
    assert not checked.costs
    assert (checked.duplicates, checked.claims) == ({}, {})


def test_a_number_without_validity_is_told(office: Office) -> None:
    checked = office.rehearsals.check([replace(script("price", "优惠多少"), answers=(Answer("优惠 5000 元"),))], tell=tell)
    assert list(checked.claims) == ["price"]


def test_the_librarys_questions_are_asked_once(office: Office) -> None:
    office.rehearsals.check([script("film", "可以贴膜吗")], tell=tell)
    TOLD.clear()
    office.rehearsals.check([script("film", "能不能贴膜")], tell=tell)
    assert [text for text, _ in TOLD if text.startswith("试问全库")] == []


def test_what_was_published_or_retired_is_searched_when_taken_over(office: Office, sqlite_database: Database) -> None:
    out(sqlite_database, script("film", "可以贴膜吗"))
    assert office.scripts.content("film") is None
    take_over(office.scripts, sqlite_database, tell)
    assert office.scripts.content("film") is not None
    with sqlite_database.unit_of_work() as session:
        retire(session, "film", now=NOW)
    take_over(office.scripts, sqlite_database, tell)
    assert office.scripts.content("film") is None
    take_over(office.scripts, sqlite_database, tell)
