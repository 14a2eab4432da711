"""草稿 → 已发布 → 已下架, and what may not happen on the way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.db import Database
from core.errors import Refused
from kb import store
from kb.publish import ask_review, publish, retire, rollback, save_draft, send_back
from kb.terms import Answer, ScriptStatus
from tests.kb.builders import NOW, script

Deed = Callable[[Session], object]

LATER = NOW + timedelta(hours=1)
FIRST, EDITED = script(), script(answer="CLTC 标称 520 公里起。")


def said(database: Database) -> dict[str, str]:
    """What customers would be told, by key."""
    with database.reading() as session:
        return {found.content.key: found.content.answers[0].text for found in store.published(session)}


def published_first(database: Database) -> None:
    with database.unit_of_work() as session:
        publish(session, "range", save_draft(session, FIRST, "li", now=NOW), now=NOW)


def test_a_draft_is_not_said(database: Database) -> None:
    with database.unit_of_work() as session:
        assert save_draft(session, FIRST, "li", now=NOW) == 1
    assert said(database) == {}


def test_a_published_draft_is_said_and_no_draft_any_more(database: Database) -> None:
    published_first(database)
    assert said(database) == {"range": FIRST.answers[0].text}
    with database.reading() as session:
        row = store.script(session, "range")
        assert row is not None
        assert (row.status, row.published_version, row.draft_version) == (ScriptStatus.PUBLISHED, 1, None)


def test_an_edit_changes_what_is_said_only_when_it_is_published(database: Database) -> None:
    published_first(database)
    with database.unit_of_work() as session:
        assert save_draft(session, EDITED, "wang", now=LATER) == 2
    assert said(database) == {"range": FIRST.answers[0].text}
    with database.unit_of_work() as session:
        publish(session, "range", 2, now=LATER)
    assert said(database) == {"range": EDITED.answers[0].text}


def test_saving_the_same_again_makes_no_version(database: Database) -> None:
    published_first(database)
    with database.unit_of_work() as session:
        assert save_draft(session, FIRST, "wang", now=LATER) == 1
        row = store.script(session, "range")
        assert row is not None
        assert row.draft_version is None


def test_what_is_published_is_what_somebody_looked_at(database: Database) -> None:
    published_first(database)
    with database.unit_of_work() as session:
        save_draft(session, EDITED, "wang", now=LATER)
        save_draft(session, replace(EDITED, title="更新"), "li", now=LATER)
    with pytest.raises(Refused, match="version 2 of «range» is not its draft \\(3\\)"), database.unit_of_work() as session:
        publish(session, "range", 2, now=LATER)
    assert said(database) == {"range": FIRST.answers[0].text}


def test_a_retired_script_is_not_said_and_comes_back_by_a_new_draft(database: Database) -> None:
    published_first(database)
    with database.unit_of_work() as session:
        retire(session, "range", now=LATER)
    assert said(database) == {}
    with database.unit_of_work() as session:
        publish(session, "range", save_draft(session, EDITED, "li", now=LATER), now=LATER)
    assert said(database) == {"range": EDITED.answers[0].text}


def test_an_earlier_version_can_be_said_again(database: Database) -> None:
    published_first(database)
    with database.unit_of_work() as session:
        publish(session, "range", save_draft(session, EDITED, "li", now=LATER), now=LATER)
        rollback(session, "range", 1, now=LATER)
    assert said(database) == {"range": FIRST.answers[0].text}
    with database.reading() as session:
        assert [(row.version, row.made_by) for row in store.versions(session, "range")] == [(2, "li"), (1, "li")]


def named(database: Database) -> tuple[str, str]:
    with database.reading() as session:
        row = store.script(session, "range")
        assert row is not None
        return row.title, row.intent


def test_a_rollback_brings_title_and_intent_back_unless_a_draft_says_otherwise(database: Database) -> None:
    published_first(database)
    renamed = replace(EDITED, title="改名", intent="ask_charging")
    with database.unit_of_work() as session:
        publish(session, "range", save_draft(session, renamed, "li", now=LATER), now=LATER)
    assert named(database) == ("改名", "ask_charging")
    with database.unit_of_work() as session:
        rollback(session, "range", 1, now=LATER)
    assert named(database) == (FIRST.title, FIRST.intent)
    with database.unit_of_work() as session:
        assert save_draft(session, renamed, "li", now=LATER) == 2, "the version that was rolled back is a draft again"
    assert named(database) == ("改名", "ask_charging")
    with database.unit_of_work() as session:
        publish(session, "range", 2, now=LATER)
        save_draft(session, replace(renamed, title="草稿"), "li", now=LATER)
        rollback(session, "range", 1, now=LATER)
    assert named(database) == ("草稿", "ask_charging"), "the list shows the draft"


def test_what_must_not_happen_is_refused_with_a_clear_sentence(database: Database) -> None:
    published_first(database)
    with database.unit_of_work() as session:
        save_draft(session, EDITED, "li", now=LATER)
    refused: list[tuple[Deed, str]] = [
        (lambda session: publish(session, "nothing", 1, now=LATER), "there is no script «nothing»"),
        (lambda session: publish(session, "range", 1, now=LATER), "version 1 of «range» is not its draft"),
        (lambda session: rollback(session, "range", 1, now=LATER), "version 1 of «range» is the one that is published"),
        (lambda session: rollback(session, "range", 2, now=LATER), "version 2 of «range» was never published"),
        (lambda session: rollback(session, "range", 9, now=LATER), "«range» has no version 9"),
        (lambda session: save_draft(session, script(answer="{电话}"), "li", now=LATER), "unknown variable «电话»"),
        (lambda session: save_draft(session, script(answer="9.9 万元"), "li", now=LATER), "needs valid_until"),
    ]
    for deed, sentence in refused:
        with pytest.raises(Refused, match=sentence), database.unit_of_work() as session:
            deed(session)


def test_only_a_published_script_can_be_retired(database: Database) -> None:
    with database.unit_of_work() as session:
        save_draft(session, FIRST, "li", now=NOW)
    with pytest.raises(Refused, match="«range» is draft"), database.unit_of_work() as session:
        retire(session, "range", now=NOW)


def test_searchers_are_told_of_every_change_of_what_is_said_and_of_nothing_else(database: Database) -> None:
    def revision() -> int:
        with database.reading() as session:
            return store.revision(session)

    seen = [revision()]
    with database.unit_of_work() as session:
        save_draft(session, FIRST, "li", now=NOW)
    seen.append(revision())
    deeds: list[Deed] = [
        lambda session: publish(session, "range", 1, now=NOW),
        lambda session: retire(session, "range", now=NOW),
        lambda session: rollback(session, "range", 1, now=NOW),
    ]
    for deed in deeds:
        with database.unit_of_work() as session:
            deed(session)
        seen.append(revision())
    assert seen == [0, 0, 1, 2, 3]


def test_a_version_never_changes(database: Database) -> None:
    published_first(database)
    with database.unit_of_work() as session:
        publish(session, "range", save_draft(session, replace(EDITED, answers=(Answer("新"),)), "li", now=LATER), now=LATER)
    with database.reading() as session:
        assert store.content_of(session, "range", 1) == FIRST
        assert store.content_of(session, "range", 3) is None
        assert store.content_of(session, "nothing", 1) is None


def review(database: Database) -> tuple[str, datetime | None, str]:
    with database.reading() as session:
        row = store.script(session, "range")
        assert row is not None
        return row.review_by, row.review_at, row.review_note


def in_review(database: Database) -> None:
    published_first(database)
    with database.unit_of_work() as session:
        ask_review(session, "range", save_draft(session, EDITED, "li", now=NOW), "li", now=LATER)


def test_a_draft_waits_for_somebody_elses_eyes(database: Database) -> None:
    in_review(database)
    assert review(database) == ("li", LATER, "")
    assert said(database) == {"range": FIRST.answers[0].text}


def test_a_draft_sent_back_says_who_and_why_until_it_is_asked_for_again(database: Database) -> None:
    in_review(database)
    with database.unit_of_work() as session:
        send_back(session, "range", 2, "wang", " 请写明工况 ")
    assert review(database) == ("wang", None, "请写明工况")
    with database.unit_of_work() as session:
        ask_review(session, "range", 2, "li", now=LATER)
    assert review(database) == ("li", LATER, "")


def test_publishing_ends_the_review(database: Database) -> None:
    in_review(database)
    with database.unit_of_work() as session:
        publish(session, "range", 2, now=LATER)
    assert review(database) == ("", None, "")


def test_a_new_draft_has_not_been_looked_at(database: Database) -> None:
    in_review(database)
    with database.unit_of_work() as session:
        save_draft(session, EDITED, "li", now=LATER)
    assert review(database) == ("li", LATER, "")
    with database.unit_of_work() as session:
        save_draft(session, replace(EDITED, title="更新"), "li", now=LATER)
    assert review(database) == ("", None, "")


def test_the_review_of_a_draft_outlives_a_rollback_of_what_is_out(database: Database) -> None:
    published_first(database)
    with database.unit_of_work() as session:
        publish(session, "range", save_draft(session, EDITED, "li", now=NOW), now=NOW)
        ask_review(session, "range", save_draft(session, replace(EDITED, title="三"), "li", now=NOW), "li", now=LATER)
        rollback(session, "range", 1, now=LATER)
    assert review(database) == ("li", LATER, "")


def test_a_review_that_makes_no_sense_is_refused(database: Database) -> None:
    in_review(database)
    refused: list[tuple[Deed, str]] = [
        (lambda session: ask_review(session, "range", 2, "li", now=LATER), "version 2 of «range» is in review already"),
        (lambda session: ask_review(session, "range", 1, "li", now=LATER), "version 1 of «range» is not its draft \\(2\\)"),
        (lambda session: ask_review(session, "nothing", 1, "li", now=LATER), "there is no script «nothing»"),
        (lambda session: send_back(session, "range", 1, "wang", "不"), "version 1 of «range» is not its draft"),
        (lambda session: send_back(session, "range", 2, "wang", " "), "is sent back without a reason"),
    ]
    for deed, sentence in refused:
        with pytest.raises(Refused, match=sentence), database.unit_of_work() as session:
            deed(session)
    with database.unit_of_work() as session:
        send_back(session, "range", 2, "wang", "不")
    with pytest.raises(Refused, match="version 2 of «range» is not in review"), database.unit_of_work() as session:
        send_back(session, "range", 2, "wang", "不")
