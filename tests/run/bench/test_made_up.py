"""A made-up library is as large as was asked for, has a vector for every text, and can be found in about as well as a real one."""

import numpy as np
import pytest

from core.arrays import Vectors
from core.embedding import LetterEmbedder
from kb.terms import ScriptContent
from run.bench.made_up import KnownVectors, MadeUp, Mould
from tests.kb.builders import script

CONTENTS = [
    script(f"s{n}", f"{c}怎么样", [f"{c}好吗"], negative=[f"{c}坏吗"], must_hit=[f"{c}行吗"]) for n, c in enumerate("甲乙丙丁戊己庚辛壬癸")
]


def texts_of(content: ScriptContent) -> tuple[str, ...]:
    return (*content.questions, *content.negative, *content.must_hit)


@pytest.fixture(scope="module")
def made() -> MadeUp:
    texts = [text for content in CONTENTS for text in texts_of(content)]
    vectors: dict[str, Vectors] = dict(zip(texts, LetterEmbedder().encode(texts), strict=True))
    return Mould(CONTENTS, vectors).cast(40, 200, asked=10)


def test_as_many_scripts_and_questions_as_were_asked_for(made: MadeUp) -> None:
    assert len({content.key for content in made.contents}) == 40
    assert [len(content.questions) for content in made.contents] == [5] * 40
    assert len(made.asked) == 10


def test_every_text_is_one_of_its_own_and_has_a_vector_of_length_1(made: MadeUp) -> None:
    texts = [text for content in made.contents for text in texts_of(content)]
    assert len(set(texts)) == len(texts)
    assert set(texts) == set(made.vectors)
    assert np.linalg.norm(np.stack(list(made.vectors.values())), axis=1) == pytest.approx(1, abs=1e-5)


def test_what_is_asked_finds_its_script_often_but_not_always(made: MadeUp) -> None:
    """As in a real library, where others are near too; by chance it would be one in forty."""
    centres = np.stack([np.stack([made.vectors[text] for text in content.questions]).mean(axis=0) for content in made.contents])
    right = [int((centres @ vector).argmax()) == 4 * number for number, (_, vector) in enumerate(made.asked)]
    assert 0.4 <= np.mean(right) < 1


def test_the_same_is_made_each_time(made: MadeUp) -> None:
    texts = [text for content in CONTENTS for text in texts_of(content)]
    again = Mould(CONTENTS, dict(zip(texts, LetterEmbedder().encode(texts), strict=True))).cast(40, 200, asked=10)
    assert again.contents == made.contents
    assert all(np.array_equal(again.vectors[text], vector) for text, vector in made.vectors.items())


def test_known_vectors_are_given_back_and_no_others_are_made_up(made: MadeUp) -> None:
    encoder = KnownVectors("known", 256, made.vectors)
    text = made.contents[3].standard
    assert np.array_equal(encoder.encode([text])[0], made.vectors[text])
    with pytest.raises(KeyError):
        encoder.encode(["从没见过"])
