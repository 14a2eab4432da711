"""Kept libraries are found again, and made again when anything about them has changed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from core.arrays import Vectors
from core.embedding import Form, KeptVectors, LetterEmbedder
from core.text import Normaliser, Tokeniser
from kb.keep import folder_for, forget_others, open_library
from kb.library import Library
from kb.read import Reader
from kb.store import Published
from kb.terms import Question, ScriptMatch
from tests.kb.builders import ask, published, reader, script, showroom, tokeniser


class CountingTokeniser(Tokeniser):
    """Counts the texts that it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = 0

    def tokens(self, text: str) -> list[str]:
        self.texts += 1
        return super().tokens(text)


class OtherModel(LetterEmbedder):
    """Another model: the same letters, other vectors."""

    model_id = "other-1"

    def encode(self, texts: Sequence[str], form: Form = "query") -> Vectors:
        return -super().encode(texts, form)


def opened(folder: Path, scripts: list[Published], read: Reader | None = None) -> Library:
    return open_library(scripts, read or reader(folder), {"讲个笑话": "chitchat"}, folder / "index")


def answers(library: Library, folder: Path) -> list[list[ScriptMatch]]:
    return [library.find(ask(reader(folder), text), 4) for text in ("快充多长时间", "充电桩送不送", "毫不相干")]


def test_a_kept_library_answers_as_it_did(tmp_path: Path) -> None:
    scripts = published(showroom())
    first = opened(tmp_path, scripts)
    again = opened(tmp_path, scripts)
    assert answers(again, tmp_path) == answers(first, tmp_path)
    assert again.calibrator == first.calibrator


def test_a_kept_library_costs_neither_encoding_nor_tokenising(tmp_path: Path) -> None:
    scripts = published(showroom())
    tokeniser = CountingTokeniser()
    read = Reader(Normaliser(), tokeniser, KeptVectors(LetterEmbedder(), tmp_path / "vectors"))
    opened(tmp_path, scripts, read)
    once = tokeniser.texts
    opened(tmp_path, scripts, read)
    assert once == tokeniser.texts > 0


@pytest.mark.parametrize("change", [{"answers": ()}, {"similar": ("换一个问法",)}, {"intent": "other"}])
def test_changed_contents_make_another_library_beside_the_old_one(tmp_path: Path, change: dict[str, object]) -> None:
    changed = published([replace(script(), **change), *showroom()[:2]])  # type: ignore[arg-type]
    scripts = published([script(), *showroom()[:2]])
    opened(tmp_path, scripts)
    opened(tmp_path, changed)
    assert len(list((tmp_path / "index" / "letters-1-256").iterdir())) == 2
    assert opened(tmp_path, changed).content("range") == replace(script(), **change)  # type: ignore[arg-type]


def test_another_model_has_a_folder_of_its_own_and_takes_nothing_away(tmp_path: Path) -> None:
    scripts = published(showroom())
    opened(tmp_path, scripts)
    other = reader(tmp_path, OtherModel())
    opened(tmp_path, scripts, other)
    forget_others(folder_for(scripts, other, {}, tmp_path / "index"))
    assert sorted(path.name for path in (tmp_path / "index").iterdir()) == ["letters-1-256", "other-1-256"]
    assert len(list((tmp_path / "index" / "letters-1-256").iterdir())) == 1


def test_only_other_contents_are_forgotten(tmp_path: Path) -> None:
    old, new = published(showroom()), published(showroom()[:3])
    opened(tmp_path, old)
    opened(tmp_path, new)
    kept = folder_for(new, reader(tmp_path), {"讲个笑话": "chitchat"}, tmp_path / "index")
    (kept.parent / "writing-x1").mkdir()  # another process is at work
    forget_others(kept)
    assert {path.name for path in kept.parent.iterdir()} == {kept.name, "writing-x1"}


def test_a_library_stays_usable_after_its_folder_was_forgotten(tmp_path: Path) -> None:
    old, new = published(showroom()), published(showroom()[:3])
    opened(tmp_path, old)
    before = opened(tmp_path, old)
    expected = answers(before, tmp_path)
    opened(tmp_path, new)
    forget_others(folder_for(new, reader(tmp_path), {"讲个笑话": "chitchat"}, tmp_path / "index"))
    assert answers(before, tmp_path) == expected


@pytest.mark.parametrize("name", ["questions.faiss", "words.npz", "positives.npy", "small.npz", "exact.json", "calibrator.json"])
@pytest.mark.parametrize("damage", ["gone", "empty", "junk"])
def test_a_damaged_folder_is_made_again(tmp_path: Path, name: str, damage: str) -> None:
    scripts = published(showroom())
    expected = answers(opened(tmp_path, scripts), tmp_path)
    file = folder_for(scripts, reader(tmp_path), {"讲个笑话": "chitchat"}, tmp_path / "index") / name
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(b"" if damage == "empty" else b"junk" * 9)
    assert answers(opened(tmp_path, scripts), tmp_path) == expected
    assert file.stat().st_size > 36 or name == "calibrator.json"


def test_what_another_process_kept_first_is_taken(tmp_path: Path) -> None:
    """The other process moves its folder into place while ours is being made."""
    scripts = published(showroom())
    folder = folder_for(scripts, reader(tmp_path), {"讲个笑话": "chitchat"}, tmp_path / "index")

    def be_first(questions: Sequence[Question]) -> Sequence[Question]:
        if not folder.exists():
            opened(tmp_path, scripts)
            (folder / "theirs").touch()
        return questions

    slow = Reader(Normaliser(), tokeniser(), KeptVectors(LetterEmbedder(), tmp_path / "other-vectors"), enrich=be_first)
    assert answers(opened(tmp_path, scripts, slow), tmp_path) == answers(opened(tmp_path, scripts), tmp_path)
    assert (folder / "theirs").exists()
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_nothing_published_keeps_nothing(tmp_path: Path) -> None:
    assert len(opened(tmp_path, [])) == 0
    assert not (tmp_path / "index").exists()
