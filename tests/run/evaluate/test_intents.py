"""The method alone: the same answers every time, and every row asked once."""

import json
from pathlib import Path

import pytest

from core.embedding import KeptVectors, LetterEmbedder
from core.errors import Misconfigured
from run.evaluate.intents import Asked, Labelled, Method, evaluate_intents, outcome_of

ROWS = [Labelled(f"{verb}{thing}", verb) for verb in ("播放", "打开", "查询") for thing in ("天气", "音乐", "电影", "地图", "电台")]


def method(folder: Path) -> Method:
    return Method(KeptVectors(LetterEmbedder(), folder), lambda words: None)


def test_what_was_taught_is_found_again(tmp_path: Path) -> None:
    answers = method(tmp_path).ask(ROWS, [Labelled("播放新闻", "播放"), Labelled("查询新闻", "播放")])
    assert [one.said for one in answers] == ["播放", "查询"]


def test_every_row_is_asked_once_and_alike(tmp_path: Path) -> None:
    first, second = (method(tmp_path).cross(ROWS) for _ in range(2))
    assert sorted(one.text for one in first) == sorted(row.text for row in ROWS)
    assert first == second


def test_figures_under_their_keys() -> None:
    outcome = outcome_of("intents", "", [Asked("一", "a", "a", 0.9), Asked("二", "b", "a", 0.7), Asked("三", "b", "a", 0.8)])
    assert outcome.figures["accuracy"] == pytest.approx(1 / 3, abs=1e-4)
    assert outcome.figures.keys() >= {"accuracy", "macro_f1", "ece"}
    assert [one.text for one in outcome.worst] == ["三", "二"]


def test_from_file_to_figures(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps({"text": row.text, "intent": row.intent}) + "\n" for row in ROWS), "utf-8")
    outcome = evaluate_intents(file, file, KeptVectors(LetterEmbedder(), tmp_path), say=lambda words: None)
    assert outcome.figures["accuracy"] == 1
    file.write_text('{"text": "你好"}\n', "utf-8")
    with pytest.raises(Misconfigured, match="intent is missing"):
        evaluate_intents(file, file, KeptVectors(LetterEmbedder(), tmp_path), say=lambda words: None)
