"""The front door finds what is published, and notices when that has changed."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

from core.db import Database
from core.embedding import KeptVectors, LetterEmbedder
from core.text import Normaliser
from kb.importing import seed_scripts
from kb.pack import ScriptPack
from kb.publish import publish, retire, save_draft
from kb.read import Reader
from kb.search import ScriptSearch
from kb.terms import Question
from tests.kb.builders import NOW, TODAY, ask, reader, script, showroom, tokeniser


def seeded(database: Database) -> None:
    with database.unit_of_work() as session:
        seed_scripts(session, ScriptPack(tuple(showroom()), ()), now=NOW)


def search(folder: Path) -> ScriptSearch:
    return ScriptSearch(folder / "index", reader(folder))


def test_nothing_is_found_before_the_first_look(tmp_path: Path) -> None:
    assert search(tmp_path).find(ask(reader(tmp_path), "续航")) == []


def test_what_is_published_is_found(tmp_path: Path, database: Database) -> None:
    seeded(database)
    scripts = search(tmp_path)
    assert scripts.refresh(database)
    assert [match.key for match in scripts.find(ask(reader(tmp_path), "能跑多远"), 1)] == ["range"]
    assert len(scripts) == 4
    assert scripts.content("range") == script()
    assert scripts.key_of("续航有多少公里") == "range"
    assert scripts.match_of("range", today=TODAY) is not None


def test_a_second_look_costs_nothing_while_nothing_changes(tmp_path: Path, database: Database) -> None:
    seeded(database)
    scripts = search(tmp_path)
    assert [scripts.refresh(database) for _ in range(3)] == [True, False, False]


def test_an_edit_is_said_after_the_next_look_and_the_old_index_is_gone(tmp_path: Path, database: Database) -> None:
    seeded(database)
    scripts = search(tmp_path)
    scripts.refresh(database)
    edited = replace(script(), similar=("电池顶多久",))
    with database.unit_of_work() as session:
        publish(session, "range", save_draft(session, edited, "li", now=NOW), now=NOW)
    assert scripts.content("range") == script()
    assert scripts.refresh(database)
    found = scripts.find(ask(reader(tmp_path), "电池顶多久"), 1)[0]
    assert (found.key, found.version) == ("range", 2)
    assert len(list((tmp_path / "index" / "letters-1-256").iterdir())) == 1


def test_a_retired_script_is_not_found(tmp_path: Path, database: Database) -> None:
    seeded(database)
    scripts = search(tmp_path)
    scripts.refresh(database)
    with database.unit_of_work() as session:
        retire(session, "range", now=NOW)
    scripts.refresh(database)
    assert "range" not in [match.key for match in scripts.find(ask(reader(tmp_path), "能跑多远"), 5)]
    assert scripts.content("range") is None


def test_progress_is_heard_while_the_library_is_encoded(tmp_path: Path, database: Database) -> None:
    seeded(database)
    heard: list[tuple[int, int]] = []
    search(tmp_path).refresh(database, progress=lambda done, total: heard.append((done, total)))
    assert heard[-1] == (13, 13)


def test_searching_goes_on_while_a_new_library_is_made(tmp_path: Path, database: Database) -> None:
    building, go_on = Event(), Event()

    def wait(questions: Sequence[Question]) -> Sequence[Question]:
        building.set()
        assert go_on.wait(20)
        return questions

    seeded(database)
    plain = reader(tmp_path)
    go_on.set()
    slow = Reader(Normaliser(), tokeniser(), KeptVectors(LetterEmbedder(), tmp_path / "vectors"), enrich=wait)
    scripts = ScriptSearch(tmp_path / "index", slow)
    scripts.refresh(database)
    with database.unit_of_work() as session:
        retire(session, "store", now=NOW)
    building.clear()
    go_on.clear()
    with ThreadPoolExecutor(1) as pool:
        refreshing = pool.submit(scripts.refresh, database)
        assert building.wait(20)
        assert scripts.find(ask(plain, "门店地址"), 1)[0].key == "store"
        assert not scripts.refresh(database)  # somebody is at it
        go_on.set()
        assert refreshing.result()
    assert scripts.find(ask(plain, "门店地址"), 1)[0].key != "store"
    assert scripts.thresholds.clarify_at <= scripts.thresholds.answer_at
