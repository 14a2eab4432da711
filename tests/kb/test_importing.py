"""Seeding brings the pack in once, and never overwrites what an operator knew better."""

from dataclasses import replace

from core.db import Database
from kb import store
from kb.importing import PACK, Seeded, seed_scripts
from kb.pack import ScriptPack
from kb.publish import publish, retire, rollback, save_draft
from kb.terms import Material, MaterialKind, ScriptContent
from tests.kb.builders import NOW, script, showroom

POSTER = Material("poster", MaterialKind.IMAGE, "海报", file="materials/poster.png", content_hash="a")


def seed(database: Database, contents: list[ScriptContent], *materials: Material) -> Seeded:
    with database.unit_of_work() as session:
        return seed_scripts(session, ScriptPack(tuple(contents), materials), now=NOW)


def said(database: Database) -> dict[str, ScriptContent]:
    with database.reading() as session:
        return {found.content.key: found.content for found in store.published(session)}


def revision(database: Database) -> int:
    with database.reading() as session:
        return store.revision(session)


def test_a_new_pack_is_published_whole(database: Database) -> None:
    seeded = seed(database, showroom())
    assert seeded == Seeded(new=["charging", "colour", "range", "store"])
    assert said(database) == {content.key: content for content in showroom()}
    with database.reading() as session:
        assert {row.made_by for row in store.versions(session, "range")} == {PACK}


def test_seeding_twice_changes_nothing(database: Database) -> None:
    seed(database, showroom())
    before = revision(database)
    assert seed(database, showroom()) == Seeded(unchanged=["charging", "colour", "range", "store"])
    assert revision(database) == before


def test_what_the_pack_changes_is_taken_over(database: Database) -> None:
    seed(database, [script()])
    changed = replace(script(), title="续航里程")
    assert seed(database, [changed]) == Seeded(changed=["range"])
    assert said(database) == {"range": changed}
    assert revision(database) == 2


def test_a_script_that_an_operator_edited_is_kept_and_reported(database: Database) -> None:
    seed(database, [script()])
    edited = replace(script(), title="我们店的说法")
    with database.unit_of_work() as session:
        publish(session, "range", save_draft(session, edited, "li", now=NOW), now=NOW)
    assert seed(database, [replace(script(), title="新包")]) == Seeded(kept_because_edited=["range"])
    assert said(database) == {"range": edited}


def test_an_operators_draft_is_not_overtaken(database: Database) -> None:
    seed(database, [script()])
    with database.unit_of_work() as session:
        save_draft(session, replace(script(), title="草稿"), "li", now=NOW)
    assert seed(database, [replace(script(), title="新包")]).kept_because_edited == ["range"]
    assert said(database) == {"range": script()}


def test_what_an_operator_retired_or_rolled_back_stays_so(database: Database) -> None:
    seed(database, showroom())
    seed(database, [replace(content, title="二") for content in showroom()])
    with database.unit_of_work() as session:
        retire(session, "colour", now=NOW)
        rollback(session, "range", 1, now=NOW)
    third = [replace(content, title="三") for content in showroom()]
    assert seed(database, third) == Seeded(changed=["charging", "store"], kept_because_edited=["colour", "range"])
    assert "colour" not in said(database)
    assert said(database)["range"].title == "range"


def test_scripts_that_the_pack_no_longer_has_stay(database: Database) -> None:
    seed(database, showroom())
    seed(database, [script()])
    assert len(said(database)) == 4


def test_materials_follow_the_pack(database: Database) -> None:
    seed(database, [], POSTER)
    seed(database, [], replace(POSTER, title="新海报", content_hash="b"))
    with database.reading() as session:
        assert store.material(session, "poster") == replace(POSTER, title="新海报", content_hash="b")
        assert store.material(session, "nothing") is None
