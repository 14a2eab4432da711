"""Examples are edited, the head is taught anew, compared, exchanged, taken back."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.embedding import KeptVectors, LetterEmbedder
from core.errors import Refused
from intents.build import build_understander
from intents.retrain import Retrained, held_out, retrain
from intents.shelf import KEPT, HeadShelf
from intents.teaching import Example, IntentPack
from intents.terms import Intent
from intents.understand import Understander
from tests.intents.builders import NOW, PACK


@pytest.fixture
def vectors(tmp_path: Path) -> KeptVectors:
    return KeptVectors(LetterEmbedder(), tmp_path / "vectors")


@pytest.fixture
def shelf(tmp_path: Path) -> HeadShelf:
    return HeadShelf(tmp_path / "models")


def start(vectors: KeptVectors, shelf_folder: Path, pack: IntentPack = PACK) -> Understander:
    return build_understander(pack, vectors, shelf_folder, confident_at=0.1, clear_by=0.02)


def with_example(text: str, intent: Intent = Intent.ASK_PRICE) -> IntentPack:
    return replace(PACK, examples=(*PACK.examples, Example(text, (intent,))))


def spoilt() -> IntentPack:
    """Whatever is taught stands under somebody else's intent."""
    intents = [one.intents for one in PACK.examples]
    moved = [one.intents if held_out(one.text) else intents[(at + 7) % len(intents)] for at, one in enumerate(PACK.examples)]
    return replace(PACK, examples=tuple(replace(one, intents=new) for one, new in zip(PACK.examples, moved, strict=True)))


def edit(vectors: KeptVectors, shelf: HeadShelf, pack: IntentPack, *, force: bool = False) -> Retrained:
    return retrain(pack, vectors, shelf, force=force, now=NOW)


def test_a_running_service_takes_the_new_head_over_and_a_restart_keeps_it(vectors: KeptVectors, shelf: HeadShelf, tmp_path: Path) -> None:
    running = start(vectors, tmp_path / "models")
    result = edit(vectors, shelf, with_example("几个钱能拿下"))

    assert result.version is not None
    assert not result.refused
    assert running.head.key != result.version.key
    assert running.head.refresh()
    assert running.head.key == result.version.key
    assert not running.head.refresh()
    assert start(vectors, tmp_path / "models", with_example("几个钱能拿下")).head.key == result.version.key


def test_a_worse_head_is_refused_with_the_reason_unless_forced(vectors: KeptVectors, shelf: HeadShelf, tmp_path: Path) -> None:
    running = start(vectors, tmp_path / "models")
    refused = edit(vectors, shelf, spoilt())

    assert refused.version is None
    assert "降到" in refused.refused
    assert refused.rows["all"].after < refused.rows["all"].before
    assert refused.rows["all"] == refused.rows["same"]
    assert refused.worse
    assert not running.head.refresh()
    # What was refused does not come in through a restart.
    assert start(vectors, tmp_path / "models", spoilt()).head.key == running.head.key

    forced = edit(vectors, shelf, spoilt(), force=True)
    assert forced.version is not None
    assert forced.version.forced
    assert running.head.refresh()


def test_an_intent_without_examples_is_refused(vectors: KeptVectors, shelf: HeadShelf, tmp_path: Path) -> None:
    start(vectors, tmp_path / "models")
    without = replace(PACK, examples=tuple(one for one in PACK.examples if Intent.GREET not in one.intents))

    assert "greet" in edit(vectors, shelf, without).refused


def test_the_way_back_holds_over_a_restart_until_the_pack_is_edited(vectors: KeptVectors, shelf: HeadShelf, tmp_path: Path) -> None:
    running = start(vectors, tmp_path / "models")
    first, edited = running.head.key, with_example("几个钱能拿下")
    edit(vectors, shelf, edited)

    assert shelf.roll_back().key == first
    assert start(vectors, tmp_path / "models", edited).head.key == first
    assert start(vectors, tmp_path / "models", with_example("要多少银子")).head.key != first
    with pytest.raises(Refused):
        shelf.roll_back("nonsense")


def test_each_version_is_kept_with_its_examples_and_old_ones_go(vectors: KeptVectors, shelf: HeadShelf, tmp_path: Path) -> None:
    start(vectors, tmp_path / "models")
    packs = [with_example(f"多少钱呢{n}") for n in range(KEPT)]
    for pack in packs:
        edit(vectors, shelf, pack, force=True)

    book = shelf.book()
    assert len(book.versions) == KEPT
    assert shelf.examples(book.current) == packs[-1].examples
    assert {path.name.split(".")[0].removeprefix("intents-") for path in (tmp_path / "models").glob("intents-*")} == {
        version.key for version in book.versions
    }


def test_the_first_head_has_nobody_to_be_compared_with(vectors: KeptVectors, shelf: HeadShelf) -> None:
    first = edit(vectors, shelf, PACK)
    assert first.version is not None
    assert first.rows == {}
    with pytest.raises(Refused):
        shelf.roll_back()


def test_about_one_example_in_five_is_held_out_and_always_the_same() -> None:
    texts = [f"例句{n}" for n in range(1000)]
    assert 150 < sum(map(held_out, texts)) < 250
    assert [held_out(text) for text in texts] == [held_out(text) for text in texts]


def test_what_operators_taught_is_learnt_survives_a_restart_and_an_edited_pack(
    vectors: KeptVectors, shelf: HeadShelf, tmp_path: Path
) -> None:
    running, taught = start(vectors, tmp_path / "models"), (Example("几个大洋能开走", (Intent.ASK_PRICE,)),)
    result = retrain(PACK, vectors, shelf, taught=taught, force=True, now=NOW)
    assert result.version is not None
    assert shelf.examples(result.version.key)[-1] == taught[0]
    assert running.head.refresh()

    def restarted(pack: IntentPack) -> str:
        return build_understander(pack, vectors, tmp_path / "models", confident_at=0.1, clear_by=0.02, taught=taught).head.key

    assert restarted(PACK) == result.version.key
    edited = restarted(with_example("要多少银子"))
    assert edited != result.version.key
    assert {one.text for one in shelf.examples(edited)} >= {"几个大洋能开走", "要多少银子"}


def test_the_way_back_behind_what_was_taught_holds_over_a_restart(vectors: KeptVectors, shelf: HeadShelf, tmp_path: Path) -> None:
    first, taught = start(vectors, tmp_path / "models").head.key, (Example("几个大洋能开走", (Intent.ASK_PRICE,)),)
    retrain(PACK, vectors, shelf, taught=taught, force=True, now=NOW)
    shelf.roll_back(first)
    again = build_understander(PACK, vectors, tmp_path / "models", confident_at=0.1, clear_by=0.02, taught=taught)
    assert again.head.key == first


def test_an_operator_is_right_where_the_pack_says_otherwise(vectors: KeptVectors, shelf: HeadShelf) -> None:
    result = retrain(PACK, vectors, shelf, taught=(Example("有现车吗？", (Intent.ASK_STORE,)),), force=True, now=NOW)
    assert result.version is not None
    assert [one.intents for one in shelf.examples(result.version.key) if one.text.startswith("有现车吗")] == [(Intent.ASK_STORE,)]
