"""`evaluate all`: every set that is there, one JSON file each and one page for all of them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from core.embedding import KeptVectors
from core.settings import Settings
from core.zone import SHANGHAI
from run.compose import Say
from run.evaluate.answers import evaluate_answers
from run.evaluate.dealer import evaluate_dealer
from run.evaluate.focus import evaluate_focus_folds
from run.evaluate.intents import cross_evaluate_intents
from run.evaluate.page import page
from run.evaluate.search import evaluate_search
from run.evaluate.terms import Outcome

REPORT = "report.html"


@dataclass(frozen=True)
class Planned:
    """One evaluation: its name, the files of the evaluation folder that it needs, and how it is run."""

    name: str
    files: tuple[str, ...]
    run: Callable[[], Outcome]


def evaluate_all(settings: Settings, vectors: KeptVectors, *, say: Say, now: datetime) -> None:
    """Run what has its files; figures as JSON and the page lie in eval/ of the data folder afterwards."""
    outcomes, missing = run_planned(plan(settings, vectors, say=say), settings.eval_dir, say=say)
    made = f"python main.py evaluate all · 编码器 {vectors.model_id} · 资料包 {settings.pack} · {now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    write(settings.data_dir / "eval", outcomes, missing, made=made, say=say)


def run_planned(planned: Sequence[Planned], folder: Path, *, say: Say) -> tuple[list[Outcome], list[str]]:
    """What was measured, and a sentence about each evaluation whose files are not in the folder."""
    outcomes, missing = [], []
    for one in planned:
        absent = [name for name in one.files if not (folder / name).is_file()]
        if absent:
            missing.append(f"{one.name}：没有测，{folder} 里没有 {'、'.join(absent)}（设置 ZHANTING_EVAL_DIR）")
            say(missing[-1])
            continue
        say(f"{one.name}…")
        outcomes.append(replace(one.run(), name=one.name))
        say(f"{one.name}：{json.dumps(outcomes[-1].figures, ensure_ascii=False)}")
    return outcomes, missing


def plan(settings: Settings, vectors: KeptVectors, *, say: Say) -> list[Planned]:
    """Everything that there is to measure, in the order of the page."""
    folder, pack = settings.eval_dir, settings.pack_folder()

    def intents(name: str) -> Planned:
        file = f"{name}.jsonl"
        return Planned(name, (file,), lambda: cross_evaluate_intents(folder / file, vectors, say=say))

    def search(name: str) -> Planned:
        corpus, queries = f"{name}.corpus.jsonl", f"{name}.queries.jsonl"
        return Planned(name, (corpus, queries), lambda: evaluate_search(folder / corpus, folder / queries, vectors, say=say))

    dealer, focus = "dealer_dev.jsonl", "focus_bdci2018.jsonl"
    return [
        Planned("dealer", (dealer,), lambda: evaluate_dealer(settings, folder / dealer, vectors, say=say)),
        *map(intents, ("intents_smp2017", "intents_smp2020")),
        Planned("focus_bdci2018", (focus,), lambda: evaluate_focus_folds(folder / focus, vectors, pack=pack, say=say)),
        *map(search, ("search_esun_qa", "search_bq", "search_lcqmc")),
        Planned("answers", (), lambda: evaluate_answers(settings, say=say)),
    ]


def write(folder: Path, outcomes: Sequence[Outcome], missing: Sequence[str], *, made: str, say: Say) -> None:
    """The page, and a JSON file a set, into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for outcome in outcomes:
        (folder / f"{outcome.name}.json").write_text(as_json(outcome) + "\n", "utf-8")
    (folder / REPORT).write_text(page(outcomes, missing, made=made), "utf-8")
    say(f"报告：{folder / REPORT}")


def as_json(outcome: Outcome) -> str:
    """The figures under their stable keys."""
    return json.dumps(outcome.figures, ensure_ascii=False, indent=2)
