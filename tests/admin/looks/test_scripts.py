"""The list of scripts: found by any of their words, narrowed by everything that an operator asks, with their use counted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from admin.looks import scripts as looks
from admin.looks.scripts import Opened, authors, needs_other_eyes, opened, uses
from admin.looks.wanted import Wanted
from admin.office import Office
from bot.models import Utterance
from core.db import Database
from kb.publish import ask_review, publish, retire, rollback, save_draft
from kb.terms import Answer, Scope, ScriptContent
from tests.admin.offices import office_over
from tests.kb.builders import NOW, TODAY, script

RANGE = replace(script(must_hit=["跑长途够吗"], answer="约 520 公里，100% 放心"), title="续航介绍", scope=Scope(models=frozenset({"e7"})))
COLOUR = replace(
    script("colour", "有哪些颜色", ["有红色吗"], intent="ask_appearance"), title="E7 颜色", scope=Scope(cities=frozenset({"shanghai"}))
)
PRICE = replace(
    script("price", "多少钱", [], intent="ask_price", answer="19.98 万", valid_until=TODAY + timedelta(days=14)), title="指导价"
)


@pytest.fixture
def office(database: Database) -> Office:
    with database.unit_of_work() as session:
        for content, by in ((RANGE, "pack"), (COLOUR, "ann"), (PRICE, "ann")):
            publish(session, content.key, save_draft(session, content, by, now=NOW), now=NOW)
    return office_over(database, now=NOW)


def found(office: Office, by_bot: bool = False, /, **filters: str) -> set[str]:
    with office.database.reading() as session:
        rows, total = looks.scripts(session, Wanted(filters), office=office, by_bot=by_bot)
    assert total == len(rows)
    return {row["id"] for row in rows}


def edit(office: Office, content: ScriptContent) -> int:
    with office.database.unit_of_work() as session:
        return save_draft(session, content, "ben", now=NOW)


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("续航介绍", {"range"}),
        ("能跑多远", {"range"}),
        ("跑长途", {"range"}),
        ("520 公里", {"range"}),
        ("100%", {"range"}),
        ("e7 颜", {"colour"}),
        ("colo", {"colour"}),
        ("_", set()),
        ("没有这样的话", set()),
    ],
)
def test_any_word_of_a_script_finds_it(office: Office, words: str, keys: set[str]) -> None:
    assert found(office, q=words) == keys


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        ({"intent": "ask_price"}, {"price"}),
        ({"models": "e7"}, {"range"}),
        ({"models": "e"}, set()),
        ({"cities": "shanghai"}, {"colour"}),
        ({"author": "ann"}, {"colour", "price"}),
        ({"renew": "1"}, {"price"}),
        ({"state": "published"}, {"range", "colour", "price"}),
        ({"state": "draft"}, set()),
    ],
)
def test_filters_narrow(office: Office, filters: dict[str, str], keys: set[str]) -> None:
    assert found(office, **filters) == keys


def test_a_validity_that_ends_a_day_later_need_not_be_renewed_yet(office: Office) -> None:
    version = edit(office, replace(PRICE, valid_until=TODAY + timedelta(days=15)))
    with office.database.unit_of_work() as session:
        publish(session, "price", version, now=NOW)
    assert found(office, renew="1") == set()


def test_each_script_stands_where_it_is_on_its_way(office: Office) -> None:
    version = edit(office, replace(RANGE, answers=(Answer("新的答案"),)))
    assert found(office, state="draft") == {"range"}
    assert found(office, q="新的答案") == {"range"}
    with office.database.unit_of_work() as session:
        ask_review(session, "range", version, "ben", now=NOW)
        retire(session, "colour", now=NOW)
    assert found(office, state="draft") == set()
    assert found(office, state="review") == {"range"}
    assert found(office, state="retired") == {"colour"}


def test_the_bot_finds_what_is_meant_and_says_how_sure_it_is(office: Office) -> None:
    with office.database.reading() as session:
        rows, _ = looks.scripts(session, Wanted({"q": "续航有多少公里"}), office=office, by_bot=True)
    assert rows[0]["id"] == "range"
    assert rows[0]["confidence"].endswith("%")
    assert found(office, True, q="续航有多少公里", intent="ask_price") == {"price"}


def test_uses_are_counted_for_thirty_days_also_of_joint_answers(office: Office) -> None:
    with office.database.unit_of_work() as session:
        for number, (speaker, said, days) in enumerate(
            [("assistant", "range@1", 1), ("assistant", "range@1,price@1", 30), ("customer", "range@1", 1), ("assistant", "range@1", 31)]
        ):
            at = NOW - timedelta(days=days)
            session.add(Utterance(msgid=str(number), external_id="wm", speaker=speaker, words="", said_at=at, script=said))
    with office.database.reading() as session:
        assert uses(session, now=NOW) == {"range": 2, "price": 1}
        found_one = opened(session, "range", now=NOW)
        assert found_one is not None
        assert (found_one.used, found_one.shown.version, found_one.is_out) == (2, 1, True)
        assert opened(session, "nowhere", now=NOW) is None
        assert authors(session) == {"ann": "ann", "pack": "初始话术"}


def seen(office: Office, key: str) -> Opened:
    with office.database.reading() as session:
        one = opened(session, key, now=NOW)
    assert one is not None
    return one


def test_after_a_rollback_the_page_shows_what_is_out(office: Office) -> None:
    first = seen(office, "range").content
    with office.database.unit_of_work() as session:
        publish(session, "range", save_draft(session, replace(first, title="说错了"), "ann", now=NOW), now=NOW)
        rollback(session, "range", 1, now=NOW)
    one = seen(office, "range")
    assert (one.content, one.shown.version, one.newest) == (first, 1, 2)


def test_with_four_eyes_only_anothers_draft_can_be_published(office: Office) -> None:
    edit(office, replace(seen(office, "range").content, title="改过"))
    one, without = seen(office, "range"), seen(office, "price")
    assert needs_other_eyes(one, "ben", four_eyes=True)
    assert not needs_other_eyes(one, "ann", four_eyes=True)
    assert not needs_other_eyes(one, "ben", four_eyes=False)
    assert needs_other_eyes(without, "ann", four_eyes=True), "whatever he changes is his own"
