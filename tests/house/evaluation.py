"""Where the evaluation data lies, and what people said in it: sentences that may stand nowhere in this repository."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import ROOT

FILES = ("dealer_dev.jsonl", "dialogues_car.jsonl", "focus_bdci2018.jsonl")


def eval_folder() -> Path | None:
    """The folder of ZHANTING_EVAL_DIR or, without it, the shared one beside the checkout; None when it is not there."""
    folder = Path(os.environ.get("ZHANTING_EVAL_DIR") or ROOT.parent / "shared" / "eval")
    return folder if all((folder / name).is_file() for name in FILES) else None


def messages(folder: Path) -> Iterator[str]:
    """Every message of the three files, as it was written."""
    for name in FILES:
        for line in (folder / name).read_text("utf-8").splitlines():
            row = json.loads(line)
            yield from ([row["text"]] if "text" in row else [said for turn in row["turns"] for said in turn.values()])
