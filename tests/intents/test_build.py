"""Building the Understander: learnt once, kept, and learnt anew when what it was made of changes."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.arrays import Vectors
from core.embedding import Form, KeptVectors, LetterEmbedder
from intents.build import build_normaliser, build_tokeniser, build_understander
from intents.teaching import Example, IntentPack
from intents.terms import Intent
from intents.understand import Understander
from tests.intents.builders import NOW, PACK


class CountingEmbedder(LetterEmbedder):
    """Letters, and how many texts were asked for."""

    def __init__(self, model_id: str = "letters-1") -> None:
        self.model_id = model_id
        self.texts = 0

    def encode(self, texts: Sequence[str], form: Form = "query") -> Vectors:
        self.texts += len(texts)
        return super().encode(texts, form)


def build(folder: Path, embedder: LetterEmbedder, pack: IntentPack = PACK, seen: list[tuple[int, int]] | None = None) -> Understander:
    kept = KeptVectors(embedder, folder / "vectors")
    progress = None if seen is None else lambda done, of: seen.append((done, of))
    return build_understander(pack, kept, folder / "models", confident_at=0.4, clear_by=0.08, progress=progress)


def heads_in(folder: Path) -> int:
    return len(list((folder / "models").glob("*")))


def test_the_second_start_encodes_and_learns_nothing(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    first = build(tmp_path, CountingEmbedder(), seen=seen)
    second_embedder = CountingEmbedder()
    second = build(tmp_path, second_embedder)

    assert seen
    assert second_embedder.texts == 0
    assert first.understand("e7多少钱", now=NOW) == second.understand("e7多少钱", now=NOW)


def test_other_examples_another_model_and_other_words_are_learnt_anew(tmp_path: Path) -> None:
    build(tmp_path, CountingEmbedder())
    first = heads_in(tmp_path)
    build(tmp_path, CountingEmbedder(), replace(PACK, examples=(*PACK.examples, Example("几个钱", (Intent.ASK_PRICE,)))))
    more_examples = heads_in(tmp_path)
    build(tmp_path, CountingEmbedder("letters-2"))
    other_model = heads_in(tmp_path)
    build(tmp_path, CountingEmbedder(), replace(PACK, lexicon=replace(PACK.lexicon, question_words=frozenset({"吗"}))))

    assert more_examples > first
    assert other_model > more_examples
    assert heads_in(tmp_path) > other_model


def test_texts_are_normalised_with_the_packs_words() -> None:
    normaliser = build_normaliser(PACK.lexicon)

    assert normaliser.normalise("请问一下，续杭多少？").text == ",续航多少?"


def test_the_tokeniser_knows_the_packs_names() -> None:
    tokeniser = build_tokeniser(PACK)

    assert "滨江店" in tokeniser.tokens("滨江店几点关门")
    assert "智享版" in tokeniser.tokens("要智享版")
