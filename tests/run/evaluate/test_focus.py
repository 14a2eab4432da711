"""`evaluate focus`: subjects and sentiments learnt from a file of anybody's labels."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.embedding import KeptVectors, LetterEmbedder
from core.errors import Misconfigured
from run.evaluate.focus import evaluate_focus, evaluate_focus_folds, read_labelled
from tests.house.tree import ROOT

PACK = ROOT / "packs" / "ev_dealer"
SUBJECTS = {"画质": "画质", "音质": "声音"}
WORDS = {"好": ("真不错", "很满意", "特别好"), "坏": ("太差了", "很失望", "真垃圾")}
ONE = [(f"这台{word}{judged}", [(subject, lean)]) for word, subject in SUBJECTS.items() for lean, some in WORDS.items() for judged in some]
BOTH = [("画质很满意,音质太差了", [("画质", "好"), ("声音", "坏")]), ("画质真垃圾,音质特别好", [("画质", "坏"), ("声音", "好")])]
NOTHING: list[tuple[str, list[tuple[str, str]]]] = [("今天星期几", []), ("明天下雨", []), ("晚饭吃过没有", [])]


def write(path: Path, rows: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> Path:
    lines = [{"text": text, "labels": [{"subject": subject, "sentiment": lean} for subject, lean in labels]} for text, labels in rows]
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    return path


def vectors(folder: Path) -> KeptVectors:
    return KeptVectors(LetterEmbedder(), folder / "vectors")


def test_what_was_taught_is_found_with_its_sentiment(tmp_path: Path) -> None:
    train = write(tmp_path / "train.jsonl", [*ONE, *BOTH, *NOTHING] * 3)
    test = write(tmp_path / "test.jsonl", [("我的画质很失望", [("画质", "坏")]), ("音质真不错", [("声音", "好")]), ("明天星期几", [])])

    outcome = evaluate_focus(train, test, vectors(tmp_path), pack=PACK, say=lambda _: None)

    assert outcome.figures == {"subject_micro_f1": 1.0, "subject_sentiment_micro_f1": 1.0, "messages": 3}
    assert outcome.worst == []


def test_a_wrong_sentiment_costs_only_the_second_figure_and_is_shown(tmp_path: Path) -> None:
    train = write(tmp_path / "train.jsonl", [*ONE, *BOTH] * 3)
    test = write(tmp_path / "test.jsonl", [("画质太差了", [("画质", "好")])])

    outcome = evaluate_focus(train, test, vectors(tmp_path), pack=PACK, say=lambda _: None)

    assert (outcome.figures["subject_micro_f1"], outcome.figures["subject_sentiment_micro_f1"]) == (1.0, 0.0)
    assert [(one.text, one.truth, one.said) for one in outcome.worst] == [("画质太差了", "画质 好", "画质 坏")]


def test_where_every_taught_message_has_a_subject_every_asked_one_gets_one(tmp_path: Path) -> None:
    test = write(tmp_path / "test.jsonl", [("呜呜", [("画质", "别的")])])
    always = evaluate_focus(write(tmp_path / "a.jsonl", [*ONE, *BOTH] * 3), test, vectors(tmp_path), pack=PACK, say=lambda _: None)
    not_always = evaluate_focus(write(tmp_path / "b.jsonl", [*ONE, *NOTHING] * 3), test, vectors(tmp_path), pack=PACK, say=lambda _: None)

    assert [one.said != "" for one in always.worst] == [True]
    assert [one.said for one in not_always.worst] == [""]


def test_folds_ask_every_message_once_and_give_the_same_figures_again(tmp_path: Path) -> None:
    data = write(tmp_path / "some_set.jsonl", [*ONE, *BOTH] * 3)
    heard: list[str] = []

    first = evaluate_focus_folds(data, vectors(tmp_path), pack=PACK, folds=3, say=heard.append)

    assert first == evaluate_focus_folds(data, vectors(tmp_path), pack=PACK, folds=3, say=lambda _: None)
    assert (first.name, first.figures["messages"]) == ("some_set", 3 * len([*ONE, *BOTH]))
    assert sum("折" in line for line in heard) == 3


def test_a_line_of_another_shape_is_named(tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"text": "好", "labels": [{"subject": "画质"}]}', "utf-8")

    with pytest.raises(Misconfigured, match=r"bad\.jsonl:1: sentiment is missing"):
        read_labelled(file)
