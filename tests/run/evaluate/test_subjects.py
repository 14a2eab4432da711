"""Subjects of messages: letters, words and clauses together."""

import numpy as np

from core.embedding import LetterEmbedder
from core.text import Tokeniser
from intents.clauses import ClauseReader
from run.evaluate.subjects import Seen, WordSigns, learn_subjects, there, threshold

SUBJECTS = ("价格", "续航", "空间")
ENDS = ("怎么样", "多少", "太差了", "真不错", "我不懂", "想了解")
TEXTS = [f"{subject}{end}" for subject in SUBJECTS for end in ENDS]
LABELS = np.repeat(np.eye(3, dtype=bool), 6, axis=0)
SIGNS = WordSigns()


def seen(*texts: str) -> Seen:
    clauses = [ClauseReader([]).read(text) for text in texts]
    return Seen(texts, [SIGNS.write(text) for text in texts], clauses, LetterEmbedder().encode(texts))


def scored(*texts: str) -> list[list[float]]:
    heads, asked = learn_subjects(seen(*TEXTS), LABELS), seen(*texts)
    scores: list[list[float]] = heads.of_messages(asked, heads.of_clauses(asked)).tolist()
    return scores


def test_a_word_is_one_sign_wherever_it_stands() -> None:
    signs = WordSigns()

    first, second = signs.write("价格和空间"), signs.write("空间和价格")

    assert len(first) == len(Tokeniser().tokens("价格和空间"))
    assert sorted(first) == sorted(second)
    assert first != second


def test_a_subject_that_is_there_scores_highest() -> None:
    assert [row.index(max(row)) for row in scored("说说续航", "空间呢")] == [1, 2]


def test_a_clause_of_its_own_lifts_a_subject_that_the_rest_of_the_message_drowns() -> None:
    heads = learn_subjects(seen(*TEXTS), LABELS)
    long = seen("空间怎么样,我不懂我不懂我不懂,想了解想了解想了解")
    of_clauses = heads.of_clauses(long)

    with_clauses = heads.of_messages(long, of_clauses)[0, 2]
    without = heads.of_messages(long, [clauses[1:] for clauses in of_clauses])[0, 2]

    assert len(of_clauses[0]) == 3
    assert with_clauses > without


def test_a_message_without_clauses_is_scored_as_a_whole() -> None:
    heads, asked = learn_subjects(seen(*TEXTS), LABELS), seen("空间呢", "续航呢")

    scores = heads.of_messages(asked, [one[:0] for one in heads.of_clauses(asked)])

    assert scores.argmax(axis=1).tolist() == [2, 1]


def test_the_threshold_comes_from_heads_that_did_not_see_the_text() -> None:
    # Each text has a subject of its own: who has not seen it cannot know, so nothing scores high.
    alone = [chr(0x4E00 + 7 * number) * 2 for number in range(6)]

    assert threshold(seen(*alone), np.eye(6, dtype=bool), always_one=True) < 0.3
    assert threshold(seen(*TEXTS), LABELS, always_one=True) > 0.3


def test_from_the_threshold_on_a_subject_is_given_and_the_likeliest_if_one_must_be() -> None:
    scores = np.array([[0.5, 0.49], [0.1, 0.2]], np.float32)

    assert there(scores, 0.5, always_one=False).tolist() == [[True, False], [False, False]]
    assert there(scores, 0.5, always_one=True).tolist() == [[True, False], [False, True]]
