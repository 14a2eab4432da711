"""`evaluate all`: what is there is measured and written, what is not is said."""

import json
from pathlib import Path

from core.embedding import KeptVectors, LetterEmbedder
from core.settings import Settings
from run.evaluate.everything import Planned, plan, run_planned, write
from run.evaluate.goals import GOALS
from run.evaluate.terms import Outcome


def planned(name: str, *files: str) -> Planned:
    return Planned(name, files, lambda: Outcome("any", "some.jsonl", {"accuracy": 0.5}))


def test_what_is_not_there_is_said_and_the_rest_is_measured(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{}", "utf-8")
    said: list[str] = []

    outcomes, missing = run_planned([planned("first", "a.jsonl", "b.jsonl"), planned("second", "a.jsonl")], tmp_path, say=said.append)

    assert [one.name for one in outcomes] == ["second"]
    assert len(missing) == 1
    assert missing[0].startswith("first：没有测")
    assert "b.jsonl" in missing[0]
    assert missing[0] in said


def test_figures_and_page_are_written(tmp_path: Path) -> None:
    write(tmp_path / "eval", [planned("second").run()], ["first：没有测"], made="今天", say=lambda _: None)

    assert json.loads((tmp_path / "eval" / "any.json").read_text("utf-8")) == {"accuracy": 0.5}
    assert "first：没有测" in (tmp_path / "eval" / "report.html").read_text("utf-8")


def test_every_goal_has_its_evaluation(tmp_path: Path) -> None:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    names = {one.name for one in plan(settings, KeptVectors(LetterEmbedder(), tmp_path), say=lambda _: None)}

    assert names >= GOALS.keys()
