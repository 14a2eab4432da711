"""Queries that no deed of this package tests by the way: lists, versions, media ids, and writers who queue."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

from core.db import Database
from kb import store
from kb.publish import publish, save_draft
from kb.terms import Material, MaterialKind, MediaPurpose
from tests.kb.builders import NOW, script, showroom

POSTER = Material("poster", MaterialKind.IMAGE, "海报", file="materials/poster.png", content_hash="a")


def keep(database: Database, material: Material, purpose: MediaPurpose, media_id: str, *, days: int = 0) -> None:
    with database.unit_of_work() as session:
        store.keep_media_id(session, material, purpose, media_id, now=NOW + timedelta(days=days))


def media_id(database: Database, material: Material, purpose: MediaPurpose = MediaPurpose.BODY, *, days: int = 0) -> str | None:
    with database.reading() as session:
        return store.media_id(session, material, purpose, uploaded_since=NOW + timedelta(days=days))


def test_a_media_id_is_used_until_it_is_too_old(database: Database) -> None:
    keep(database, POSTER, MediaPurpose.BODY, "m1")
    assert media_id(database, POSTER) == "m1"
    assert media_id(database, POSTER, days=1) is None


def test_a_renewed_media_id_takes_the_place_of_the_old_one(database: Database) -> None:
    keep(database, POSTER, MediaPurpose.BODY, "m1")
    keep(database, POSTER, MediaPurpose.BODY, "m2", days=2)
    assert media_id(database, POSTER, days=2) == "m2"


def test_changed_bytes_and_other_purposes_have_media_ids_of_their_own(database: Database) -> None:
    keep(database, POSTER, MediaPurpose.BODY, "m1")
    assert media_id(database, POSTER, MediaPurpose.THUMB) is None
    assert media_id(database, replace(POSTER, content_hash="b")) is None


def test_a_media_id_that_wecom_forgot_is_forgotten(database: Database) -> None:
    keep(database, POSTER, MediaPurpose.BODY, "m1")
    keep(database, POSTER, MediaPurpose.THUMB, "m2")
    with database.unit_of_work() as session:
        store.forget_media_ids(session, "poster")
    assert media_id(database, POSTER) is None
    assert media_id(database, POSTER, MediaPurpose.THUMB) is None


def test_lists_are_in_order(database: Database) -> None:
    with database.unit_of_work() as session:
        for content in reversed(showroom()):
            save_draft(session, content, "li", now=NOW)
        save_draft(session, replace(script(), title="二"), "li", now=NOW)
    with database.reading() as session:
        assert [row.key for row in store.scripts(session)] == ["charging", "colour", "range", "store"]
        assert [row.version for row in store.versions(session, "range")] == [2, 1]
        assert store.versions(session, "nothing") == []
        assert {key: version.version for key, (_, version) in store.newest_versions(session).items()}["range"] == 2


def test_writers_queue_and_every_change_counts(database: Database) -> None:
    """Two operators publish at the same moment: no version is lost and the revision moves twice."""
    start = Barrier(4)

    def work(number: int) -> None:
        start.wait()
        with database.unit_of_work() as session:
            version = save_draft(session, script(answer=f"说法{number}"), f"li{number}", now=NOW)
            publish(session, "range", version, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with database.reading() as session:
        assert [row.version for row in store.versions(session, "range")] == [4, 3, 2, 1]
        assert store.revision(session) == 4
        assert [found.version for found in store.published(session)] == [4]
