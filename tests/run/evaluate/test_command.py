"""The commands below `python main.py evaluate`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from run.evaluate.command import evaluate_app

FOCUS = [
    {"text": f"这车{words}{end}", "labels": [{"subject": subject, "sentiment": "说"}]}
    for subject, words in (("价格", "价钱"), ("续航", "里程"))
    for end in ("怎么样", "还行", "差点", "不错", "一般")
]
INTENTS = [
    {"text": f"{words}{end}", "intent": name}
    for name, words in (("问", "多少钱"), ("谢", "谢谢你"))
    for end in ("", "呀", "哦", "啊", "呢")
]


@pytest.mark.parametrize(("command", "rows", "figure"), [("focus", FOCUS, "subject_micro_f1"), ("intents", INTENTS, "accuracy")])
def test_without_a_test_file_the_taught_one_is_asked_in_fifths(tmp_path: Path, command: str, rows: list[object], figure: str) -> None:
    train = tmp_path / "train.jsonl"
    train.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    asked = rows[:1]
    test = tmp_path / "test.jsonl"
    test.write_text(json.dumps(asked[0], ensure_ascii=False), "utf-8")
    run, env = CliRunner(), {"ZHANTING_DATA_DIR": str(tmp_path / "data")}

    folds = run.invoke(evaluate_app, [command, "--train", str(train)], env=env)
    halves = run.invoke(evaluate_app, [command, "--train", str(train), "--test", str(test)], env=env)

    assert (folds.exit_code, halves.exit_code) == (0, 0)
    assert json.loads(folds.stdout)["messages"] == len(rows)
    assert json.loads(halves.stdout)["messages"] == len(asked)
    assert figure in json.loads(folds.stdout)
