"""What the page of intents shows: operators' examples before the pack's, and the versions of the head."""

from datetime import timedelta
from pathlib import Path

from admin import sign_in
from admin.looks import intents
from admin.looks.wanted import Wanted
from admin.terms import Role
from core.db import Database
from core.embedding import KeptVectors, LetterEmbedder
from customers.rules import POLARITY_NAMES
from intents.build import build_understander
from intents.shelf import HeadShelf
from intents.store import teach_focus, teach_utterance
from intents.terms import Intent
from tests.admin.gap_talk import NOW
from tests.intents.builders import PACK


def test_an_operators_example_comes_first_and_replaces_the_packs(database: Database) -> None:
    with database.unit_of_work() as session:
        teach_utterance(session, "有现车吗？", Intent.ASK_STORE, by="wang", now=NOW)
    with database.reading() as session:
        rows, total = intents.examples(session, PACK, Wanted({"words": "有现车吗"}), now=NOW)
        mine, count = intents.examples(session, PACK, Wanted({"source": "taught", "intent": "ask_store"}), now=NOW)
    assert (rows[0]["text"], rows[0]["source_name"]) == ("有现车吗？", "运营")
    assert "有现车吗" not in [row["text"] for row in rows]
    assert total == len(rows)
    assert ([row["text"] for row in mine], count) == (["有现车吗？"], 1)


def test_pages_follow_each_other_without_gap(database: Database) -> None:
    with database.reading() as session:
        pages = [intents.examples(session, PACK, Wanted(page=page), now=NOW) for page in (1, 2, 3)]
    texts = [row["text"] for rows, _ in pages for row in rows]
    assert texts == [one.text for one in PACK.examples][: len(texts)]
    assert {total for _, total in pages} == {len(PACK.examples)}


def test_a_counter_example_is_told_as_one(database: Database) -> None:
    with database.unit_of_work() as session:
        teach_focus(session, "手机续航太短", "续航", "range", "", by="wang", now=NOW)
    with database.reading() as session:
        rows, total = intents.sentences(session, PACK, Wanted({"point": "range", "source": "taught"}), now=NOW)
    assert [(row["text"], row["polarity_name"], total) for row in rows] == [("手机续航太短", "不是（反例）", 1)]


def test_what_a_sentence_says_of_a_point_is_called_as_on_every_other_page(database: Database) -> None:
    with database.reading() as session:
        rows, total = intents.sentences(session, PACK, Wanted(size=1000), now=NOW)
    assert {row["polarity"]: row["polarity_name"] for row in rows if row["point"]} == {
        str(one): name for one, name in POLARITY_NAMES.items()
    }
    assert total == len(rows)


def test_the_head_in_use_is_marked_and_does_not_know_what_was_taught_since(database: Database, tmp_path: Path) -> None:
    build_understander(PACK, KeptVectors(LetterEmbedder(), tmp_path), tmp_path, confident_at=0.1, clear_by=0.02)
    shelf = HeadShelf(tmp_path)
    (head,) = intents.heads(shelf, now=NOW)
    assert head["current"]
    with database.unit_of_work() as session:
        teach_utterance(session, "几个大洋", Intent.ASK_PRICE, by="wang", now=NOW - timedelta(days=9999))
        assert intents.waiting(session, shelf) == 0
        teach_utterance(session, "几个铜板", Intent.ASK_PRICE, by="wang", now=NOW + timedelta(days=9999))
        assert intents.waiting(session, shelf) == 1


def test_an_example_names_the_person_and_not_what_he_signs_in_with(database: Database) -> None:
    with database.unit_of_work() as session:
        sign_in.new_operator(session, "lina", Role.OPERATOR, shown_as="李娜", now=NOW)
        teach_utterance(session, "有现车吗？", Intent.ASK_STORE, by="lina", now=NOW)
        teach_focus(session, "续航太短", "续航", "range", "", by="lina", now=NOW)
    with database.reading() as session:
        [example], _ = intents.examples(session, PACK, Wanted({"source": "taught"}), now=NOW)
        [sentence], _ = intents.sentences(session, PACK, Wanted({"source": "taught"}), now=NOW)
    assert (example["by"].split()[0], sentence["by"].split()[0]) == ("李娜", "李娜")
